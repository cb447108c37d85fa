import { SECOND_MS } from '../clock.ts';

/** What becomes of a mail once it is durable in the inbox. `move`: into the folder `Pressrun/Read`. */
export type AfterReading = 'move' | 'seen' | 'keep' | 'delete';

/** A mailbox that bounce mail is read from over IMAP. */
export interface BounceMailbox {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`imaps://`); otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user: string;
  readonly password: string;
  /** Its name on the server, such as `INBOX`. */
  readonly folder: string;
  readonly after: AfterReading;
  /** It is looked into at least so often, and at once where the server tells of new mail (IDLE). */
  readonly everyMs: number;
}

const MUST_BE = 'BOUNCE_IMAP_URL must be imap://user:password@host:port/MAILBOX or imaps://...';
const AFTER: readonly AfterReading[] = ['move', 'seen', 'keep', 'delete'];
const LEAST_EVERY = 5;
const MOST_EVERY = 3600;

/** Reads BOUNCE_IMAP_URL; what is wrong with it is added to `faults`, without its values. */
export function readImapUrl(text: string | undefined, faults: string[]): BounceMailbox | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^imaps?:$/.test(url.protocol) || !url.hostname || !url.username) {
    faults.push(MUST_BE);
    return null;
  }
  const unknown = [...url.searchParams.keys()].filter((name) => name !== 'after' && name !== 'every');
  if (unknown.length > 0)
    faults.push(`BOUNCE_IMAP_URL parameter ${unknown.join(', ')} is unknown: there are after, every`);
  const [user, password, folder] = [url.username, url.password, url.pathname.slice(1)].map(decoded);
  if (user === undefined || password === undefined || folder === undefined) {
    faults.push(`${MUST_BE}; a % in it is written %25`);
    return null;
  }
  const secure = url.protocol === 'imaps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 993 : 143)),
    secure,
    user,
    password,
    folder: folder || 'INBOX',
    after: readAfter(url.searchParams.get('after'), faults),
    everyMs: readEvery(url.searchParams.get('every'), faults) * SECOND_MS,
  };
}

/** Undefined for what is not percent-encoded as it must be. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readAfter(text: string | null, faults: string[]): AfterReading {
  const after = AFTER.find((each) => each === (text ?? 'move'));
  if (!after) faults.push(`BOUNCE_IMAP_URL parameter after must be ${AFTER.join(', ')}`);
  return after ?? 'move';
}

function readEvery(text: string | null, faults: string[]): number {
  const seconds = Number(text ?? 60);
  if (!Number.isInteger(seconds) || seconds < LEAST_EVERY || seconds > MOST_EVERY)
    faults.push(
      `BOUNCE_IMAP_URL parameter every must be a whole number of seconds from ${LEAST_EVERY} to ${MOST_EVERY}`,
    );
  return seconds;
}
