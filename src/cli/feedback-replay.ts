import { tellEditors } from '../../workers/tell-editors.ts';
import { fetchText } from '../feedback/providers/sns-fetch.ts';
import { replayFeedback } from '../feedback/replay.ts';
import { depsOf } from '../main.ts';
import { reclassifyVisits } from '../visits/classify-visits.ts';
import { defineCommand } from './command.ts';
import { readSince } from './since.ts';
import { withParts } from './with-parts.ts';

export const feedbackReplay = defineCommand({
  args: [],
  about:
    'Processes what came back from outside once more, and classes opens and clicks anew; what was done is not done again.',
  options: { since: { value: 'ISO', about: 'only what was received then or later' } },
  run: ({ options: { since } }) =>
    withParts(async (parts, stopping) => {
      const deps = { ...depsOf(parts), tellEditors, visit: fetchText, stopping };
      const from = since === undefined ? null : readSince(since);
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
