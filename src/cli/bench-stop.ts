import type { Stop } from '../bench/bench-request.ts';
import { interruption } from './interruption.ts';
import { stopSignal } from './stop-signal.ts';

/** A Ctrl-C as the bench hears of it. */
export function benchStop(): Stop {
  const signal = stopSignal();
  const interrupted = interruption(signal);
  // it may come while nothing waits for it: then whatever waits next is told
  interrupted.catch(() => {});
  return { signal, interrupted };
}
