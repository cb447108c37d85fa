import { SECOND_MS } from '../clock.ts';

/** Nobody waits longer than this to hear that something does not answer. */
const PATIENCE_MS = 5 * SECOND_MS;

/**
 * Asks once for all who want to know at the same time, and asks again when the answer is older than `keepMs`:
 * the page is open to anybody, and must not make us knock at a mail server for each of them.
 *
 * @param ask throws where the part does not answer; one that says nothing at all is given up after five seconds.
 */
export function askedSeldom(ask: () => Promise<unknown>, keepMs: number): () => Promise<void> {
  let asked = Number.NEGATIVE_INFINITY;
  let answer: Promise<void> = Promise.resolve();
  return () => {
    if (performance.now() - asked >= keepMs) {
      asked = performance.now();
      answer = inTime(ask());
      answer.catch(() => {});
    }
    return answer;
  };
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / SECOND_MS} s`)), PATIENCE_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
