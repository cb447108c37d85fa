import { createServer } from 'node:net';

/**
 * Below the ports that systems hand out themselves (Linux from 32768, others from 49152; RFC 6335 section 6): those go
 * to connections and to servers on port 0 all the time, so one of them may be taken before it is listened on, or
 * while the server that had it is away for a while.
 */
const FIRST = 20_000;
const COUNT = 12_000;

/** A port on loopback that nobody listens on now, and that nobody gets by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
