import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';

/**
 * Lets one process at a time fill a data directory and start its server. Postgres alone is not enough: of two
 * that find the file of a dead server, one may clear away what the other has just written. The turn is a name in
 * Linux's abstract socket namespace (unix(7)), which the kernel frees when the process dies. Other systems
 * have none: there two starters rely on Postgres, and the loser tries again.
 *
 * @returns what ends the turn, or null while another process has it.
 */
export async function takeTurn(directory: string): Promise<(() => Promise<void>) | null> {
  if (process.platform !== 'linux') return async () => {};
  const { dev, ino } = await stat(directory);
  const holder = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    holder.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    holder.listen(`\0pressrun-start-${dev}-${ino}`, () => {
      resolve(() => new Promise((ended) => holder.close(() => ended())));
    });
  });
}
