import type { Db } from '../db/database.ts';
import type { LinkId } from '../ids.ts';
import { linksBeside } from './link-store.ts';

/** Links of some hundreds of letters, a few megabytes. */
const MOST_LINKS = 20_000;

/** Where links lead, kept in memory once asked for: a link never changes, and leads on while the database is away. */
export class LinkBook {
  readonly #db: Db;
  readonly #urls = new Map<LinkId, string>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Null for a link that is not there. */
  async urlOf(link: LinkId): Promise<string | null> {
    const known = this.#urls.get(link);
    if (known !== undefined) return known;
    const found = await linksBeside(this.#db, link);
    this.#makeRoom(found.length);
    for (const { id, url } of found) this.#urls.set(id, url);
    return this.#urls.get(link) ?? null;
  }

  /** The oldest go first. */
  #makeRoom(links: number): void {
    for (const id of this.#urls.keys()) {
      if (this.#urls.size + links <= MOST_LINKS) return;
      this.#urls.delete(id);
    }
  }
}
