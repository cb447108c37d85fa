import { spawnSync } from 'node:child_process';

/**
 * Is a program there that a test needs for real? Without it the test is skipped with one loud line; under
 * REQUIRE_ALL=1 its absence fails the run.
 */
export function hasCounterpart(program: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (found) return true;
  if (process.env.REQUIRE_ALL === '1') throw new Error(`REQUIRE_ALL is set and ${program} is not installed`);
  console.warn(`SKIPPED: ${program} is not installed, its tests do not run`);
  return false;
}
