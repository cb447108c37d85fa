import type { Tx } from '../db/database.ts';
import type { SendId } from '../ids.ts';
import type { Publication } from '../publications/publication.ts';
import { publicationById } from '../publications/publication-store.ts';
import { Fault } from '../result.ts';
import { freeze, renderEditions, requirePostalAddress, type SendDeps } from './freeze.ts';
import { findSend, finishIfDone, holdSend, type Send } from './send-store.ts';
import { passed } from './steps.ts';

/** Word to the editors of a publication, made in the transaction that causes it; the key makes it one. */
export interface EditorWord {
  readonly publication: Publication;
  readonly key: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** Where to look, or to decide. */
  readonly link?: { readonly title: string; readonly url: string };
}

export interface DueDeps extends SendDeps {
  /** Handed in: mail to editors is made by a module that this one does not know. */
  readonly tellEditors: (tx: Tx, word: EditorWord) => Promise<void>;
}

/**
 * Freezes a scheduled send whose time has come. One that is far past its time, or that cannot be frozen, is
 * held with the reason until the editor says so: a restored database must not fire last month's schedule.
 *
 * @returns whether batches of it may have to be woken.
 */
export async function freezeDueSend(deps: DueDeps, id: SendId): Promise<boolean> {
  const send = await findSend(deps.db, id);
  const lateMs = deps.clock.now().getTime() - send.due_at.getTime();
  if (send.state !== 'scheduled' || lateMs < 0) return false;
  const publication = await publicationById(deps.db, send.publication_id);
  const refusal =
    lateMs > deps.limits.pastDueMs
      ? pastDue(send, publication)
      : await freezeOrRefusal(deps, send, publication);
  if (refusal !== null) await hold(deps, send, publication, refusal);
  return refusal === null;
}

function pastDue({ due_at }: Send, { timezone }: Publication): string {
  const form = { dateStyle: 'medium', timeStyle: 'short', timeZone: timezone } as const;
  const due = new Intl.DateTimeFormat('en-GB', form).format(due_at);
  return `It was due at ${due} (${timezone}) and nothing was running then. Resume it to send it now, or cancel it.`;
}

/** Why it could not be frozen; null when it was. Only what a person can mend holds a send. */
async function freezeOrRefusal(deps: DueDeps, send: Send, publication: Publication): Promise<string | null> {
  try {
    requirePostalAddress(publication);
    const editions = await renderEditions(deps.db, publication, send.issue_id);
    await deps.db
      .transaction()
      .execute((tx) => freeze(tx, send.id, publication, editions, deps.limits.batchSize));
    passed('frozen');
    await finishIfDone(deps.db, send.id);
    return null;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

async function hold(deps: DueDeps, send: Send, publication: Publication, reason: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    if (!(await holdSend(tx, send.id, reason))) return;
    const heading = `${publication.name}: a send waits for your word`;
    const key = `held:s${send.id}:${send.due_at.toISOString()}`;
    await deps.tellEditors(tx, { publication, key, heading, paragraphs: [reason] });
  });
}
