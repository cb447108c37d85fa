/**
 * How a worker's Node is started, so that it stays near 150 MB at any audience. V8 sizes its heap by the machine: the
 * young generation alone grows to 100 MB, all of it garbage, while letters are in memory of their own. And glibc keeps
 * what was freed for each thread apart (mallopt(3), M_ARENA_MAX).
 */
export const LEAN_NODE = {
  options: ['--max-semi-space-size=8', '--heap-growing-percent=20'],
  env: { MALLOC_ARENA_MAX: '1' },
} as const;

/**
 * A worker starts anew in its own place, under the same process id, as a lean one. One whose parent holds a channel to
 * it would lose that: such a parent starts it so itself. (Windows has no `execve`.)
 */
export function startLean(): void {
  const { options, env } = LEAN_NODE;
  const isWorker = process.argv[2] === 'worker';
  const isLean = process.execArgv.includes(options[0]);
  if (!isWorker || isLean || process.connected || !process.execve) return;
  const args = [process.execPath, ...options, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, ...env });
}
