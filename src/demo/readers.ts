import type { Db } from '../db/database.ts';
import { headerOf, mailFor } from './mailbox.ts';

/** What a reader does, by a browser's or a mail program's requests and nothing else; each answers a status. */
export interface Reader {
  readonly email: string;
  subscribe(): Promise<number>;
  /** The link in the confirm mail, once that has come. */
  confirmLink(): Promise<URL>;
  open(link: URL): Promise<number>;
  pressButton(link: URL): Promise<number>;
  /** "Unsubscribe" in the mail program (RFC 8058): a POST to the address in the letter's header. */
  leaveByOneClick(subject: string): Promise<number>;
}

interface Surroundings {
  readonly db: Db;
  readonly url: string;
  readonly signal: AbortSignal;
}

export function openReader(email: string, { db, url, signal }: Surroundings): Reader {
  const ask = async (link: URL, request: RequestInit = {}) => {
    const answer = await fetch(link, { ...request, signal });
    await answer.arrayBuffer();
    return answer.status;
  };
  const post = (link: URL, body: URLSearchParams) => ask(link, { method: 'POST', body });
  return {
    email,
    subscribe: () => {
      const headers = { 'content-type': 'application/json' };
      return ask(new URL('/subscribe', url), { method: 'POST', headers, body: JSON.stringify({ email }) });
    },
    async confirmLink() {
      const { text } = await mailFor(db, email, null, signal);
      return linkIn(/https?:\/\/\S+\/confirm\/\w+/, text ?? '', url);
    },
    open: (link) => ask(link),
    pressButton: (link) => post(link, new URLSearchParams()),
    async leaveByOneClick(subject) {
      const letter = await mailFor(db, email, subject, signal);
      const link = linkIn(/https?:\/\/[^>]+/, headerOf(letter, 'list-unsubscribe'), url);
      return post(link, new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }));
    },
  };
}

/** The first such link, on the address that the press listens on; none leads to a page that is not there. */
function linkIn(pattern: RegExp, text: string, url: string): URL {
  const [link] = pattern.exec(text) ?? [];
  return new URL(link ? new URL(link).pathname : '/no-such-link', url);
}
