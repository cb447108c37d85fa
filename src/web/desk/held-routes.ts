import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { believeHeld, dropHeld } from '../../feedback/held.ts';
import { heldBounces } from '../../feedback/held-store.ts';
import { recentWaves } from '../../feedback/wave-store.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, deskPublication, deskTime, plural, showDesk } from './desk-page.ts';

const SHOWN = 200;
const WAVES = 10;

const heldForm = z.object({ as: z.enum(['gone', 'there']) });

/** Addresses that one provider called gone far more often than it usually does: the editor may decide, or the next letter. */
export function heldRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers/held', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { count, newest } = await heldBounces(web.db, publication.id, SHOWN);
      return showDesk(web, request, reply, 'held', {
        publication,
        section: 'readers',
        shape: 'narrow',
        title: 'Addresses in doubt',
        held: count === 0 ? null : plural(count, 'address').replace('addresss', 'addresses'),
        more: Math.max(0, count - newest.length),
        waves: (await recentWaves(web.db, publication.id, WAVES)).map(({ provider, began_at, last_at }) => ({
          provider,
          began: deskTime(began_at, publication),
          last: deskTime(last_at, publication),
        })),
        bounces: newest.map(({ email, at, reply: said }) => ({ email, said, at: deskTime(at, publication) })),
      });
    });

    app.post('/readers/held', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { as } = heldForm.parse(request.body ?? {});
      if (as === 'gone') await believeHeld(web, publication.id);
      else await dropHeld(web, publication.id);
      return reply.redirect(`${deskPath(publication)}/readers?said=held-${as}`, 303);
    });
  };
}
