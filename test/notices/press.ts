import { sql } from 'kysely';
import { type ParsedMail, simpleParser } from 'mailparser';
import { afterAll } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/clock.ts';
import type { Db } from '../../src/db/database.ts';
import type { NoticeId } from '../../src/ids.ts';
import { silentLog } from '../../src/log.ts';
import type { NewNotice } from '../../src/notices/notice.ts';
import { insertNotice } from '../../src/notices/notice-store.ts';
import { type NoticeDeps, workNotice } from '../../src/notices/work-notice.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { createPublication } from '../../src/publications/edit-publications.ts';
import { addressHasher } from '../../src/publications/installation.ts';
import { createTokens } from '../../src/tokens.ts';
import { type SinkOptions, startSink } from '../support/sink.ts';

const START = new Date('2026-11-23T08:00:00Z');
export const LIMITS = { leaseMs: 30 * SECOND_MS, unknownWaitMs: MINUTE_MS, deferMaxAgeMs: 72 * HOUR_MS };

/** Notices at work against a real mail server, on a clock that a test moves. */
export async function openNotices(db: Db, sinkOptions: SinkOptions = {}) {
  const publication = await createPublication(db, {
    slug: 'weekly',
    name: 'The Weekly Press',
    from_address: 'press@example.com',
    reply_to: 'editor@example.com',
    postal_address: '1 Type Lane, Letterton',
  });
  const sink = await startSink(sinkOptions);
  let now = START;
  const clock = { now: () => now };
  const outbound = createOutbound([sink.target], clock);
  afterAll(async () => {
    await outbound.close();
    await sink.stop();
  });
  const tokens = createTokens(['s'.repeat(32)]);
  const deps: NoticeDeps = {
    db,
    clock,
    outbound,
    tokens,
    bounces: null,
    signer: null,
    log: silentLog,
    limits: LIMITS,
    publicUrl: 'http://localhost:3000',
  };
  /** Leases and due times go by the database's clock, which nobody can move: so what it is compared with is moved. */
  const pass = async (ms: number) => {
    now = new Date(now.getTime() + ms);
    const back = (column: string) => sql`${sql.ref(column)} - ${ms} * interval '1 millisecond'`;
    await sql`update notices set due_at = ${back('due_at')}, lease_until = ${back('lease_until')},
      deferred_at = ${back('deferred_at')}`.execute(db);
  };
  let keys = 0;
  return {
    publication,
    sink,
    deps,
    tokens,
    hashAddress: await addressHasher(db),
    /** Time goes on, so that a mail server that rested in one test takes mail in the next. */
    async reset() {
      await pass(HOUR_MS);
      sink.taken.length = 0;
    },
    pass,
    now: () => now,
    /** A word to an editor: the plainest notice there is. */
    async word(email: string): Promise<NoticeId> {
      keys += 1;
      const notice: NewNotice = {
        kind: 'editor',
        publication_id: publication.id,
        unique_key: `word:${keys}`,
        email,
        locale: 'en',
        params: { heading: 'No issue was ready', paragraphs: ['Nothing was sent.'] },
      };
      const id = await db.transaction().execute((tx) => insertNotice(tx, notice));
      if (id === null) throw new Error('no notice');
      return id;
    },
    work: (id: NoticeId) => workNotice(deps, id),
    async mail(index = 0): Promise<ParsedMail> {
      return simpleParser(sink.taken[index]?.raw ?? '');
    },
  };
}
