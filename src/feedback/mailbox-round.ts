import type { AfterReading } from '../config/imap-url.ts';
import type { Log } from '../log.ts';
import { unreachable } from '../result.ts';
import type { Inbox } from './inbox.ts';
import type { OpenMailbox } from './mailbox-connection.ts';
import type { Place } from './mailbox-store.ts';
import { digestOf } from './providers/hook.ts';
import { KEPT_BYTES, type Received } from './raw-event.ts';

export interface RoundParts {
  readonly open: OpenMailbox;
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly log: Log;
  /** Writes down that all mails up to there are durable. */
  readonly keepPlace: (place: Place) => Promise<void>;
}

/** Mails asked for at once, and bytes of them that are held before they are stored. */
const CHUNK = 50;
const HELD_BYTES = 8 * 1024 * 1024;
const READ_FOLDER: readonly string[] = ['Pressrun', 'Read'];

/**
 * Reads a mailbox, round by round. A mail is durable before anything is done to it in the mailbox; a crash between the two
 * reads it again, and the inbox knows it by its bytes. What leaves the mailbox when it is read needs no memory: whatever
 * lies there is unread. Where it stays, the place says how far it was read, so that nobody who looks into the mailbox, and
 * marks mails as seen, keeps them from us.
 */
export class MailboxRounds {
  readonly #parts: RoundParts;
  #after: AfterReading;
  #place: Place;

  constructor(parts: RoundParts, after: AfterReading, place: Place) {
    this.#parts = parts;
    this.#after = after;
    this.#place = place;
  }

  /** Asks for the folder, once for a connection; without it mails are marked where they lie. */
  async begin(): Promise<void> {
    if (this.#after === 'move' && !(await this.#parts.open.makeFolder(READ_FOLDER))) this.#stay();
  }

  /** All that is there now. */
  async round(): Promise<void> {
    const { open, keepPlace } = this.#parts;
    const uids = await open.uidsFrom(this.#firstUnread());
    for (let start = 0; start < uids.length; start += CHUNK) {
      const chunk = uids.slice(start, start + CHUNK);
      const stored = await this.#store(chunk);
      if (stored.length > 0) await this.#putAway(stored);
      const uid = Math.max(...chunk, this.#reached());
      this.#place = { uid_validity: open.uidValidity, uid };
      await keepPlace(this.#place);
    }
  }

  #firstUnread(): number {
    const stays = this.#after === 'seen' || this.#after === 'keep';
    return stays ? this.#reached() + 1 : 1;
  }

  /** 0 for a folder that was made anew (RFC 3501 section 2.3.1.1): its UIDs say nothing of the old ones. */
  #reached(): number {
    return this.#place.uid_validity === this.#parts.open.uidValidity ? this.#place.uid : 0;
  }

  /** Answers which of them are durable now: those that were not removed meanwhile. */
  async #store(uids: readonly number[]): Promise<number[]> {
    const { open, inbox } = this.#parts;
    const stored: number[] = [];
    let received: Received[] = [];
    let bytes = 0;
    const flush = async () => {
      await Promise.all(received.map((mail) => inbox.receive(mail)));
      received = [];
      bytes = 0;
    };
    for await (const { uid, body } of open.fetch(uids, KEPT_BYTES)) {
      received.push({ source: 'mail', external_id: digestOf(body), headers: {}, body });
      stored.push(uid);
      bytes += body.length;
      if (bytes > HELD_BYTES) await flush();
    }
    await flush();
    return stored;
  }

  async #putAway(uids: readonly number[]): Promise<void> {
    const { open, log } = this.#parts;
    switch (this.#after) {
      case 'keep':
        return;
      case 'seen':
        if (!(await open.markSeen(uids))) log.warn({ event: 'bounce mail not marked', mails: uids.length });
        return;
      case 'delete':
        if (!(await open.remove(uids))) this.#stay();
        return;
      case 'move':
        if (await open.move(uids, READ_FOLDER)) return;
        this.#stay();
        return this.#putAway(uids);
      default:
        return unreachable(this.#after);
    }
  }

  /** From here on, until the connection is made anew: read mails stay, and the place says which they are. */
  #stay(): void {
    this.#parts.log.warn({
      event: 'bounce mail stays in its mailbox',
      reason: `the server does not allow to ${this.#after} it; it is marked as seen`,
    });
    this.#after = 'seen';
  }
}
