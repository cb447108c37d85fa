import { benchEvents as measure } from '../bench/bench-events.ts';
import { benchStop } from './bench-stop.ts';
import { defineCommand } from './command.ts';
import { openProgress } from './progress.ts';
import { facts } from './table.ts';
import { wholeNumber } from './whole-number.ts';

export const benchEvents = defineCommand({
  args: [],
  about: "Measures how many events a provider's hook makes durable, and how long an answer takes.",
  options: {
    events: { value: 'N', about: 'in all (50000)' },
    array: { value: 'A', about: 'events in a request (1)' },
    connections: { value: 'C', about: 'of the provider, one request at a time on each (100)' },
    rounds: { value: 'R', about: 'how often it is measured; printed are the medians (3)' },
  },
  async run({ options }) {
    const request = {
      events: wholeNumber('events', options.events, 50_000),
      array: wholeNumber('array', options.array, 1),
      connections: wholeNumber('connections', options.connections, 100),
      rounds: wholeNumber('rounds', options.rounds, 3),
    };
    const progress = openProgress();
    const report = await measure(request, benchStop(), progress.show).finally(progress.end);
    const { per_second, p50_ms, p99_ms, faults } = report;
    const told = facts([
      ['Events a second', per_second],
      ['Answer, median', `${p50_ms} ms`],
      ['Answer, 99 of 100', `${p99_ms} ms`],
    ]);
    return { value: report, text: [told, ...faults].join('\n'), status: faults.length > 0 ? 1 : 0 };
  },
});
