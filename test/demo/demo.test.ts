import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli, spawnCli } from '../cli/run-cli.ts';

const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-demo-test-'));
afterAll(() => rm(directory, { recursive: true }));

test('the demo does the whole job, heeds no connection variable, and leaves nothing', async () => {
  const nowhere = {
    TMPDIR: directory,
    DATABASE_URL: 'postgres://press@127.0.0.1:1/press',
    REDIS_URL: 'redis://127.0.0.1:1',
    SMTP_URL: 'smtp://127.0.0.1:1',
    PUBLIC_URL: 'nonsense',
  };
  const { status, json, stderr } = await runCli(['demo', '--json'], nowhere);
  expect(stderr).toBe('');
  const value = json() as { ok: boolean; checks: unknown[]; receipts: unknown[] };
  expect(value).toMatchObject({
    ok: true,
    receipts: [
      { audience: 6, accepted: 5, rejected: 1 },
      { audience: 4, accepted: 4 },
    ],
  });
  expect(value.checks.length).toBeGreaterThan(15);
  expect(status).toBe(0);
  expect(await readdir(directory)).toEqual([]);
});

test('stopped half-way it leaves nothing either', async () => {
  const { child, ended } = spawnCli(['demo'], { TMPDIR: directory });
  while ((await readdir(directory)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 2500));
  child.kill('SIGINT');
  const { status, stdout, stderr } = await ended;
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^pressrun: Stopped before it was done\.\n$/);
  expect(await readdir(directory)).toEqual([]);
});
