import type { Db } from '../db/database.ts';
import { GroupCommit } from '../delivery/group-commit.ts';
import type { RawEventId } from '../ids.ts';
import type { Received } from './raw-event.ts';
import { insertRawEvents, keyOf } from './raw-event-store.ts';

/** `repeated`: it lies there already. Either way it is durable. */
export type Receipt = 'new' | 'repeated';

export interface InboxParts {
  readonly db: Db;
  /** Called when there is something new, with the first of it. */
  readonly wake: (first: RawEventId) => Promise<void>;
}

/** In one statement; larger ones gain nothing, and what they hold is held twice while they are written. */
const ROWS_AT_ONCE = 200;
const BYTES_AT_ONCE = 1024 * 1024;

/**
 * Takes what comes from outside: it is durable before it is answered, and whatever arrives while a commit is under way
 * shares the next one. The workers are woken behind it, by one call for all that came meanwhile; the reconciler makes up for
 * a wake-up that is lost.
 */
export class Inbox {
  readonly #parts: InboxParts;
  readonly #commits = new GroupCommit<Received, Receipt>((received) => this.#store(received));
  #unannounced: RawEventId | null = null;
  #waking = false;

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** Resolves when it is durable. */
  receive(received: Received): Promise<Receipt> {
    return this.#commits.add(received);
  }

  async #store(received: readonly Received[]): Promise<Receipt[]> {
    const receipts: Receipt[] = [];
    for (const group of groups(received)) {
      const made = await insertRawEvents(this.#parts.db, group);
      receipts.push(...group.map((each): Receipt => (made.has(keyOf(each)) ? 'new' : 'repeated')));
      const [first] = made.values();
      if (first !== undefined) void this.#announce(first);
    }
    return receipts;
  }

  async #announce(first: RawEventId): Promise<void> {
    this.#unannounced ??= first;
    if (this.#waking) return;
    this.#waking = true;
    while (this.#unannounced !== null) {
      const next = this.#unannounced;
      this.#unannounced = null;
      await this.#parts.wake(next);
    }
    this.#waking = false;
  }
}

/** In order, each small enough for one statement. */
function* groups(received: readonly Received[]): Generator<readonly Received[]> {
  let group: Received[] = [];
  let bytes = 0;
  for (const each of received) {
    if (group.length > 0 && (group.length >= ROWS_AT_ONCE || bytes + each.body.length > BYTES_AT_ONCE)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(each);
    bytes += each.body.length;
  }
  if (group.length > 0) yield group;
}
