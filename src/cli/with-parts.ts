import { ensureSample } from '../demo/sample-publication.ts';
import { type OpenOptions, openParts, type Parts, readEnvironment } from '../main.ts';
import { interruption, lossOf } from './interruption.ts';
import { stopSignal } from './stop-signal.ts';

/** Opens what a short command stands on, and closes it in order however the command ends. */
export async function withParts<Answer>(
  work: (parts: Parts, signal: AbortSignal) => Promise<Answer>,
  options: Pick<OpenOptions, 'migrate'> = {},
): Promise<Answer> {
  const config = readEnvironment('warn');
  const signal = stopSignal();
  const parts = await openParts(config, { ...options, prepare: ensureSample });
  try {
    return await Promise.race([work(parts, signal), interruption(signal), lossOf(parts)]);
  } finally {
    await parts.close();
  }
}
