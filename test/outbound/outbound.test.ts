import { afterAll, expect, test } from 'vitest';
import { Lanes } from '../../src/delivery/lanes.ts';
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

test('messages are shared out by the weights of the servers, whether they come one by one or all at once', async () => {
  const heavy = await startSink({ connections: 2 });
  const light = await startSink({ connections: 4 });
  const targets = [
    { ...light.target, depth: 2 },
    { ...heavy.target, weight: 3 },
  ];
  const outbound = createOutbound(targets, handClock());
  for (let n = 0; n < 20; n += 1) await outbound.send(message, letGo);
  expect([heavy.taken.length, light.taken.length]).toEqual([15, 5]);
  const lanes = new Lanes(outbound.places);
  const all = Array.from({ length: 200 }, async () => {
    await lanes.enter();
    await outbound.send(message, letGo);
    lanes.leave();
  });
  await Promise.all(all);
  expect([heavy.taken.length, light.taken.length]).toEqual([165, 55]);
  await outbound.close();
  await Promise.all([heavy.stop(), light.stop()]);
});

test('a server that comes back has its share from then on, and no more', async () => {
  const clock = handClock();
  const back = await startSink({ connections: 2 });
  await back.stop();
  const outbound = createOutbound([back.target, well.target], clock);
  const before = well.taken.length;
  for (let n = 0; n < 10; n += 1) await outbound.send(message, letGo);
  expect(well.taken.length - before).toBe(10);
  await back.restart();
  clock.pass(60_000);
  for (let n = 0; n < 10; n += 1) await outbound.send(message, letGo);
  expect([5, 6]).toContain(back.taken.length);
  await outbound.close();
  await back.stop();
});

test('a server that hangs keeps its places and no more: the others go on, whatever it weighs', async () => {
  const clock = handClock();
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const hanging = await startSink({ connections: 1, onTaken: () => answered });
  const outbound = createOutbound([{ ...hanging.target, weight: 100 }, well.target], clock);
  const first = Array.from({ length: 3 }, () => outbound.send(message, letGo));
  expect(await Promise.race(first)).toMatchObject({ kind: 'accepted' });
  clock.pass(2000);
  const before = well.taken.length;
  for (let n = 0; n < 5; n += 1) await outbound.send(message, letGo);
  expect(well.taken.length - before).toBe(5);
  answer();
  await Promise.all(first);
  await outbound.send(message, letGo);
  expect(hanging.taken).toHaveLength(3);
  await outbound.close();
  await hanging.stop();
});
