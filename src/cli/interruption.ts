import type { Parts } from '../main.ts';
import { Fault } from '../result.ts';
import { aborted } from './stop-signal.ts';

/** Rejects when a signal ends a command before its work is done. */
export async function interruption(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  throw new Fault('interrupted', 'Stopped before it was done.', 'failure');
}

/** Rejects when the embedded Postgres ends under us (a full disk, somebody's kill). */
export async function lossOf({ embedded }: Parts): Promise<never> {
  throw await (embedded?.lost ?? new Promise<never>(() => {}));
}
