const PATIENCE_MS = 120_000;
const POLL_MS = 20;

/** Waits until something holds; what never does is a failure that says what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`waited ${PATIENCE_MS / 1000} s in vain until ${what}`);
}
