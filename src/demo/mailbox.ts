import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { type ParsedMail, parseCaught } from '../embedded/caught-mail.ts';
import { findCaught, listCaught } from '../embedded/caught-mail-store.ts';
import { Fault } from '../result.ts';

const PATIENCE_MS = 20 * SECOND_MS;
const POLL_MS = 100;

/** The newest mail caught for one address, with this subject if one is given; waits until there is one. */
export async function mailFor(
  db: Db,
  to: string,
  subject: string | null,
  signal: AbortSignal,
): Promise<ParsedMail> {
  return until(`the mail ${subject ?? ''} for ${to}`, signal, async () => {
    const mails = await listCaught(db, { to, limit: 20 });
    const found = mails.find((mail) => subject === null || mail.subject === subject);
    const caught = found && (await findCaught(db, found.id));
    return caught ? parseCaught(caught.raw) : null;
  });
}

export async function countMailsTo(db: Db, to: string, subject: string): Promise<number> {
  const mails = await listCaught(db, { to, limit: 100 });
  return mails.filter((mail) => mail.subject === subject).length;
}

export function headerOf(mail: ParsedMail, name: string): string {
  return mail.headers.find((header) => header.name.toLowerCase() === name)?.value ?? '';
}

/** Asks until there is an answer. @throws {Fault} `demo_waits` when none comes within 20 s. */
export async function until<Answer>(
  what: string,
  signal: AbortSignal,
  ask: () => Promise<Answer | null>,
): Promise<Answer> {
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    const answer = await ask();
    if (answer !== null) return answer;
    await sleep(POLL_MS, null, { signal });
  }
  throw new Fault(
    'demo_waits',
    `The demo waited ${PATIENCE_MS / SECOND_MS} s in vain for ${what}.`,
    'failure',
  );
}
