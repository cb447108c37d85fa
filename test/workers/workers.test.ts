import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { receipt } from '../../src/delivery/receipt.ts';
import { waitForSend } from '../../src/delivery/wait-for-send.ts';
import type { SendId } from '../../src/ids.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { silentLog } from '../../src/log.ts';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { publicationById } from '../../src/publications/publication-store.ts';
import { openQueues } from '../../src/queue/queues.ts';
import { createTokens } from '../../src/tokens.ts';
import { startWorkers, type Workers } from '../../workers/main.ts';
import { testDatabase } from '../support/database.ts';
import { issueText, makePublication, makeReaders, TEST_SECRET, testLimits } from '../support/press.ts';
import { redisForTests } from '../support/redis.ts';
import { type Sink, startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';

const database = await testDatabase();
const { db } = database;
const redis = await redisForTests();
const limits = testLimits({ reconcileMs: 100, batchSize: 100 });
const never = new AbortController().signal;

const backends: [string, Config['queue'] | null][] = [
  ['Postgres', { kind: 'postgres' }],
  ['Redis', redis ? { kind: 'redis', url: redis.url } : null],
];

describe.each(backends)('workers with the queue on %s', (name, queue) => {
  const closing: (() => Promise<void>)[] = [];
  let sink: Sink;
  beforeEach(async () => {
    sink = await startSink();
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await sink.stop();
  });

  function work(): Workers {
    if (!queue) throw new Error('no such queue here');
    const queues = openQueues(queue, database.url, silentLog);
    const outbound = createOutbound([sink.target], systemClock);
    const tokens = createTokens([TEST_SECRET]);
    const parts = {
      db,
      queues,
      outbound,
      tokens,
      bounces: null,
      signer: null,
      clock: systemClock,
      log: silentLog,
      publicUrl: 'http://localhost:3000',
      limits,
    };
    const workers = startWorkers(parts);
    closing.push(async () => {
      await workers.close();
      await queues.close();
      await outbound.close();
    });
    return workers;
  }

  async function send(readers: readonly string[] | number): Promise<SendId> {
    const publication = await publicationById(db, await makePublication(db));
    await makeReaders(db, publication.id, readers);
    const bytes = Buffer.from(issueText(`${name.toLowerCase()}-week`, '2026-W10'));
    const { issue } = await importIssue(db, { publication, bytes, file: null });
    return (
      await createSend({ db, clock: systemClock, limits }, { publication, issue, at: null, again: false })
    ).id;
  }

  test.skipIf(!queue)('two workers mail each reader exactly once', async () => {
    const id = await send(650);
    work();
    work();
    expect(await waitForSend(db, id, never)).toMatchObject({
      state: 'finished',
      audience: 650,
      accepted: 650,
    });
    expect(sink.taken).toHaveLength(650);
    expect(new Set(sink.recipients()).size).toBe(650);
  });

  test.skipIf(!queue)(
    'an address that the server calls gone is suppressed, and the others are not',
    async () => {
      const id = await send(['ada@example.com', `nouser@${name}.test`, `full@${name}.test`]);
      work();
      expect(await waitForSend(db, id, never)).toMatchObject({ state: 'finished', accepted: 1, rejected: 2 });
      await until('the outcomes are processed', async () => (await openEvents()) === 0);
      const readers = await db
        .selectFrom('subscribers')
        .select(['email', 'status'])
        .where('email', 'in', [`nouser@${name}.test`, `full@${name}.test`])
        .where('publication_id', '=', await publicationOf(id))
        .orderBy('email')
        .execute();
      expect(readers).toEqual([
        { email: `full@${name}.test`, status: 'active' },
        { email: `nouser@${name}.test`, status: 'bounced' },
      ]);
    },
  );

  test.skipIf(!queue)('a queue that is emptied in the middle loses nobody and doubles nobody', async () => {
    const id = await send(500);
    work();
    await until('some are mailed', async () => (await receipt(db, id)).accepted > 50);
    if (name === 'Redis') await flushRedis();
    else await sql`truncate bullmq.job cascade`.execute(db);
    expect(await waitForSend(db, id, never)).toMatchObject({ state: 'finished', accepted: 500 });
    expect(new Set(sink.recipients()).size).toBe(500);
    expect(sink.taken).toHaveLength(500);
  });

  async function openEvents(): Promise<number> {
    const { rows } = await sql<{
      count: number;
    }>`select count(*) from outcome_events where processed_at is null`.execute(db);
    return rows[0]?.count ?? 0;
  }

  async function publicationOf(id: SendId) {
    return (
      await db.selectFrom('sends').select('publication_id').where('id', '=', id).executeTakeFirstOrThrow()
    ).publication_id;
  }

  async function flushRedis(): Promise<void> {
    const client = new Redis(redis?.url ?? '');
    await client.flushall();
    client.disconnect();
  }
});
