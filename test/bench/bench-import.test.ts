import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli } from '../cli/run-cli.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-bench-test-'));
afterAll(() => rm(directory, { recursive: true }));

const count = z.number().positive();

test('every row becomes a reader, Postgres reads the same file beside it, and nothing stays', async () => {
  const call = ['bench', 'import', '--rows', '2500', '--rounds', '2', '--json'];
  const { status, stderr, json } = await runCli(call, { TMPDIR: directory, DATABASE_URL: 'nonsense' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = z.object({
    rows: z.literal(2500),
    rounds: z.literal(2),
    pressrun: z.object({ per_second: count }),
    beside: z.tuple([z.object({ what: z.string(), per_second: count, ratio: count })]),
    faults: z.tuple([]),
  });
  report.parse(json());
  expect(await readdir(directory)).toEqual([]);
});

test('a number of rows that is none is a wrong call', async () => {
  const { status, stderr } = await runCli(['bench', 'import', '--rows', '0']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('--rows must be') });
});
