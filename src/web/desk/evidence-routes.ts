import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { excerptFor } from '../../feedback/excerpt.ts';
import { findEvidence } from '../../feedback/held-store.ts';
import { asId, type FeedbackEventId, showId } from '../../ids.ts';
import type { Web } from '../web-parts.ts';
import { deskNotFound, deskPath, deskPublication, deskTime, showDesk } from './desk-page.ts';

const params = z.object({ event: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

/** An event that changed a reader, as it came: why a letter goes there no more. */
export function evidenceRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers/events/:event', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { data } = params.safeParse(request.params);
      const evidence = data ? await findEvidence(web.db, asId<FeedbackEventId>(data.event)) : null;
      if (!evidence) return deskNotFound(web, request, reply);
      const { email, source, meaning, effect, reply: answer, send_id, at, received_at, body } = evidence;
      return showDesk(web, request, reply, 'evidence', {
        publication,
        section: 'readers',
        shape: 'narrow',
        title: `${/^[aeiou]/.test(meaning) ? 'An' : 'A'} ${meaning}`,
        email,
        source: source === 'smtp' ? 'the mail server, while the letter was sent' : source,
        effect,
        answer: answer || null,
        send: send_id === null ? null : showId('send', send_id),
        send_href: send_id === null ? null : `${deskPath(publication)}/sends/${showId('send', send_id)}`,
        at: deskTime(at, publication),
        received: received_at && deskTime(received_at, publication),
        raw: body === null ? '' : excerptFor(body, email),
      });
    });
  };
}
