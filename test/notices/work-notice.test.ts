import { beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/clock.ts';
import type { NoticeId } from '../../src/ids.ts';
import { createLog } from '../../src/log.ts';
import { type Attempt, type Handover, isEnding } from '../../src/mail/attempt.ts';
import { claimNotice, markHandedOver, recordOutcome } from '../../src/notices/claim-store.ts';
import { eraseNotices, findNotice, insertNotice, missingNoticeJobs } from '../../src/notices/notice-store.ts';
import { workNotice } from '../../src/notices/work-notice.ts';
import { testDatabase } from '../support/database.ts';
import { LIMITS, openNotices } from './press.ts';

const { db } = await testDatabase();
const notices = await openNotices(db);
const { sink, work, word, pass } = notices;

beforeEach(async () => {
  await db.deleteFrom('notices').execute();
  await notices.reset();
});

async function stateOf(id: NoticeId) {
  return (await findNotice(db, id))?.state;
}

async function jobs(): Promise<NoticeId[]> {
  return (await missingNoticeJobs(db)).map((job) => job.id);
}

/** A worker whose mail server ends like this. */
function workEndingIn(id: NoticeId, attempt: Attempt, taking: 'mark' | 'no mark') {
  const send = async (_: unknown, handover: Handover): Promise<Attempt> => {
    const marked = taking === 'no mark' || (await handover.mark());
    if (!marked) return { kind: 'withheld' };
    if (isEnding(attempt)) await handover.record(attempt);
    return attempt;
  };
  return workNotice({ ...notices.deps, outbound: { ...notices.deps.outbound, send } }, id);
}

test('a notice is sent once, however often and by however many it is worked', async () => {
  const id = await word('ed@example.com');
  await Promise.all([work(id), work(id), work(id)]);
  await work(id);
  expect(sink.recipients()).toEqual(['ed@example.com']);
  expect(await findNotice(db, id)).toMatchObject({
    state: 'accepted',
    reply: expect.stringMatching(/^250 /),
  });
  expect(await jobs()).toEqual([]);
});

test('the same cause makes one notice', async () => {
  const notice = {
    kind: 'editor',
    publication_id: notices.publication.id,
    unique_key: 'slot:1',
    email: 'ed@example.com',
    locale: 'en',
    params: { heading: 'x', paragraphs: [] },
  } as const;
  const insert = () => db.transaction().execute((tx) => insertNotice(tx, notice));
  const ids = await Promise.all([insert(), insert(), insert()]);
  expect(ids.filter((id) => id !== null)).toHaveLength(1);
});

test('a notice whose transaction is taken back was never there', async () => {
  const failing = db.transaction().execute(async (tx) => {
    await insertNotice(tx, {
      kind: 'welcome',
      publication_id: notices.publication.id,
      unique_key: 'welcome:x',
      email: 'a@example.com',
      locale: 'en',
      params: {},
    });
    throw new Error('taken back');
  });
  await expect(failing).rejects.toThrow('taken back');
  expect(await jobs()).toEqual([]);
});

test('a refusal for good is final', async () => {
  const id = await word('nouser@example.com');
  expect(await work(id)).toBe('rejected');
  expect(await findNotice(db, id)).toMatchObject({ reply: expect.stringMatching(/^550 5\.1\.1 /) });
  await pass(DAY_MS);
  expect(await work(id)).toBeNull();
});

test('a refusal for now is tried again, after waits that grow', async () => {
  const id = await word('later@example.com');
  const waits: number[] = [];
  for (let tries = 0; tries < 4; tries += 1) {
    expect(await work(id)).toBe('deferred');
    const row = db.selectFrom('notices').select(['due_at', 'updated_at']);
    const { due_at, updated_at } = await row.executeTakeFirstOrThrow();
    const waitMs = due_at.getTime() - updated_at.getTime();
    waits.push(waitMs / MINUTE_MS);
    await pass(waitMs - MINUTE_MS / 2);
    expect(await work(id)).toBeNull();
    await pass(MINUTE_MS / 2);
  }
  expect(waits).toEqual([1, 5, 15, 30]);
});

test('a notice that is refused for three days is rejected, after one more try', async () => {
  const id = await word('later@example.com');
  await work(id);
  await pass(73 * HOUR_MS);
  expect(await work(id)).toBe('rejected');
});

test('a mail server that is away is nobody’s outcome: the notice waits and goes when it is back', async () => {
  await sink.stop();
  const id = await word('ed@example.com');
  expect(await work(id)).toBeNull();
  expect(await stateOf(id)).toBe('queued');
  expect(await jobs()).toEqual([]);
  await sink.restart();
  await pass(MINUTE_MS);
  expect(await jobs()).toEqual([id]);
  expect(await work(id)).toBe('accepted');
});

test('a notice held by a worker is nobody else’s until its lease is over', async () => {
  const id = await word('ed@example.com');
  await claimNotice(db, id, LIMITS);
  expect(await jobs()).toEqual([]);
  expect(await work(id)).toBeNull();
  await pass(LIMITS.leaseMs);
  expect(await jobs()).toEqual([id]);
  expect(await work(id)).toBe('accepted');
});

test('a worker that was overtaken takes no mark and writes no outcome', async () => {
  const id = await word('ed@example.com');
  const slow = await claimNotice(db, id, LIMITS);
  if (!slow) throw new Error('not claimed');
  await pass(LIMITS.leaseMs);
  expect(await markHandedOver(db, slow)).toBe(false);
  expect(await work(id)).toBe('accepted');
  const late = {
    state: 'rejected',
    stage: 'rcpt',
    code: 550,
    enhanced: null,
    reply: 'late',
    waitMs: 0,
  } as const;
  expect(await recordOutcome(db, slow, late, 0)).toBeNull();
  expect(await stateOf(id)).toBe('accepted');
});

test('one handed over by a worker that died is sent once more after a wait, and then held', async () => {
  const id = await word('ed@example.com');
  for (const round of ['first', 'second']) {
    const claim = await claimNotice(db, id, LIMITS);
    if (!claim) throw new Error(`not claimed the ${round} time`);
    expect(await markHandedOver(db, claim)).toBe(true);
    expect(await jobs()).toEqual([]);
    await pass(LIMITS.leaseMs);
    expect(await jobs()).toEqual([id]);
    expect(await work(id)).toBeNull();
    expect(await stateOf(id)).toBe('unknown');
    await pass(LIMITS.unknownWaitMs);
  }
  await pass(DAY_MS);
  expect(await jobs()).toEqual([]);
  expect(await work(id)).toBeNull();
  expect(sink.taken).toEqual([]);
});

test('a connection that broke after the final dot is unknown, and before it deferred', async () => {
  const lost = { kind: 'lost', reason: 'connection reset' } as const;
  const after = await word('a@example.com');
  expect(await workEndingIn(after, { ...lost, after_final_dot: true }, 'mark')).toBe('unknown');
  await pass(LIMITS.unknownWaitMs);
  expect(await work(after)).toBe('accepted');
  const before = await word('b@example.com');
  expect(await workEndingIn(before, { ...lost, after_final_dot: false }, 'no mark')).toBe('deferred');
  await pass(MINUTE_MS);
  expect(await work(before)).toBe('accepted');
});

test('a second copy has the Message-ID of the first', async () => {
  const id = await word('ed@example.com');
  await work(id);
  await db.updateTable('notices').set({ state: 'unknown' }).execute();
  expect(await work(id)).toBe('accepted');
  const [first, second] = sink.taken.map((taken) => taken.messageId);
  expect(first).toMatch(/^<n\d+\.[0-9a-f]+@example\.com>$/);
  expect(second).toBe(first);
});

test('one that cannot be written is left alone for a while, and its fault is seen', async () => {
  const id = await word('ed@example.com');
  const broken = {
    ...notices.deps,
    outbound: { ...notices.deps.outbound, send: () => Promise.reject(new Error('bug')) },
  };
  await expect(workNotice(broken, id)).rejects.toThrow('bug');
  expect(await stateOf(id)).toBe('queued');
  expect(await jobs()).toEqual([]);
  await pass(61 * SECOND_MS);
  expect(await work(id)).toBe('accepted');
});

test('one that can never be written is given up after three days, and nobody is told again and again', async () => {
  const id = await word('ed@example.com');
  const events: unknown[] = [];
  const log = createLog('error', { write: (line) => void events.push(JSON.parse(line)) });
  const send = () => Promise.reject(new Error('a template that does not parse'));
  const broken = { ...notices.deps, log, outbound: { ...notices.deps.outbound, send } };
  for (const hours of [36, 37]) {
    await expect(workNotice(broken, id)).rejects.toThrow('does not parse');
    expect(await stateOf(id)).toBe('queued');
    await pass(hours * HOUR_MS);
  }
  expect(events).toEqual([]);
  await expect(workNotice(broken, id)).rejects.toThrow('does not parse');
  expect(await findNotice(db, id)).toMatchObject({
    state: 'rejected',
    reply: 'it could not be written: a template that does not parse',
  });
  expect(events).toMatchObject([{ event: 'notice given up', notice: id, kind: 'editor' }]);
  await pass(DAY_MS);
  expect(await jobs()).toEqual([]);
  expect(await db.selectFrom('notices').select('id').execute()).toHaveLength(1);
});

test('forgetting an address erases what was written to it', async () => {
  await word('Ed@example.com');
  const other = await word('other@example.com');
  await db.transaction().execute((tx) => eraseNotices(tx, 'ed@example.com'));
  expect(await jobs()).toEqual([other]);
});

test('a notice without what its kind needs is not made', async () => {
  const wrong = { kind: 'confirm', params: { consent_id: 0 } } as const;
  const notice = {
    ...wrong,
    publication_id: notices.publication.id,
    unique_key: 'x',
    email: 'a@example.com',
    locale: 'en',
  };
  await expect(db.transaction().execute((tx) => insertNotice(tx, notice))).rejects.toThrow();
});
