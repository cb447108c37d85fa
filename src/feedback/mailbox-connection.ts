import { ImapFlow } from 'imapflow';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import type { BounceMailbox } from '../config/imap-url.ts';

/** A mailbox that is open; its calls reject when the connection is gone. */
export interface OpenMailbox {
  readonly uidValidity: number;
  /** In ascending order. */
  uidsFrom(first: number): Promise<number[]>;
  /** The mails with these UIDs that are still there, each up to `most` bytes; they are not marked by it. */
  fetch(uids: readonly number[], most: number): AsyncIterable<{ uid: number; body: Buffer }>;
  /** False where the server does not allow it. */
  markSeen(uids: readonly number[]): Promise<boolean>;
  remove(uids: readonly number[]): Promise<boolean>;
  move(uids: readonly number[], folder: readonly string[]): Promise<boolean>;
  /** Makes the folder unless it is there; false where the server does not allow it. */
  makeFolder(folder: readonly string[]): Promise<boolean>;
  /** Resolves when new mail came since the last time, or after so long. */
  waitForMail(ms: number): Promise<void>;
  close(): void;
}

const ATTEMPT_MS = 30 * SECOND_MS;
/** A server that says nothing at all for so long is away; IDLE is begun anew before. */
const SILENT_MS = 3 * MINUTE_MS;
const IDLE_MS = 2 * MINUTE_MS;

/** Connects, logs in and opens it. */
export async function openMailbox(mailbox: BounceMailbox, signal: AbortSignal): Promise<OpenMailbox> {
  const { host, port, secure, user, password, folder, after } = mailbox;
  const client = new ImapFlow({
    host,
    port,
    secure,
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
    maxIdleTime: IDLE_MS,
    connectionTimeout: ATTEMPT_MS,
    greetingTimeout: ATTEMPT_MS,
    socketTimeout: SILENT_MS,
  });
  // what it is about reaches us as the rejection of a call, and as its end
  client.on('error', () => {});
  const close = () => client.close();
  signal.addEventListener('abort', close, { once: true });
  client.once('close', () => signal.removeEventListener('abort', close));
  try {
    signal.throwIfAborted();
    await client.connect();
    const { uidValidity } = await client.mailboxOpen(folder, { readOnly: after === 'keep' });
    return opened(client, Number(uidValidity));
  } catch (error) {
    close();
    throw error;
  }
}

function opened(client: ImapFlow, uidValidity: number): OpenMailbox {
  const byUid = { uid: true } as const;
  let isNew = false;
  client.on('exists', () => {
    isNew = true;
  });
  return {
    uidValidity,
    async uidsFrom(first) {
      isNew = false;
      const found = await client.search({ uid: `${first}:*` }, byUid);
      if (!found) throw new Error('the server does not answer a search');
      // "5:*" names the last mail, whatever its UID (RFC 3501 section 6.4.8)
      return found.filter((uid) => uid >= first).toSorted((a, b) => a - b);
    },
    async *fetch(uids, most) {
      const query = { uid: true, source: { start: 0, maxLength: most } };
      for await (const { uid, source } of client.fetch(uids.join(','), query, byUid))
        if (source) yield { uid, body: source };
    },
    markSeen: (uids) => client.messageFlagsAdd(uids.join(','), ['\\Seen'], byUid),
    remove: (uids) => client.messageDelete(uids.join(','), byUid),
    move: async (uids, folder) => Boolean(await client.messageMove(uids.join(','), [...folder], byUid)),
    // one that is there is a refusal for servers that do not say why (RFC 5530)
    makeFolder: async (folder) =>
      (await isAllowed(client, client.mailboxCreate([...folder]))) ||
      isAllowed(client, client.status([...folder], { messages: true })),
    waitForMail: (ms) => waitForMail(client, ms, () => isNew),
    close: () => client.close(),
  };
}

/** False for a refusal; a connection that is gone rejects. */
function isAllowed(client: ImapFlow, command: Promise<unknown>): Promise<boolean> {
  return command.then(Boolean, (error) => {
    if (client.usable) return false;
    throw error;
  });
}

/** The next command ends the IDLE. */
function waitForMail(client: ImapFlow, ms: number, isNew: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (isNew()) return resolve();
    if (!client.usable) return reject(new Error('the server has closed the connection'));
    const ended = (settle: () => void) => () => {
      clearTimeout(timer);
      client.off('exists', end);
      client.off('close', lost);
      settle();
    };
    const end = ended(resolve);
    const lost = ended(() => reject(new Error('the server has closed the connection')));
    const timer = setTimeout(end, ms);
    client.once('exists', end);
    client.once('close', lost);
    client.idle().catch(() => {});
  });
}
