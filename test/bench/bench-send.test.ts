import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli, spawnCli } from '../cli/run-cli.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-bench-test-'));
afterAll(() => rm(directory, { recursive: true }));

const count = z.number().positive();
const shape = z.object({
  messages: z.literal(300),
  bytes: z.number().min(29_000).max(31_000),
  signed: z.literal(false),
  pressrun: z.object({ per_second: count, cpu_us: count.nullable(), rss_mb: count.nullable() }),
  beside: z.array(z.object({ what: z.string(), per_second: count, ratio: z.number() })),
  faults: z.tuple([]),
});

test('every reader gets one message, other senders are measured beside, and nothing stays', async () => {
  const nowhere = {
    TMPDIR: directory,
    DATABASE_URL: 'postgres://press@127.0.0.1:1/press',
    REDIS_URL: 'redis://127.0.0.1:1',
    SMTP_URL: 'smtp://127.0.0.1:1',
    PUBLIC_URL: 'nonsense',
  };
  const call = ['bench', 'send', '--messages', '300', '--rounds', '1', '--own-sink', '--json'];
  const { status, stderr, json } = await runCli(call, nowhere);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { beside } = shape.parse(json());
  expect(beside.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['nodemailer composing', 'nodemailer raw']),
  );
  expect(await readdir(directory)).toEqual([]);
});

test('signed letters over a link with latency and CHUNKING are each taken once', async () => {
  const way = ['--latency', '5', '--chunking', '--signed', '--alone'];
  const call = ['bench', 'send', '--messages', '50', '--rounds', '1', ...way, '--json'];
  const { status, json } = await runCli(call, { TMPDIR: directory });
  expect(status).toBe(0);
  expect(json()).toMatchObject({ signed: true, latency_ms: 5, chunking: true, faults: [] });
});

test('stopped half-way it leaves nothing either', async () => {
  const call = ['bench', 'send', '--messages', '200000', '--alone', '--own-sink'];
  const { child, ended } = spawnCli(call, { TMPDIR: directory });
  while ((await readdir(directory)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 6000));
  child.kill('SIGINT');
  const { status, stdout, stderr } = await ended;
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^pressrun: Stopped before it was done\.\n$/);
  expect(await readdir(directory)).toEqual([]);
});

test.for([
  ['--messages', 'many', /--messages must be a whole number from 1, not "many"/],
  ['--depth', '0', /--depth must be a whole number from 1/],
  ['--bytes', '100', /--bytes must be \d+ or more/],
  ['--smtp', 'nonsense', /--smtp must be smtp:\/\/host:port/],
] as const)('%s %s is a wrong call', async ([option, value, sentence]) => {
  const { status, stderr } = await runCli(['bench', 'send', option, value], { TMPDIR: directory });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(sentence) });
  expect(await readdir(directory)).toEqual([]);
});
