const SOCKET_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'];

/**
 * Classes of SQLSTATE (Postgres's appendix "Error Codes") that say nothing of the statement: 08 connection,
 * 40 rolled back (a deadlock), 53 no room or connection left, 57 an operator's intervention (shutdown, cancel).
 */
const PASSING = /^(08|40|53|57)/;

/**
 * May the same statement, which was not done, work later? The server is away, restarting or full, a socket
 * broke, or two transactions waited for each other.
 */
export function mayWorkLater(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (PASSING.test(code) || SOCKET_CODES.includes(code))) return true;
  return /Connection terminated|timeout exceeded when trying to connect/i.test(error.message);
}

/** The name of the unique or check constraint that a statement broke, if that is what happened. */
export function brokenConstraint(error: unknown): string | null {
  const { constraint } = error as { constraint?: unknown };
  return error instanceof Error && typeof constraint === 'string' ? constraint : null;
}
