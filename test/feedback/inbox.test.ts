import { expect, test } from 'vitest';
import { Inbox } from '../../src/feedback/inbox.ts';
import type { Received } from '../../src/feedback/raw-event.ts';
import { deleteRawEvents, eraseFromRawEvents } from '../../src/feedback/raw-event-store.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';

const { db } = await testDatabase();

const received = (external_id: string, body = '{}'): Received => ({
  source: 'generic',
  external_id,
  headers: { 'webhook-id': external_id },
  body: Buffer.from(body),
});
const rows = () => db.selectFrom('raw_events').selectAll().orderBy('id').execute();

test('what is received is durable, byte for byte, when it is answered', async () => {
  const body = Buffer.from('{"type": "delivered"}\r\n\0\xff', 'latin1');
  const inbox = new Inbox({ db, wake: async () => {} });
  expect(await inbox.receive({ ...received('bytes'), body })).toBe('new');
  const [row] = await rows();
  expect(row?.body).toEqual(body);
  expect(row).toMatchObject({ external_id: 'bytes', headers: { 'webhook-id': 'bytes' }, processed_at: null });
});

test('the same once more, at the same time or later, is one row', async () => {
  const inbox = new Inbox({ db, wake: async () => {} });
  await Promise.all(Array.from({ length: 20 }, () => inbox.receive(received('same'))));
  expect(await inbox.receive(received('same'))).toBe('repeated');
  expect((await rows()).filter((row) => row.external_id === 'same')).toHaveLength(1);
});

test('two providers may use the same id', async () => {
  const inbox = new Inbox({ db, wake: async () => {} });
  expect(await inbox.receive({ ...received('bytes'), source: 'mailgun' })).toBe('new');
});

test('a burst is written in few statements, and wakes the workers once or twice', async () => {
  const woken: number[] = [];
  const inbox = new Inbox({
    db,
    wake: async (first) => {
      woken.push(first);
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  });
  await Promise.all(Array.from({ length: 1000 }, (_, n) => inbox.receive(received(`burst ${n}`))));
  expect((await rows()).filter((row) => row.external_id.startsWith('burst'))).toHaveLength(1000);
  expect(woken.length).toBeLessThan(20);
});

test('a fault keeps it in the inbox, and others are processed', async () => {
  await db.deleteFrom('raw_events').execute();
  const inbox = new Inbox({ db, wake: async () => {} });
  await inbox.receive(received('before', '{"type": "ignored", "data": {}}'));
  await inbox.receive({ ...received('failing'), source: 'ses', body: subscription() });
  await inbox.receive(received('behind', '{"type": "ignored", "data": {}}'));
  await processAll(db);
  const [before, failing, behind] = await rows();
  expect([before?.processed_at, behind?.processed_at]).toEqual([expect.any(Date), expect.any(Date)]);
  expect(failing).toMatchObject({ processed_at: null, attempts: 1 });
  expect(failing?.due_at.getTime()).toBeGreaterThan(Date.now());
});

test('an address that is erased goes from what came, and other people’s events stay', async () => {
  const inbox = new Inbox({ db, wake: async () => {} });
  const event = (email: string) =>
    `{"type": "delivered", "data": {"email": "${email}", "said": "ö \\\\ \\u0000"}}`;
  const body = `[${event('A.d+a@Example.com')}, ${event('axd+a@example.com')}]`;
  await inbox.receive(received('erased', body));
  await db.transaction().execute((tx) => eraseFromRawEvents(tx, 'a.d+a@example.com'));
  const kept = (await rows()).find(({ external_id }) => external_id === 'erased')?.body.toString();
  expect(kept).toBe(body.replace('A.d+a@Example.com', 'ADDRESS'));
});

test('what is old and processed goes, and what waits stays', async () => {
  await processAll(db);
  const waiting = (await rows()).filter(({ processed_at }) => processed_at === null).length;
  expect(await deleteRawEvents(db, new Date(Date.now() - 60_000))).toBe(0);
  expect(await deleteRawEvents(db, new Date(Date.now() + 60_000))).toBeGreaterThan(0);
  expect(await rows()).toHaveLength(waiting);
});

function subscription(): Buffer {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces';
  const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topic, Token: 'x' });
  return Buffer.from(
    JSON.stringify({
      Type: 'SubscriptionConfirmation',
      MessageId: '1',
      TopicArn: topic,
      Message: '',
      Timestamp: '2026-11-23T18:00:00.000Z',
      SignatureVersion: '1',
      Signature: '',
      SigningCertURL: '',
      Token: 'x',
      SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?${query}`,
    }),
  );
}
