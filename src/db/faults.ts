const SOCKET_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'];

/**
 * Is the server away or restarting, so that the same statement may work later? SQLSTATE classes 08
 * (connection) and 57P (shutdown, starting up), sockets that broke, and pg's own words for both.
 */
export function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (/^(08|57P)/.test(code) || SOCKET_CODES.includes(code))) return true;
  return /Connection terminated|timeout exceeded when trying to connect/i.test(error.message);
}

/** The name of the unique or check constraint that a statement broke, if that is what happened. */
export function brokenConstraint(error: unknown): string | null {
  const { constraint } = error as { constraint?: unknown };
  return error instanceof Error && typeof constraint === 'string' ? constraint : null;
}
