import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { cancelSend, pauseSend, resumeSend } from '../../src/delivery/control-send.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { holdSend, insertSend } from '../../src/delivery/send-store.ts';
import type { PublicationId, SubscriberId } from '../../src/ids.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { findIssue } from '../../src/issues/issue-store.ts';
import { publicationById } from '../../src/publications/publication-store.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { undoUnsubscribe, unsubscribe } from '../../src/subscribers/leave.ts';
import { addHistory, moveSubscribers } from '../../src/subscribers/subscriber-store.ts';
import { suppressReader } from '../../src/subscribers/suppress.ts';
import {
  EVENT_TYPE_NAMES,
  EVENT_TYPES,
  type EventTypeName,
  eventsTable,
} from '../../src/webhooks/event-types.ts';
import { testDatabase } from '../support/database.ts';
import {
  issueText,
  makeIssue,
  makePublication,
  makeReaders,
  makeSend,
  testLimits,
} from '../support/press.ts';
import { ANSWERS, bodyOf, startReceiver } from './receiver.ts';
import { openWebhooks } from './webhook-press.ts';

const database = await testDatabase();
const press = openWebhooks(database);
const { db } = press;
const receiver = await startReceiver();
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.behave(ANSWERS.fine);
  receiver.received.length = 0;
});

const now = () => systemClock.now();
/** Every event that a test has seen, by its type: each has the fields of its example. */
const seen = new Map<string, Record<string, unknown>>();

/** What the webhook is told of, in order. */
async function told(webhook: Awaited<ReturnType<typeof press.open>>): Promise<Record<string, unknown>[]> {
  await press.work(webhook.id);
  const bodies = receiver.received.splice(0).map(bodyOf);
  for (const { type, data } of bodies) seen.set(type, data);
  return bodies.map(({ type, data }) => ({ type, ...data }));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const idOf = (readers: readonly SubscriberId[]): SubscriberId => {
  const [id] = readers;
  if (id === undefined) throw new Error('no reader');
  return id;
};

test('a reader’s way is told: confirmed, left, back again, suppressed with its reason, forgotten by id alone', async () => {
  const webhook = await press.open(receiver.url, 1);
  const reader = idOf(webhook.readers);
  const move = {
    from: ['active'],
    to: 'active',
    event: 'confirmed',
    detail: { consent: 1 },
    now: now(),
  } as const;
  await moveSubscribers(db, [reader], move);
  await unsubscribe(db, reader, { via: 'one-click', now: now() });
  await undoUnsubscribe(db, reader, now());
  await db
    .transaction()
    .execute((tx) => suppressReader(tx, reader, { reason: 'complaint', evidence: {}, now: now() }));
  expect(await told(webhook)).toMatchObject([
    { type: 'subscriber.confirmed', email: 'reader1@example.com', by: 'confirmed' },
    { type: 'subscriber.left', via: 'one-click' },
    { type: 'subscriber.confirmed', by: 'unsubscribe undone' },
    { type: 'subscriber.suppressed', reason: 'complaint' },
  ]);
  const lifted = { reason: 'complaint', by: 'ed@example.com', why: 'asked for it' };
  await moveSubscribers(db, [reader], {
    from: ['complained'],
    to: 'active',
    event: 'suppression lifted',
    detail: lifted,
    now: now(),
  });
  await addHistory(db, reader, 'suppressed', { reason: 'manual', evidence: {} }, now());
  const { address_hash } = await db
    .selectFrom('subscribers')
    .select('address_hash')
    .where('id', '=', reader)
    .executeTakeFirstOrThrow();
  await db.deleteFrom('subscribers').where('address_hash', '=', address_hash).execute();
  expect(await told(webhook)).toMatchObject([
    { type: 'subscriber.restored', reason: 'complaint', status: 'active', email: null },
    { type: 'subscriber.suppressed', reason: 'manual', email: null },
    { type: 'subscriber.forgotten', subscriber: `r${reader}` },
  ]);
});

test('no address waits in the tables, so erasing a reader needs nothing here', async () => {
  const webhook = await press.open(receiver.url, 1);
  await unsubscribe(db, idOf(webhook.readers), { via: 'page', now: now() });
  receiver.behave((response) => response.writeHead(400).end('do not know reader1@example.com'));
  await press.work(webhook.id);
  await forget(db, 'reader1@example.com', { eraseElsewhere: async () => {}, now: now() });
  const kept = JSON.stringify([
    await db.selectFrom('webhook_events').selectAll().execute(),
    await db.selectFrom('webhook_calls').selectAll().execute(),
  ]);
  expect(kept).not.toContain('reader1');
});

test('a send’s way is told: published, started, held, paused with its reason, resumed, cancelled, finished with its receipt', async () => {
  const webhook = await press.open(
    receiver.url,
    2,
    EVENT_TYPE_NAMES.filter((type) => !type.startsWith('subscriber')),
  );
  const send = await makeSend(db, webhook.publication);
  await pauseSend(db, send);
  await resumeSend(db, send, systemClock);
  await cancelSend(db, send);
  const issue_id = await makeIssue(db, webhook.publication);
  const held = await insertSend(db, {
    publication_id: webhook.publication,
    issue_id,
    due_at: now(),
    again: false,
  });
  await holdSend(db, held, 'No postal address.');
  expect(await told(webhook)).toMatchObject([
    { type: 'issue.published', title: 'A Test Issue', url: expect.stringMatching(/^http.*\/issues\/issue-/) },
    { type: 'send.started', send: `s${send}`, audience: 2, retry_of: null },
    { type: 'send.paused', reason: null },
    { type: 'send.resumed' },
    { type: 'send.cancelled' },
    { type: 'send.held', send: `s${held}`, reason: 'No postal address.' },
  ]);
});

test('a send to nobody is over at once, and published only once however often it is sent', async () => {
  const webhook = await press.open(receiver.url, 0);
  const publication = await publicationById(db, webhook.publication);
  const bytes = Buffer.from(issueText('told', '2021-W06'));
  await importIssue(db, { publication, bytes, file: null });
  const issue = await findIssue(db, publication.id, 'told');
  const deps = { db, clock: systemClock, limits: testLimits(), publicUrl: 'http://localhost:3000' };
  for (const again of [false, true]) await createSend(deps, { publication, issue, at: null, again });
  const bodies = await told(webhook);
  expect(bodies.map(({ type }) => type)).toEqual([
    'issue.published',
    'send.started',
    'send.finished',
    'send.started',
    'send.finished',
  ]);
  expect(bodies[2]).toMatchObject({ receipt: { state: 'finished', audience: 0, accepted: 0 } });
});

test('what is rolled back is not told, and what commits late is told all the same', async () => {
  const webhook = await press.open(receiver.url, 3);
  const [first, second, third] = webhook.readers as [SubscriberId, SubscriberId, SubscriberId];
  const leave = (on: typeof db, id: SubscriberId) => unsubscribe(on, id, { via: 'page', now: now() });
  await db
    .transaction()
    .execute(async (tx) => {
      await leave(tx, first);
      throw new Error('undone');
    })
    .catch(() => {});
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const late = db.transaction().execute(async (tx) => {
    await leave(tx, second);
    await held;
  });
  await pause(100);
  await leave(db, third);
  expect(await told(webhook)).toMatchObject([{ subscriber: `r${third}` }]);
  release();
  await late;
  expect(await told(webhook)).toMatchObject([{ subscriber: `r${second}` }]);
});

test('who is not asked is not told: other types, other publications, what is off; and without a webhook nothing is written', async () => {
  const count = async () =>
    Number(
      (
        await db
          .selectFrom('webhook_events')
          .select(({ fn }) => fn.countAll().as('count'))
          .executeTakeFirstOrThrow()
      ).count,
    );
  const before = await count();
  const silent = await makePublication(db);
  await leaveAll(silent, 2);
  const webhook = await press.open(receiver.url, 0, ['send.held']);
  await leaveAll(webhook.publication, 1);
  await db.updateTable('webhooks').set({ is_on: false }).where('id', '=', webhook.id).execute();
  expect(await count()).toBe(before);
});

async function leaveAll(publication: PublicationId, readers: number): Promise<void> {
  await makeReaders(db, publication, readers);
  for (const { id } of await db
    .selectFrom('subscribers')
    .select('id')
    .where('publication_id', '=', publication)
    .execute())
    await unsubscribe(db, id, { via: 'page', now: now() });
}

test('every event of the table has come, with the fields of its example and no others', () => {
  expect([...seen.keys()].toSorted()).toEqual(EVENT_TYPE_NAMES.toSorted());
  for (const [type, data] of seen) {
    const { example } = EVENT_TYPES[type as EventTypeName];
    expect(Object.keys(data).toSorted(), type).toEqual(Object.keys(example).toSorted());
    if ('receipt' in example)
      expect(Object.keys(data.receipt as object).toSorted()).toEqual(Object.keys(example.receipt).toSorted());
  }
});

test('the documentation’s table is the one that the code makes', () => {
  const [, table] =
    /<!-- events -->\n([\s\S]*?)\n<!-- end of events -->/.exec(
      readFileSync('src/webhooks/README.md', 'utf8'),
    ) ?? [];
  expect(table).toBe(eventsTable());
});
