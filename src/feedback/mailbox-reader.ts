import { MINUTE_MS, pause, SECOND_MS } from '../clock.ts';
import type { BounceMailbox } from '../config/imap-url.ts';
import type { Db } from '../db/database.ts';
import type { Log } from '../log.ts';
import type { Inbox } from './inbox.ts';
import { openMailbox } from './mailbox-connection.ts';
import { mailboxFault } from './mailbox-fault.ts';
import { MailboxRounds } from './mailbox-round.ts';
import {
  type HeldMailbox,
  holdMailbox,
  keepPlace,
  noteTried,
  releaseMailbox,
  takeMailbox,
} from './mailbox-store.ts';

export interface MailboxReader {
  /** Ends the connection; what is being stored is stored. */
  close(): Promise<void>;
}

export interface MailboxReaderParts {
  readonly mailbox: BounceMailbox;
  readonly db: Db;
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly log: Log;
  /** So long a mailbox stays with a worker that says nothing. */
  readonly leaseMs: number;
  readonly waits?: Waits;
}

/** In milliseconds: after the first fault, doubled with each, and at the most. */
interface Waits {
  readonly again: number;
  readonly most: number;
}

const WAITS: Waits = { again: 5 * SECOND_MS, most: 5 * MINUTE_MS };

/**
 * Reads a mailbox for as long as the process runs, at any time in one of all workers: the others look from time to time
 * whether its lease is over. Faults are said once, tried again later and later, and shown at the desk meanwhile.
 */
export function startMailboxReader(parts: MailboxReaderParts): MailboxReader {
  const stopping = new AbortController();
  const ended = readOn(parts, parts.waits ?? WAITS, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await ended;
    },
  };
}

async function readOn(parts: MailboxReaderParts, waits: Waits, stopping: AbortSignal): Promise<void> {
  let said: string | null = null;
  let faults = 0;
  const onRead = async () => {
    await noteTried(parts.db, nameOf(parts.mailbox), null);
    if (faults > 0) parts.log.info({ event: 'bounce mailbox read again', host: parts.mailbox.host });
    said = null;
    faults = 0;
  };
  while (!stopping.aborted) {
    let waitMs = parts.leaseMs / 3;
    try {
      await readWhileOurs(parts, onRead, stopping);
    } catch (error) {
      if (stopping.aborted) return;
      const { reason, leastWaitMs } = mailboxFault(error, parts.mailbox);
      waitMs = Math.min(Math.max(waits.again * 2 ** faults, Math.min(leastWaitMs, waits.most)), waits.most);
      faults = Math.min(faults + 1, 20);
      if (reason !== said) parts.log.warn({ event: 'bounce mailbox not read', reason });
      said = reason;
      await noteTried(parts.db, nameOf(parts.mailbox), reason).catch(() => {});
    }
    await pause(waitMs, stopping);
  }
}

/** Returns at once while another worker reads it, and when one has taken it over. */
async function readWhileOurs(
  parts: MailboxReaderParts,
  onRead: () => Promise<void>,
  stopping: AbortSignal,
): Promise<void> {
  const { db, mailbox, leaseMs } = parts;
  const name = nameOf(mailbox);
  const held = await takeMailbox(db, name, leaseMs);
  if (!held) return;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    holdMailbox(db, name, held.fence, leaseMs).then(
      (ours) => ours || lost.abort(),
      () => lost.abort(),
    );
  }, leaseMs / 3);
  try {
    await readConnection(parts, held, onRead, AbortSignal.any([stopping, lost.signal]));
  } catch (error) {
    if (!lost.signal.aborted) throw error;
  } finally {
    clearInterval(renewal);
    await releaseMailbox(db, name, held.fence).catch(() => {});
  }
}

async function readConnection(
  { mailbox, db, inbox, log }: MailboxReaderParts,
  held: HeldMailbox,
  onRead: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const open = await openMailbox(mailbox, signal);
  try {
    const rounds = new MailboxRounds(
      { open, inbox, log, keepPlace: (place) => keepPlace(db, nameOf(mailbox), held.fence, place) },
      mailbox.after,
      held,
    );
    await rounds.begin();
    while (!signal.aborted) {
      await rounds.round();
      await onRead();
      await open.waitForMail(mailbox.everyMs);
    }
  } finally {
    open.close();
  }
}

/** What a mailbox is called in the database and at the desk. */
function nameOf({ user, host, port, folder }: BounceMailbox): string {
  return `${user} at ${host}:${port}, ${folder}`;
}
