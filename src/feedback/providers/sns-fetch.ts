import { SECOND_MS } from '../../clock.ts';

/** What a certificate or a short answer may have; Amazon's have about 2 KB. */
const LARGEST_BYTES = 64 * 1024;
const PATIENCE_MS = 10 * SECOND_MS;

/**
 * The text at an https address. No redirect is followed: whoever may name the address may not choose another by it.
 *
 * @throws {Error} no good answer in time, or too large a one.
 */
export async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
  if (Number(answer.headers.get('content-length') ?? 0) > LARGEST_BYTES)
    throw new Error('its answer is too large');
  const text = await answer.text();
  if (text.length > LARGEST_BYTES) throw new Error('its answer is too large');
  return text;
}
