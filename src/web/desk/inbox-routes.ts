import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readMailHead } from '../../feedback/mail-head.ts';
import {
  COUNTED,
  countOtherMail,
  countRawEvents,
  findRawEvent,
  listRawEvents,
  OUTCOMES,
  type RawCount,
  type RawLine,
} from '../../feedback/raw-event-list-store.ts';
import { asId, type RawEventId } from '../../ids.ts';
import type { Publication } from '../../publications/publication.ts';
import { keepPrivate } from '../headers.ts';
import type { Web } from '../web-parts.ts';
import { count, deskNotFound, deskPath, deskPublication, deskTime, plural, showDesk } from './desk-page.ts';

const PAGE = 50;
/** As much of it as a page shows; the rest is one click away. */
const SHOWN = 20_000;

const rawId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const params = z.object({ id: rawId });
const query = z.object({
  source: z
    .string()
    .regex(/^[a-z]{1,20}$/)
    .nullable()
    .catch(null),
  outcome: z.enum(OUTCOMES).nullable().catch(null),
  before: rawId.nullable().catch(null),
});

/** What came from outside, for all publications: how much of what, and each as it came. Mail that is no report is read here. */
export function inboxRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers/inbox', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { source, outcome, before } = query.parse(request.query);
      const from = before === null ? null : asId<RawEventId>(before);
      const lines = await listRawEvents(web.db, { source, outcome, before: from, limit: PAGE + 1 });
      const shown = lines.slice(0, PAGE);
      const here = `${deskPath(publication)}/readers/inbox`;
      const other = await countOtherMail(web.db);
      const filter = { ...(source && { source }), ...(outcome && { outcome }) };
      return showDesk(web, request, reply, 'inbox', {
        publication,
        section: 'readers',
        title: 'What came back',
        here,
        filtered: source !== null || outcome !== null ? [source, outcome].filter(Boolean).join(': ') : null,
        other: other > 0 && outcome !== 'other' ? plural(other, 'mail') : null,
        counted: count(COUNTED),
        counts: showCounts(await countRawEvents(web.db), here),
        lines: shown.map((line) => showLine(line, publication, here)),
        older:
          lines.length > PAGE
            ? `?${new URLSearchParams({ ...filter, before: `${shown.at(-1)?.id}` })}`
            : null,
      });
    });

    app.get('/readers/inbox/:id', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const raw = await openRaw(web, request);
      if (!raw) return deskNotFound(web, request, reply);
      const text = raw.body.toString();
      const here = `${deskPath(publication)}/readers/inbox`;
      return showDesk(web, request, reply, 'raw-event', {
        publication,
        section: 'readers',
        shape: 'narrow',
        back: here,
        here: `${here}/${raw.id}`,
        ...showLine(raw, publication, here),
        text: text.slice(0, SHOWN),
        cut: text.length > SHOWN,
      });
    });

    app.get('/readers/inbox/:id/raw', async (request, reply) => {
      const raw = await openRaw(web, request);
      if (!raw) return deskNotFound(web, request, reply);
      keepPrivate(reply);
      return reply.type('text/plain; charset=utf-8').send(raw.body);
    });
  };
}

async function openRaw(web: Web, request: FastifyRequest) {
  const { data } = params.safeParse(request.params);
  return data ? findRawEvent(web.db, asId<RawEventId>(data.id)) : null;
}

function showCounts(counts: readonly RawCount[], here: string) {
  return counts.map(({ source, outcome, count: number }) => ({
    source,
    outcome,
    count: count(number),
    href: `${here}?${new URLSearchParams({ source, outcome })}`,
  }));
}

function showLine(line: RawLine, publication: Publication, here: string) {
  const mail = line.head && readMailHead(line.head);
  return {
    href: `${here}/${line.id}`,
    title: mail ? mail.subject || '(no subject)' : titleOf(line),
    from: mail?.from ?? null,
    source: line.source,
    outcome: line.outcome,
    tone: toneOf(line),
    bytes: `${count(Math.ceil(line.bytes / 1024))} KB`,
    at: deskTime(line.received_at, publication),
  };
}

function titleOf({ source, events }: RawLine): string {
  return events === null ? `A request of ${source}` : `${plural(events, 'event')} from ${source}`;
}

function toneOf({ outcome }: RawLine): string {
  if (outcome === 'fault') return 'bad';
  return outcome === 'waiting' || outcome === 'other' ? 'wait' : '';
}
