import type { Db } from '../db/database.ts';
import type { CaughtMailId } from '../ids.ts';
import { insertCaught, type NewCaughtMail, trimCaught } from './caught-mail-store.ts';

interface Waiting {
  readonly mail: NewCaughtMail;
  readonly stored: (id: CaughtMailId) => void;
  readonly failed: (error: unknown) => void;
}

const GROUP_MAILS = 100;
const GROUP_BYTES = 8 * 1024 * 1024;

/**
 * Stores mails by group commit: a write runs whenever none is running, and takes what waits. So one
 * connection of the pool is enough for any number of SMTP connections, and each mail is durable before its 250.
 */
export class CaughtMailWriter {
  readonly #db: Db;
  readonly #keep: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #untrimmed = 0;

  constructor(db: Db, keep: number) {
    this.#db = db;
    this.#keep = keep;
  }

  /** Resolves when the mail is durable. */
  store(mail: NewCaughtMail): Promise<CaughtMailId> {
    return new Promise((stored, failed) => {
      this.#waiting.push({ mail, stored, failed });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Waits for what is being stored, and trims. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#untrimmed > 0) await trimCaught(this.#db, this.#keep);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#write(this.#takeGroup());
      await this.#trim();
    }
    this.#writing = null;
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      const ids = await insertCaught(
        this.#db,
        group.map(({ mail }) => mail),
      );
      for (const [place, id] of ids.entries()) group[place]?.stored(id);
      this.#untrimmed += group.length;
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
  }

  /** Now and then: a twentieth more than was asked for may lie there meanwhile. */
  async #trim(): Promise<void> {
    if (this.#untrimmed * 20 < this.#keep) return;
    this.#untrimmed = 0;
    await trimCaught(this.#db, this.#keep).catch(() => {});
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let size = 0;
    for (const { mail } of this.#waiting) {
      bytes += mail.raw.length;
      if (size === GROUP_MAILS || (size > 0 && bytes > GROUP_BYTES)) break;
      size += 1;
    }
    return this.#waiting.splice(0, size);
  }
}
