import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { letGo } from '../support/handover.ts';
import { startTortureSink } from './sink.ts';
import type { Mischief } from './sink-orders.ts';

const sink = await startTortureSink();
afterAll(() => sink.close());

const target = { host: '127.0.0.1', port: sink.port, secure: false, auth: null, connections: 1, depth: 1 };

async function sendOne(to: string) {
  const pool = new SmtpPool(target);
  const raw = Buffer.from(`Message-ID: <${to}>\r\nSubject: x\r\n\r\n${'A line.\r\n'.repeat(3000)}`);
  const attempt = await pool.send({ from: 'a@example.com', to, raw }, letGo);
  pool.close();
  return attempt;
}

async function ordered(how: Mischief, to: string) {
  await sink.order({ order: 'begin' });
  await sink.order({ order: 'misbehave', how, times: 1 });
  const attempt = await sendOne(to);
  const { taken, broken } = await sink.order({ order: 'report' });
  return { attempt, taken: taken.map(([address]) => address), broken };
}

test('it takes a message and remembers recipient and Message-ID', async () => {
  await sink.order({ order: 'begin' });
  expect((await sendOne('reader1@example.com')).kind).toBe('accepted');
  expect((await sink.order({ order: 'report' })).taken).toEqual([
    ['reader1@example.com', '<reader1@example.com>'],
  ]);
});

test('it answers by address, and a greylisted one the second time', async () => {
  await sink.order({ order: 'begin' });
  expect(await sendOne('full1@example.com')).toMatchObject({ kind: 'refused', code: 552, stage: 'rcpt' });
  expect(await sendOne('spam1@example.com')).toMatchObject({ kind: 'refused', code: 554, stage: 'dot' });
  expect(await sendOne('grey1@example.com')).toMatchObject({ kind: 'refused', code: 451 });
  expect(await sendOne('grey1@example.com')).toMatchObject({ kind: 'accepted' });
});

test('before the final dot a broken connection leaves nothing behind', async () => {
  const { attempt, taken, broken } = await ordered('close mid-DATA', 'reader2@example.com');
  expect(attempt).toMatchObject({ kind: 'lost' });
  expect({ taken, broken }).toEqual({ taken: [], broken: 0 });
});

test('after the final dot it keeps the message and breaks, or forgets it and breaks', async () => {
  const kept = await ordered('close at the dot', 'reader3@example.com');
  expect(kept.attempt).toMatchObject({ kind: 'lost', after_final_dot: true });
  expect(kept).toMatchObject({ taken: ['reader3@example.com'], broken: 1 });
  const forgotten = await ordered('forget at the dot', 'reader4@example.com');
  expect(forgotten).toMatchObject({ attempt: { kind: 'lost' }, taken: [], broken: 1 });
  const hung = await ordered('hang after the dot', 'reader5@example.com');
  expect(hung).toMatchObject({ attempt: { kind: 'lost' }, taken: ['reader5@example.com'], broken: 1 });
});

test('it says 421 at the greeting, at MAIL and at RCPT, once for each time', async () => {
  await sink.order({ order: 'misbehave', how: '421 greeting', times: 1 });
  expect(await sendOne('reader6@example.com')).toMatchObject({
    kind: 'server fault',
    reason: expect.stringContaining('421'),
  });
  expect((await ordered('421 at MAIL', 'reader6@example.com')).attempt.kind).toBe('server fault');
  const atRcpt = await ordered('421 at RCPT', 'reader6@example.com');
  expect(JSON.stringify(atRcpt.attempt)).toContain('421 4.3.2 Going away');
  expect(atRcpt.taken).toEqual([]);
  expect((await sendOne('reader6@example.com')).kind).toBe('accepted');
});

test('it goes away, and comes back on its port', async () => {
  await sink.order({ order: 'go away' });
  expect(await sendOne('reader7@example.com')).toMatchObject({
    kind: 'server fault',
    reason: expect.stringContaining('ECONNREFUSED'),
  });
  expect((await sink.order({ order: 'come back' })).port).toBe(sink.port);
  expect((await sendOne('reader7@example.com')).kind).toBe('accepted');
});

test('answers that drip are whole, and in the order of the commands', async () => {
  await sink.order({ order: 'misbehave', how: 'slow drip', times: 1 });
  const heard = await new Promise<string>((resolve) => {
    const socket = connect(sink.port, '127.0.0.1');
    let text = '';
    socket.write('MAIL FROM:<a@example.com>\r\nNOOP\r\n');
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.includes('250 2.0.0 OK\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve(text));
  });
  expect(heard).toBe('220 sink.test ESMTP\r\n250 2.1.0 OK\r\n250 2.0.0 OK\r\n');
});
