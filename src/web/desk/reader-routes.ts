import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SubscriberStatus } from '../../db/schema.ts';
import { heldBounces } from '../../feedback/held-store.ts';
import { mailboxFaults } from '../../feedback/mailbox-store.ts';
import { normalizeAddress } from '../../publications/address.ts';
import type { Publication } from '../../publications/publication.ts';
import { Fault } from '../../result.ts';
import { eventWords, type ShownSubscriber, showSubscriber } from '../../subscribers/show-subscriber.ts';
import { countByStatus } from '../../subscribers/subscriber-store.ts';
import { languageName } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { count, deskPublication, deskTime, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { addressPath } from './suppression-page.ts';
import { STATUS_TONES, SUPPRESSED } from './suppression-words.ts';

const ORDER: readonly SubscriberStatus[] = ['active', 'pending', 'unsubscribed', 'bounced', 'complained'];

/** A change that feedback made names the event that made it. */
const evidenceEvent = z.object({ evidence: z.object({ event: z.int().positive() }) });

const byHand = z.object({ by: z.string(), why: z.string() });
/** A change that a person made by hand: who, and why. */
const madeByHand = z.union([byHand, z.object({ evidence: byHand }).transform(({ evidence }) => evidence)]);

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
      const address = addressHref(web, publication, email);
      try {
        const reader = showReader(publication, await showSubscriber(web.db, publication, email));
        return showReaders(web, request, reply, publication, { email, reader, address });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const problem = deskSentence(error);
        return showReaders(web, request, reply, publication, { email, problem, address });
      }
    });
  };
}

/** The page of the address, where it is one. */
function addressHref(web: Web, publication: Publication, email: string): string | null {
  const address = normalizeAddress(email);
  return address.ok ? addressPath(publication, web.hashAddress(address.value.address_key)) : null;
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
    readonly address?: string | null;
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
    mailboxes: (await mailboxFaults(web.db)).map((each) => ({
      ...each,
      since: deskTime(each.since, publication),
    })),
    email: '',
    problem: null,
    reader: null,
    address: null,
    ...found,
  });
}

function showReader(publication: Publication, reader: ShownSubscriber) {
  const { email, name, status, locale, suppressed, suppression, history } = reader;
  return {
    email,
    status,
    tone: STATUS_TONES[status],
    facts: [name, languageName(locale)].filter(Boolean).join(' · '),
    suppressed:
      suppressed &&
      suppression &&
      `${SUPPRESSED[suppressed].why} No letter goes there since ${deskTime(new Date(suppression.since), publication)}.`,
    history: history.map((entry) => ({
      event: eventWords(entry),
      at: deskTime(new Date(entry.at), publication),
      evidence: evidenceEvent.safeParse(entry.detail).data?.evidence.event ?? null,
      words: wordsOf(entry.detail),
    })),
  };
}

function wordsOf(detail: object): string | null {
  const { data } = madeByHand.safeParse(detail);
  return data ? `by ${data.by}: “${data.why}”` : null;
}
