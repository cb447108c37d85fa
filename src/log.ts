import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * Events as JSON lines on standard error: each has a stable `event` and ids, never an address, a
 * token or a text of a reader. Whatever carries a token (a URL's path) is left out by the callers.
 */
export function createLog(
  level: string,
  output: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  return pino({ level, base: { pid: process.pid }, serializers: { err: describeError } }, output);
}

/** Not all that an error carries: Postgres's `detail` quotes the row, and nodemailer's `rejected` the reader. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { name, message, stack, code: (error as NodeJS.ErrnoException).code };
}

export const silentLog: Log = pino({ level: 'silent' });
