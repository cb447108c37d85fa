import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SuppressionReason } from '../../db/leaving-tables.ts';
import { normalizeAddress } from '../../publications/address.ts';
import type { Publication } from '../../publications/publication.ts';
import { suppressByHand } from '../../subscribers/suppress.ts';
import {
  countSuppressions,
  listSuppressions,
  type SuppressionLine,
  searchSuppressions,
} from '../../subscribers/suppression-list-store.ts';
import type { Web } from '../web-parts.ts';
import { count, deskPath, deskPublication, deskTime, showDesk } from './desk-page.ts';
import { addressPath } from './suppression-page.ts';
import { SUPPRESSED } from './suppression-words.ts';

const PAGE = 50;
const REASONS = ['bounce', 'complaint', 'manual', 'erased'] as const satisfies readonly SuppressionReason[];

/** The next page begins behind a line: its time as Postgres wrote it, and its hash. */
const behindShape = z.templateLiteral([z.string(), '~', z.hex().length(64)]);
const query = z.object({
  reason: z.enum(REASONS).nullable().catch(null),
  behind: behindShape.nullable().catch(null),
});
const searchForm = z.object({ letters: z.string().trim().max(1000).default('') });
const addForm = z.object({ email: z.string().max(1000).default(''), why: z.string().max(500).default('') });

/** Everyone who is mailed no more, in all publications. An address that is sought comes in a POST: a query would be kept in logs. */
export function suppressionRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/readers/suppressions', async (request, reply) => {
      const { reason, behind } = query.parse(request.query);
      const lines = await listSuppressions(web.db, { reason, behind: cursorOf(behind), limit: PAGE + 1 });
      return showList(web, request, reply, { lines, reason });
    });

    app.post('/readers/suppressions', async (request, reply) => {
      const { letters } = searchForm.parse(request.body ?? {});
      const address = normalizeAddress(letters);
      const address_hash = address.ok ? web.hashAddress(address.value.address_key) : null;
      const lines = await searchSuppressions(web.db, { letters, address_hash }, PAGE + 1);
      return showList(web, request, reply, { lines, reason: null, letters });
    });

    app.get('/readers/suppressions/add', async (request, reply) => {
      return showAdd(web, request, reply, { email: '', why: '', problem: null });
    });

    app.post('/readers/suppressions/add', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const { email, why } = addForm.parse(request.body ?? {});
      const given = { email, why, editor: request.editor?.email ?? '', now: web.clock.now() };
      const done = await suppressByHand(web.db, given);
      if (done.ok) return reply.redirect(`${addressPath(publication, done.value)}?said=suppressed`, 303);
      const problem =
        done.error === 'no reason' ? 'Say in a few words why.' : `The address "${email}" ${done.error}.`;
      return showAdd(web, request, reply.code(422), { email, why, problem });
    });
  };
}

async function showAdd(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  form: { readonly email: string; readonly why: string; readonly problem: string | null },
) {
  const publication = await deskPublication(web, request);
  const title = 'Suppress an address';
  return showDesk(web, request, reply, 'suppress', {
    publication,
    section: 'readers',
    shape: 'narrow',
    title,
    ...form,
  });
}

async function showList(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  found: {
    /** One more than a page where there is another one. */
    readonly lines: readonly SuppressionLine[];
    readonly reason: SuppressionReason | null;
    readonly letters?: string;
  },
) {
  const publication = await deskPublication(web, request);
  const { lines, reason, letters = '' } = found;
  const counts = await countSuppressions(web.db);
  const here = `${deskPath(publication)}/readers/suppressions`;
  const shown = lines.slice(0, PAGE);
  const last = shown.at(-1);
  const more = lines.length > PAGE;
  const older = more && last && letters === '' ? olderQuery(last, reason) : null;
  return showDesk(web, request, reply, 'suppressions', {
    publication,
    section: 'readers',
    shape: 'narrow',
    title: 'Suppressed addresses',
    here,
    letters,
    filters: [null, ...REASONS].map((each) => filterOf(each, reason, counts, here)),
    lines: shown.map((line) => showLine(line, publication)),
    older,
    cut: more && letters !== '' ? PAGE : null,
  });
}

function filterOf(
  each: SuppressionReason | null,
  chosen: SuppressionReason | null,
  counts: Readonly<Record<SuppressionReason, number>>,
  here: string,
) {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return {
    name: each === null ? 'all' : SUPPRESSED[each].tag,
    count: count(each === null ? all : counts[each]),
    href: each === null ? here : `${here}?reason=${each}`,
    current: each === chosen,
  };
}

function showLine({ address_hash, email, reason, since }: SuppressionLine, publication: Publication) {
  return {
    href: addressPath(publication, address_hash),
    email: email ?? 'an address that was erased',
    tag: SUPPRESSED[reason].tag,
    tone: reason === 'bounce' || reason === 'complaint' ? 'bad' : '',
    since: deskTime(since, publication),
  };
}

function olderQuery({ since_exactly, address_hash }: SuppressionLine, reason: SuppressionReason | null) {
  const behind = `${since_exactly}~${address_hash.toString('hex')}`;
  return `?${new URLSearchParams({ ...(reason && { reason }), behind })}`;
}

function cursorOf(behind: string | null) {
  const [since_exactly = '', hash = ''] = behind?.split('~') ?? [];
  // what is no time here would be a fault in Postgres
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/.test(since_exactly)) return null;
  return { since_exactly, address_hash: Buffer.from(hash, 'hex') };
}
