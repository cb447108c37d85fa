import { afterAll, expect, test } from 'vitest';
import { createOutbound } from '../../src/outbound/outbound.ts';
import { letGo } from '../support/handover.ts';
import { startSink } from '../support/sink.ts';

const well = await startSink({ connections: 2 });
const ill = await startSink();
await ill.stop();
afterAll(() => well.stop());

const message = {
  from: 'press@example.com',
  to: 'ada@example.com',
  raw: Buffer.from('Subject: x\r\n\r\nHello.\r\n'),
};

/** A clock that is moved by hand. */
function handClock() {
  let time = 1_000_000;
  return { now: () => new Date(time), pass: (ms: number) => (time += ms) };
}

test('a server that is ill rests, and the other one takes its mail', async () => {
  const outbound = createOutbound([ill.target, well.target], handClock());
  for (let n = 0; n < 3; n += 1)
    expect(await outbound.send(message, letGo)).toMatchObject({ kind: 'accepted' });
  await outbound.close();
});

test('with every server ill the answer is a fault with the reason, and it is asked again after its rest', async () => {
  const clock = handClock();
  const outbound = createOutbound([ill.target], clock);
  expect(await outbound.send(message, letGo)).toMatchObject({
    kind: 'server fault',
    reason: expect.stringContaining(`127.0.0.1:${ill.target.port}`),
  });
  await ill.restart();
  expect(await outbound.send(message, letGo)).toMatchObject({ kind: 'server fault' });
  clock.pass(1500);
  expect(await outbound.send(message, letGo)).toMatchObject({ kind: 'accepted' });
  await outbound.close();
  await ill.stop();
});

test('more messages than connections wait for a free one', async () => {
  const outbound = createOutbound([well.target], handClock());
  const attempts = await Promise.all(Array.from({ length: 20 }, () => outbound.send(message, letGo)));
  expect(attempts.every(({ kind }) => kind === 'accepted')).toBe(true);
  await outbound.close();
});

test('a session that the server ended for idleness costs no reader an outcome', async () => {
  const outbound = createOutbound([well.target], handClock());
  await outbound.send(message, letGo);
  well.cut();
  expect(await outbound.send(message, letGo)).toMatchObject({ kind: 'accepted' });
  await outbound.close();
});

test('a check says which server is well, or why none is', async () => {
  const outbound = createOutbound([well.target], handClock());
  expect(await outbound.check()).toMatchObject({ ok: true });
  const none = createOutbound([ill.target], handClock());
  expect(await none.check()).toMatchObject({ ok: false });
});
