import { benchRedirects as measure, type RedirectReport } from '../bench/bench-redirects.ts';
import { benchStop } from './bench-stop.ts';
import { defineCommand } from './command.ts';
import { openProgress } from './progress.ts';
import { table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

export const benchRedirects = defineCommand({
  args: [],
  about:
    'Measures how fast clicks are sent on while they are counted, beside a bare Node server that only answers.',
  options: {
    requests: { value: 'N', about: 'in a round (50000)' },
    connections: { value: 'C', about: 'of the readers, one request at a time on each (50)' },
    rounds: { value: 'R', about: 'how often it is measured; printed are the medians (5)' },
  },
  async run({ options }) {
    const request = {
      requests: wholeNumber('requests', options.requests, 50_000),
      connections: wholeNumber('connections', options.connections, 50),
      rounds: wholeNumber('rounds', options.rounds, 5),
    };
    const progress = openProgress();
    const report = await measure(request, benchStop(), progress.show).finally(progress.end);
    const text = [tableOf(report), rowOf(report), ...report.faults].join('\n');
    return { value: report, text, status: report.faults.length > 0 ? 1 : 0 };
  },
});

function tableOf({ pressrun, beside }: RedirectReport): string {
  const rows = [{ what: 'pressrun', ratio: '', ...pressrun }, ...beside];
  return table(
    ['', 'redirects/s', 'median ms', '99 of 100, ms', 'ratio'],
    rows.map(({ what, per_second, p50_ms, p99_ms, ratio }) => [what, per_second, p50_ms, p99_ms, ratio]),
  );
}

/** The row of README's table that these figures make. */
function rowOf({ requests, connections, rounds, pressrun, beside }: RedirectReport): string {
  const command = `npx pressrun bench redirects --requests ${requests} --connections ${connections} --rounds ${rounds}`;
  const ratios = beside.map(({ what, ratio }) => `${ratio} of a bare \`${what}\``).join(', ');
  const figures = `${ratios}; ${pressrun.per_second} redirects/s, 99 of 100 within ${pressrun.p99_ms} ms`;
  return `\n| clicks sent on and counted, against Node answering 302 | \`${command}\` | ${figures} |`;
}
