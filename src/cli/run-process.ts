import { type Config, requirePublicUrl } from '../config.ts';
import { type OpenOptions, openParts, type Parts, type Roles, run } from '../main.ts';
import { lossOf } from './interruption.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** Runs until it is told to stop, then stops in order. */
export async function runUntilStopped(
  config: Config,
  roles: Roles,
  options: OpenOptions,
  greet: (parts: Parts) => Promise<string>,
): Promise<void> {
  requirePublicUrl(config);
  const stop = stopSignal();
  const parts = await openParts(config, options);
  try {
    const running = await run(parts, roles);
    try {
      process.stdout.write(`${await greet(parts)}\n`);
      await Promise.race([aborted(stop), lossOf(parts)]);
      process.stdout.write('Stopping.\n');
    } finally {
      await running.close();
    }
  } finally {
    await parts.close();
  }
}
