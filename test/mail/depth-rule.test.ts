import { afterEach, expect, test } from 'vitest';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { letGo } from '../support/handover.ts';
import { until } from '../support/until.ts';
import { type ModelServer, startModelServer } from './model-server.ts';

/** What the design's invariant 3 promises, seen from the server and from the sender. */

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const to = (name: string) => ({
  from: 'press@example.com',
  to: `${name}@example.com`,
  raw: Buffer.from('Subject: x\r\n\r\nHello.\r\n'),
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function opened(rules: Parameters<typeof startModelServer>[0], depth: number) {
  const server = await startModelServer(rules, { depth });
  const pool = new SmtpPool(server.target);
  open.push(pool, server);
  return { server, pool };
}

/** Handovers that stand still until they are let go, one by one. */
function heldHandover() {
  const marks: ((given: boolean) => void)[] = [];
  const records: (() => void)[] = [];
  const handover = {
    mark: () => new Promise<boolean>((resolve) => marks.push(resolve)),
    record: () => new Promise<void>((resolve) => records.push(resolve)),
  };
  return { marks, records, handover };
}

test.each([
  { chunking: false, depth: 1 },
  { chunking: true, depth: 1 },
  { chunking: false, depth: 3 },
  { chunking: true, depth: 3 },
])(
  'at most depth messages are marked without a reply: $depth, chunking $chunking',
  async ({ chunking, depth }) => {
    const { server, pool } = await opened({ chunking, turn: () => 'yes' }, depth);
    await pool.send(to('first'), letGo);
    const held = heldHandover();
    const sent = Array.from({ length: 10 }, (_, n) => pool.send(to(`reader${n}`), held.handover));
    await until('they are marked', () => held.marks.length === depth);
    await pause(50);
    expect(held.marks).toHaveLength(depth);
    expect(server.taken).toHaveLength(1);
    const letGoOn = setInterval(() => {
      for (const mark of held.marks.splice(0)) mark(true);
      for (const record of held.records.splice(0)) record();
    }, 1);
    await Promise.all(sent);
    clearInterval(letGoOn);
    expect(server.taken).toHaveLength(11);
  },
);

test.each([
  { chunking: false, depth: 1 },
  { chunking: true, depth: 1 },
  { chunking: false, depth: 2 },
  { chunking: true, depth: 2 },
])(
  'no dot is written while depth outcomes are not recorded: $depth, chunking $chunking',
  async ({ chunking, depth }) => {
    const { server, pool } = await opened({ chunking }, depth);
    const held = heldHandover();
    const handover = { ...held.handover, mark: letGo.mark };
    const sent = Array.from({ length: 8 }, (_, n) => pool.send(to(`reader${n}`), handover));
    await until('they are answered', () => held.records.length >= depth);
    await pause(50);
    // what was dotted before may still be answered, and nothing more
    expect(server.taken.length).toBeLessThanOrEqual(chunking ? 2 * depth - 1 : depth);
    expect(held.records).toHaveLength(server.taken.length);
    const letGoOn = setInterval(() => held.records.shift()?.(), 2);
    await Promise.all(sent);
    clearInterval(letGoOn);
    expect(server.taken).toHaveLength(8);
  },
);

test('at depth 1 the next message is marked while the outcome before it is being recorded', async () => {
  const { server, pool } = await opened({}, 1);
  const held = heldHandover();
  const sent = [pool.send(to('one'), held.handover), pool.send(to('two'), held.handover)];
  await until('one is marked', () => held.marks.length === 1);
  held.marks.shift()?.(true);
  await until('the other is marked', () => held.records.length === 1 && held.marks.length === 1);
  held.marks.shift()?.(true);
  await pause(30);
  expect(server.taken).toHaveLength(1);
  held.records.shift()?.();
  await until('the other is answered', () => held.records.length === 1);
  expect(server.taken).toHaveLength(2);
  held.records.shift()?.();
  await Promise.all(sent);
});

test('a message takes one round trip where commands go ahead, and less with chunks', async () => {
  const rounds = async (rules: Parameters<typeof startModelServer>[0], depth: number) => {
    const { pool } = await opened({ ...rules, replyMs: () => 20 }, depth);
    await pool.send(to('first'), letGo);
    const before = performance.now();
    await Promise.all(Array.from({ length: 20 }, (_, n) => pool.send(to(`reader${n}`), letGo)));
    return (performance.now() - before) / 20;
  };
  expect(await rounds({}, 1)).toBeLessThan(35);
  expect(await rounds({ chunking: true }, 10)).toBeLessThan(10);
});

test('whoever is withheld is not delivered, and whoever waited behind goes elsewhere untouched', async () => {
  for (const chunking of [false, true]) {
    const { server, pool } = await opened({ chunking }, 2);
    await pool.send(to('first'), letGo);
    let marks = 0;
    const count = async () => {
      marks += 1;
      return true;
    };
    const sent = [
      pool.send(to('one'), letGo),
      pool.send(to('never'), { ...letGo, mark: async () => false }),
      pool.send(to('two'), { ...letGo, mark: count }),
      pool.send(to('three'), { ...letGo, mark: count }),
    ];
    expect((await Promise.all(sent)).map(({ kind }) => kind)).toEqual([
      'accepted',
      'withheld',
      'accepted',
      'accepted',
    ]);
    expect(marks).toBe(2);
    expect(recipients(server)).toEqual(['first', 'one', 'two', 'three']);
  }
});

test('whoever is refused by both, its sender and the server, stands in nobody’s way', async () => {
  const { server, pool } = await opened(
    {
      pipelining: false,
      replyMs: () => 20,
      turn: (asked, who) => (asked === 'data' && who.startsWith('never') ? 'no' : 'yes'),
    },
    1,
  );
  const mark = () => pause(5).then(() => false);
  const sent = [
    pool.send(to('first'), letGo),
    pool.send(to('never'), { ...letGo, mark }),
    pool.send(to('last'), letGo),
  ];
  expect((await Promise.all(sent)).map(({ kind }) => kind)).toEqual(['accepted', 'withheld', 'accepted']);
  expect(recipients(server)).toEqual(['first', 'last']);
});

function recipients({ taken }: ModelServer): string[] {
  return taken.map((message) => message.to.split('@')[0] ?? '');
}
