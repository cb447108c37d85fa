const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C can come twice: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 500;

/**
 * Aborts at the first signal, so that things end in order. A second one, after a moment, leaves at once.
 * What then stays behind is what a `kill -9` leaves, and the next start deals with that.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > SAME_PRESS_MS) {
      process.exit(1);
    }
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // started by an older Node (src/pressrun.js): end with it, however it ended
  process.on('disconnect', onSignal);
  return controller.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
