import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SubscriberStatus, SuppressionReason } from '../../db/schema.ts';
import { heldBounces } from '../../feedback/held-store.ts';
import type { Publication } from '../../publications/publication.ts';
import { Fault } from '../../result.ts';
import { eventWords, type ShownSubscriber, showSubscriber } from '../../subscribers/show-subscriber.ts';
import { countByStatus } from '../../subscribers/subscriber-store.ts';
import { languageName } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { count, deskPublication, deskTime, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import type { Tone } from './issue-state.ts';

const ORDER: readonly SubscriberStatus[] = ['active', 'pending', 'unsubscribed', 'bounced', 'complained'];
const TONES: Readonly<Record<SubscriberStatus, Tone>> = {
  active: 'good',
  pending: 'wait',
  unsubscribed: '',
  bounced: 'bad',
  complained: 'bad',
};

const SUPPRESSED: Readonly<Record<SuppressionReason, string>> = {
  bounce: 'The mail server there says that this mailbox does not exist.',
  complaint: 'This reader reported a letter as spam.',
  erased: 'This reader asked to be erased.',
  manual: 'This address was blocked by hand.',
};

/** A change that feedback made names the event that made it. */
const evidenceEvent = z.object({ evidence: z.object({ event: z.int().positive() }) });

const form = z.object({ email: z.string().max(1000).default('') });

/** How many readers there are, and what happened to one. The address comes in a POST: a query would be kept in logs. */
export function readerRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers', async (request, reply) => {
      return showReaders(web, request, reply, await deskPublication(web, request), {});
    });

    app.post('/readers', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { email } = form.parse(request.body ?? {});
      try {
        const reader = await showSubscriber(web.db, publication, email);
        return showReaders(web, request, reply, publication, {
          email,
          reader: showReader(publication, reader),
        });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return showReaders(web, request, reply, publication, { email, problem: deskSentence(error) });
      }
    });
  };
}

async function showReaders(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  found: {
    readonly email?: string;
    readonly problem?: string;
    readonly reader?: ReturnType<typeof showReader>;
  },
) {
  const counts = await countByStatus(web.db, publication.id);
  const held = await heldBounces(web.db, publication.id, 1);
  return showDesk(web, request, reply, 'readers', {
    publication,
    section: 'readers',
    shape: 'narrow',
    title: 'Readers',
    counts: ORDER.map((status) => ({ status, count: count(counts[status]) })),
    held: held.count,
    email: '',
    problem: null,
    reader: null,
    ...found,
  });
}

function showReader(publication: Publication, reader: ShownSubscriber) {
  const { email, name, status, locale, suppressed, suppression, history } = reader;
  return {
    email,
    status,
    tone: TONES[status],
    facts: [name, languageName(locale)].filter(Boolean).join(' · '),
    suppressed:
      suppressed &&
      suppression &&
      `${SUPPRESSED[suppressed]} No letter goes there since ${deskTime(new Date(suppression.since), publication)}.`,
    history: history.map((entry) => ({
      event: eventWords(entry),
      at: deskTime(new Date(entry.at), publication),
      evidence: evidenceEvent.safeParse(entry.detail).data?.evidence.event ?? null,
    })),
  };
}
