import { MINUTE_MS, SECOND_MS } from '../clock.ts';

/** How long each step of a connection may take, in ms. */
export interface Timeouts {
  readonly connect: number;
  readonly greeting: number;
  /** EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET. */
  readonly command: number;
  readonly data: number;
  /** A message that is being written, without any of it leaving. */
  readonly block: number;
  /** The answer to the final dot, or to the last chunk. */
  readonly dot: number;
  /** A connection that carries nothing is left after this. */
  readonly idle: number;
}

/**
 * RFC 5321 section 4.5.3.2, which has no number for connecting (its section 4.5.4.1 leaves it to the client) and
 * gives a server five minutes before it may leave an idle client: we leave well before that.
 */
export const TIMEOUTS: Timeouts = {
  connect: 30 * SECOND_MS,
  greeting: 5 * MINUTE_MS,
  command: 5 * MINUTE_MS,
  data: 2 * MINUTE_MS,
  block: 3 * MINUTE_MS,
  dot: 10 * MINUTE_MS,
  idle: 30 * SECOND_MS,
};

export function timeoutOf(
  awaited: 'rset' | 'mail' | 'rcpt' | 'data' | 'dot' | 'idle',
  timeouts: Timeouts,
): number {
  if (awaited === 'rset' || awaited === 'mail' || awaited === 'rcpt') return timeouts.command;
  return timeouts[awaited];
}
