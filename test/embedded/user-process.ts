import { createInterface } from 'node:readline';
import { useEmbedded } from '../../src/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/log.ts';
import { Fault } from '../../src/result.ts';

/**
 * One process that uses a data directory: `user-process.ts DATA_DIR [start]`. What happened is a
 * line on standard output (one JSON value); a line on standard input, or its end, makes it let go.
 */
const [dataDir = '', exclusive] = process.argv.slice(2);

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

try {
  const embedded = await useEmbedded(dataDir, {
    exclusive: exclusive === 'start' ? 'start' : null,
    log: silentLog,
  });
  say({ url: embedded.databaseUrl });
  for await (const _wish of createInterface(process.stdin)) break;
  await embedded.release();
  say({ released: true });
  process.stdin.destroy();
} catch (error) {
  const known = error instanceof Fault || (error instanceof Error && 'code' in error);
  say({ fault: known ? error.code : 'unknown', message: String(error) });
  process.exitCode = 1;
}
