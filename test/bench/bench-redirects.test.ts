import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli } from '../cli/run-cli.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-bench-test-'));
afterAll(() => rm(directory, { recursive: true }));

const count = z.number().positive();
const figures = { per_second: count, p50_ms: count, p99_ms: count };

test('every click is sent on and counted, a bare server answers beside it, and nothing stays', async () => {
  const call = ['bench', 'redirects', '--requests', '500', '--connections', '5', '--rounds', '2', '--json'];
  const { status, stderr, json } = await runCli(call, { TMPDIR: directory, DATABASE_URL: 'nonsense' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = z.object({
    requests: z.literal(500),
    connections: z.literal(5),
    rounds: z.literal(2),
    pressrun: z.object(figures),
    beside: z.tuple([z.object({ what: z.string(), ...figures, ratio: count })]),
    faults: z.tuple([]),
  });
  report.parse(json());
  expect(await readdir(directory)).toEqual([]);
});
