import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { DAY_MS } from '../../clock.ts';
import type { LeavingReason } from '../../db/leaving-tables.ts';
import { countLeavingReasons, listLeavingWords } from '../../subscribers/leaving-reason-store.ts';
import type { Web } from '../web-parts.ts';
import { count, deskPath, deskPublication, deskTime, plural, showDesk } from './desk-page.ts';

const DAYS = 90;
const PAGE = 50;

const query = z.object({ before: z.coerce.number().int().positive().nullable().catch(null) });

const NAMES: Readonly<Record<LeavingReason, string>> = {
  'too often': 'Too often',
  'not relevant': 'Not for them',
  'did not sign up': 'Did not sign up',
  other: 'Something else',
};
const ORDER = ['too often', 'not relevant', 'did not sign up', 'other'] as const satisfies LeavingReason[];

/** Why readers left, as far as they said: one question after leaving, which nobody has to answer. */
export function leavingRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers/left', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { before } = query.parse(request.query);
      const since = new Date(web.clock.now().getTime() - DAYS * DAY_MS);
      const { reasons, asked } = await countLeavingReasons(web.db, publication.id, since);
      const answers = await listLeavingWords(web.db, publication.id, { before, limit: PAGE + 1 });
      const shown = answers.slice(0, PAGE);
      const here = `${deskPath(publication)}/readers/left`;
      return showDesk(web, request, reply, 'left', {
        publication,
        section: 'readers',
        shape: 'narrow',
        title: 'Why readers left',
        days: DAYS,
        asked: asked === 0 ? null : plural(asked, 'reader'),
        figures: ORDER.map((reason) => ({ name: NAMES[reason], count: count(reasons[reason]) })),
        answers: shown.map(({ at, reason, words }) => ({
          name: NAMES[reason],
          words,
          at: deskTime(at, publication),
        })),
        older: answers.length > PAGE ? `${here}?before=${shown.at(-1)?.event_id}` : null,
      });
    });
  };
}
