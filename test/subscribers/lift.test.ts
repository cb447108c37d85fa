import { beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import type { SubscriberId } from '../../src/ids.ts';
import { addEditor } from '../../src/publications/editors.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { type LiftByHand, liftByHand } from '../../src/subscribers/lift.ts';
import { liftedSuppressions } from '../../src/subscribers/lift-store.ts';
import { showSubscriber } from '../../src/subscribers/show-subscriber.ts';
import { endSubscription, type Suppressing, suppressAddress } from '../../src/subscribers/suppress.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, historyOf, later, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const weekly = await makePublication(db, 'weekly');
const [readers, daily] = [
  await openReaders(db, weekly),
  await openReaders(db, await makePublication(db, 'daily')),
];
const { editor } = await addEditor(db, 'editor@example.com');
const ADA = 'ada@example.com';
const HASH = readers.hashAddress(ADA);
const LATER = later(DAY_MS);

function suppress(reason: Suppressing['reason'], evidence = {}) {
  const address = { email: ADA, address_hash: HASH };
  return db.transaction().execute((tx) => suppressAddress(tx, address, { reason, evidence, now: NOW }));
}

function lift(more: Partial<LiftByHand> = {}) {
  const by = { via: 'desk', editor } as const;
  return liftByHand(db, HASH, { by, why: 'She wrote to us', despiteComplaint: false, now: LATER, ...more });
}

const suppressions = () => db.selectFrom('suppressions').select(['email', 'reason']).execute();
const statuses = async () => [await readers.status(ADA), await daily.status(ADA)];

beforeEach(() => emptyReaders(db));

test('who was active before a bounce is active again, who was only asked is asked, in every publication', async () => {
  await readers.active(ADA);
  await daily.asks(ADA);
  await suppress('bounce');
  expect(await statuses()).toEqual(['bounced', 'bounced']);
  expect(await lift()).toMatchObject({ ok: true, value: { suppression: { reason: 'bounce', since: NOW } } });
  expect(await statuses()).toEqual(['active', 'pending']);
  expect(await suppressions()).toEqual([]);
});

test('who had left before stays as they left', async () => {
  await unsubscribe(db, await readers.active(ADA), { via: 'page', now: NOW });
  await suppress('bounce');
  expect(await lift()).toMatchObject({ ok: true });
  expect(await readers.status(ADA)).toBe('unsubscribed');
});

test('a subscription that ended by soft bounces on many days, or by an import, is not brought back', async () => {
  const id = await readers.active(ADA);
  await db.transaction().execute((tx) => endSubscription(tx, id, { evidence: { days: 5 }, now: NOW }));
  await suppress('bounce');
  expect(await lift()).toMatchObject({ ok: true });
  expect(await readers.status(ADA)).toBe('bounced');
});

test('the history says who lifted it and why, and the old suppression is kept with its evidence', async () => {
  const id = await readers.active(ADA);
  await suppress('bounce', { reply: '550 5.1.1' });
  await lift();
  expect((await showSubscriber(db, weekly, ADA)).history.at(-1)).toEqual({
    at: LATER.toISOString(),
    event: 'suppression lifted',
    detail: { reason: 'bounce', by: 'editor@example.com', why: 'She wrote to us', from: 'bounced' },
  });
  expect(await historyOf(db, id)).toEqual(['signed up', 'confirmed', 'bounced', 'suppression lifted']);
  expect(await liftedSuppressions(db, HASH)).toEqual([
    {
      reason: 'bounce',
      since: NOW,
      evidence: { reply: '550 5.1.1' },
      replaced: null,
      lifted_at: LATER,
      via: 'desk',
      editor: 'editor@example.com',
      why: 'She wrote to us',
    },
  ]);
});

test('the reader’s own confirming is kept in the same way', async () => {
  await readers.active(ADA);
  await suppress('complaint');
  await readers.active(ADA, LATER);
  expect(await liftedSuppressions(db, HASH)).toMatchObject([
    { reason: 'complaint', via: 'confirmation', why: '', editor: null },
  ]);
});

test('nothing is lifted without a reason in words', async () => {
  await suppress('bounce');
  expect(await lift({ why: ' \n ' })).toEqual({ ok: false, error: 'no reason' });
  expect(await suppressions()).toHaveLength(1);
});

test('a complaint is lifted only by one who says that they know of it', async () => {
  await readers.active(ADA);
  await suppress('complaint');
  expect(await lift()).toEqual({ ok: false, error: 'complaint' });
  expect(await readers.status(ADA)).toBe('complained');
  expect(await lift({ despiteComplaint: true })).toMatchObject({ ok: true });
  expect(await readers.status(ADA)).toBe('active');
});

test('a complaint is not hidden by a suppression by hand that took its place', async () => {
  await readers.active(ADA);
  await suppress('complaint');
  await suppress('manual', { by: 'editor@example.com', why: 'Spammer' });
  expect(await lift()).toEqual({ ok: false, error: 'complaint' });
});

test('a complaint of one who had left already stands in their history', async () => {
  const id = await readers.active(ADA);
  await unsubscribe(db, id, { via: 'page', now: NOW });
  await suppress('complaint');
  await suppress('complaint');
  expect((await historyOf(db, id)).filter((event) => event === 'suppressed')).toHaveLength(1);
});

test('one by hand leaves the status as it is, before and after', async () => {
  const id = await readers.active(ADA);
  await suppress('manual');
  expect(await lift()).toMatchObject({ ok: true });
  expect(await readers.status(ADA)).toBe('active');
  expect((await historyOf(db, id)).slice(-2)).toEqual(['suppressed', 'suppression lifted']);
});

test('two editors at once lift it once', async () => {
  const id: SubscriberId = await readers.active(ADA);
  await suppress('bounce');
  const answers = await Promise.all([lift(), lift(), lift()]);
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  expect((await historyOf(db, id)).filter((event) => event === 'suppression lifted')).toHaveLength(1);
  expect(await liftedSuppressions(db, HASH)).toHaveLength(1);
});

test('a mailbox that bounces again is suppressed again, and lifted again', async () => {
  await readers.active(ADA);
  for (const round of [1, 2]) {
    await suppress('bounce');
    expect(await readers.status(ADA)).toBe('bounced');
    await lift();
    expect(await readers.status(ADA)).toBe('active');
    expect(await liftedSuppressions(db, HASH)).toHaveLength(round);
  }
});

test('who asked to be erased comes back by themselves alone', async () => {
  await forget(db, ADA, { eraseElsewhere: async () => {}, now: NOW });
  expect(await lift()).toEqual({ ok: false, error: 'erased' });
});

test('who was erased stays erased when what else stood against them is lifted', async () => {
  await suppress('manual');
  await forget(db, ADA, { eraseElsewhere: async () => {}, now: NOW });
  expect(await lift()).toMatchObject({ ok: true });
  expect(await suppressions()).toEqual([{ email: null, reason: 'erased' }]);
});

test('erasing takes along what was lifted', async () => {
  await readers.active(ADA);
  await suppress('bounce', { reply: `550 ${ADA}` });
  await lift();
  await forget(db, ADA, { eraseElsewhere: async () => {}, now: LATER });
  expect(await liftedSuppressions(db, HASH)).toEqual([]);
});
