import { type Logger, pino } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * Events as JSON lines on standard error: each has a stable `event` and ids, never an address, a
 * token or a text of a reader. Whatever carries a token (a URL's path) is left out by the callers.
 */
export function createLog(level: string): Log {
  return pino({ level, base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }));
}

export const silentLog: Log = pino({ level: 'silent' });
