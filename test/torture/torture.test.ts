import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { STEPS } from '../../src/delivery/steps.ts';
import { findProgram } from '../support/require.ts';

const DRIVER = path.join(import.meta.dirname, 'torture.ts');
const READERS = 300;
// said once here, so that a run without it is a loud one
const kinds = findProgram('redis-server', 'valkey-server') ? 5 : 4;

/** What the driver counted, once it has said that the promises held. */
async function torture(...options: string[]) {
  const driver = spawn(process.execPath, [DRIVER, ...options, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(driver, 'exit');
  const [stdout, stderr] = await Promise.all([text(driver.stdout), text(driver.stderr)]);
  expect((await ended)[0], stderr).toBe(0);
  return JSON.parse(stdout);
}

test('whatever fails in the middle of a send, nobody is lost, and second copies stay within the bound', {
  timeout: 240_000,
}, async () => {
  const totals = await torture('--rounds', String(kinds), '--readers', String(READERS));
  expect(totals).toMatchObject({ rounds: kinds, readers: READERS, lost: 0, unknown: 0 });
  expect(totals.twice).toBeLessThanOrEqual(totals.bound);
  expect(totals.faults).toEqual({ kill: 1, redis: kinds - 4, postgres: 1, smtp: 1, pause: 1 });
});

test('a worker may die at each step of a delivery', { timeout: 300_000 }, async () => {
  const rounds = 2 + STEPS.length;
  const totals = await torture('--faults', 'kill', '--rounds', String(rounds), '--readers', '400');
  expect(totals).toMatchObject({ lost: 0, unknown: 0, faults: { kill: rounds } });
});

test('a call that is wrong is answered with a sentence and status 2', async () => {
  const driver = spawn(process.execPath, [DRIVER, '--faults', 'flood'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(driver, 'exit');
  expect(await text(driver.stderr)).toContain('--faults knows kill, redis, postgres, smtp, pause, not flood');
  expect((await ended)[0]).toBe(2);
});
