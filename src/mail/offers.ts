/** What a server says in its answer to EHLO that it can do, as far as we use it. */
export interface Offers {
  /** RFC 2920 */
  readonly pipelining: boolean;
  /** RFC 3030; used with PIPELINING alone, as without it nothing is gained. */
  readonly chunking: boolean;
  /** RFC 6152 */
  readonly eightBitMime: boolean;
  /** RFC 6531 */
  readonly smtpUtf8: boolean;
  /** RFC 3461 */
  readonly dsn: boolean;
  /** RFC 3207 */
  readonly startTls: boolean;
  /** RFC 1870: null where the extension is not offered, 0 where it names no limit, in octets. */
  readonly size: number | null;
  /** Names of mechanisms, in capitals (RFC 4954). */
  readonly auth: readonly string[];
}

/** Of a server that knows HELO alone (RFC 5321 section 3.2). */
export const NO_OFFERS: Offers = readOffers('');

/** @param text the lines of the reply to EHLO, with their codes; the first one names the server. */
export function readOffers(text: string): Offers {
  const offered = new Map(text.split(/\r?\n/).slice(1).map(readLine));
  const pipelining = offered.has('PIPELINING');
  return {
    pipelining,
    chunking: pipelining && offered.has('CHUNKING'),
    eightBitMime: offered.has('8BITMIME'),
    smtpUtf8: offered.has('SMTPUTF8'),
    dsn: offered.has('DSN'),
    startTls: offered.has('STARTTLS'),
    size: offered.has('SIZE') ? Number.parseInt(offered.get('SIZE') ?? '', 10) || 0 : null,
    auth: (offered.get('AUTH') ?? '').split(/\s+/).filter(Boolean),
  };
}

/** "AUTH=LOGIN" is how servers said it before RFC 2554, and some still do. */
function readLine(line: string): [string, string] {
  const [, word = '', values = ''] = /^\d{3}[ -]([\w-]+)[ =]?(.*)$/.exec(line.trim().toUpperCase()) ?? [];
  return [word, values];
}
