import { HOUR_MS, SECOND_MS } from '../clock.ts';
import { mayWorkLater } from './faults.ts';

/**
 * Records what a mail server said. An outcome that is not recorded is a second copy, so a database that restarts,
 * or breaks a deadlock against us, is asked again. An hour is past any lease, and then the row is another worker's.
 */
export async function persistently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let waited = 0; ; waited += SECOND_MS) {
    try {
      return await work();
    } catch (error) {
      if (!mayWorkLater(error) || waited >= HOUR_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, SECOND_MS));
    }
  }
}
