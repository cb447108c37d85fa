import { tellEditors } from '../../workers/tell-editors.ts';
import { fetchText } from '../feedback/providers/sns-fetch.ts';
import { replayFeedback } from '../feedback/replay.ts';
import { depsOf } from '../main.ts';
import { Fault } from '../result.ts';
import { reclassifyVisits } from '../visits/classify-visits.ts';
import { defineCommand } from './command.ts';
import { withParts } from './with-parts.ts';

export const feedbackReplay = defineCommand({
  args: [],
  about:
    'Processes what came back from outside once more, and classes opens and clicks anew; what was done is not done again.',
  options: { since: { value: 'ISO', about: 'only what was received then or later' } },
  run: ({ options: { since } }) =>
    withParts(async (parts, stopping) => {
      const deps = { ...depsOf(parts), tellEditors, visit: fetchText, stopping };
      const from = since === undefined ? null : readTime(since);
      const { raw_events, changed } = await replayFeedback(deps, from);
      const visits = await reclassifyVisits(deps.db, from, deps.clock.now(), stopping);
      const done = changed === 0 ? 'nothing changed' : `${changed} events changed something`;
      return {
        value: { raw_events, changed, visits },
        text: [
          `${raw_events} raw events were processed again; ${done}.`,
          `${visits} opens and clicks were classed anew.`,
        ].join('\n'),
      };
    }),
});

/** @throws {Fault} `bad_time` */
function readTime(text: string): Date {
  const ms = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(ms)) return new Date(ms);
  throw new Fault('bad_time', `"${text}" is no time: --since takes one such as 2026-11-23T18:00:00Z.`);
}
