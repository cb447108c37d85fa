import { Readable } from 'node:stream';
import { createSend } from '../delivery/create-send.ts';
import type { Receipt } from '../delivery/receipt.ts';
import { waitForSend } from '../delivery/wait-for-send.ts';
import type { Issue } from '../issues/issue-store.ts';
import { depsOf } from '../main.ts';
import { addressHasher } from '../publications/installation.ts';
import type { Publication } from '../publications/publication.ts';
import { findPublication } from '../publications/publication-store.ts';
import { importSubscribers } from '../subscribers/import-subscribers.ts';
import { showSubscriber } from '../subscribers/show-subscriber.ts';
import { countByStatus } from '../subscribers/subscriber-store.ts';
import { Checks } from './checks.ts';
import type { DemoPress } from './demo-press.ts';
import { countMailsTo, until } from './mailbox.ts';
import { openReader, type Reader } from './readers.ts';
import { importSample } from './sample-publication.ts';

export interface PressRun {
  readonly checks: Checks;
  readonly receipts: readonly Receipt[];
}

interface Stage {
  readonly press: DemoPress;
  readonly publication: Publication;
  readonly readers: readonly Reader[];
  readonly checks: Checks;
  readonly signal: AbortSignal;
  /** Says what is being done now. */
  readonly tell: (step: string) => void;
}

const READERS = ['ada', 'ben', 'chen', 'dara', 'eli'].map((name) => `${name}@example.com`);
/** The catcher answers it with 550 5.1.1, as a server does for a mailbox that is gone. */
const GONE = 'nouser@example.com';

/** The main job of a press from beginning to end, each step looked at from outside. */
export async function pressRun(
  press: DemoPress,
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<PressRun> {
  const { db } = press.parts.database;
  const publication = await findPublication(db, null);
  const readers = READERS.map((email) => openReader(email, { db, url: press.url, signal }));
  const stage: Stage = { press, publication, readers, checks: new Checks(), signal, tell };

  await subscribeAll(stage);
  await importOneMore(stage);
  const first = await sendSample(stage, 'issue.md');
  await oneLeaves(stage, first.issue);
  await oneHasBounced(stage);
  const second = await sendSample(stage, 'next-issue.md');
  checkReceipts(stage, first.receipt, second.receipt);
  await checkMailboxes(stage, first.issue, second.issue);
  return { checks: stage.checks, receipts: [first.receipt, second.receipt] };
}

async function subscribeAll({ readers, checks, press, publication, tell }: Stage): Promise<void> {
  tell(`${readers.length} readers subscribe`);
  for (const reader of readers)
    checks.holds(`${reader.email} may subscribe`, (await reader.subscribe()) < 300);
  tell('they confirm from their mailboxes');
  const links = await Promise.all(readers.map((reader) => reader.confirmLink()));
  for (const [place, reader] of readers.entries()) await reader.open(links[place] ?? new URL(press.url));
  const opened = await countByStatus(press.parts.database.db, publication.id);
  checks.equal('opening a confirm link changes nothing', opened.active, 0);
  for (const [place, reader] of readers.entries())
    await reader.pressButton(links[place] ?? new URL(press.url));
  const pressed = await countByStatus(press.parts.database.db, publication.id);
  checks.equal('its button makes each of them a reader', pressed.active, readers.length);
}

async function importOneMore({ press, publication, checks, tell }: Stage): Promise<void> {
  tell('one more comes with an import');
  const { db, clock } = depsOf(press.parts);
  // asks nobody: consent was given elsewhere
  const importParts = { db, hashAddress: await addressHasher(db), askToConfirm: async () => {} };
  const report = await importSubscribers(importParts, {
    publication,
    stream: Readable.from([Buffer.from(`email\n${GONE}\n`)]),
    consent: 'asked for the letter at our stand',
    ask: false,
    dryRun: false,
    refusalsPath: null,
    now: clock.now(),
  });
  checks.equal('an import with consent adds a reader', report.added, 1);
}

async function sendSample(
  { press, publication, signal, tell }: Stage,
  name: 'issue.md' | 'next-issue.md',
): Promise<{ issue: Issue; receipt: Receipt }> {
  const { database } = press.parts;
  const issue = await importSample(database.db, publication, name);
  tell(`"${issue.title}" is sent`);
  const send = await createSend(depsOf(press.parts), { publication, issue, at: null, again: false });
  return { issue, receipt: await waitForSend(database.db, send.id, signal) };
}

async function oneLeaves({ readers, checks, tell }: Stage, issue: Issue): Promise<void> {
  const [reader] = readers;
  tell(`${reader?.email} unsubscribes with one click`);
  checks.equal('one click unsubscribes', await reader?.leaveByOneClick(issue.title), 200);
}

async function oneHasBounced({ press, publication, checks, signal, tell }: Stage): Promise<void> {
  tell(`${GONE} has bounced`);
  const { db } = press.parts.database;
  const suppressed = await until(`${GONE} to be suppressed`, signal, async () => {
    const reader = await showSubscriber(db, publication, GONE);
    return reader.suppressed ? reader : null;
  });
  checks.equal('a mailbox that is gone is mailed no more', suppressed.status, 'bounced');
}

function checkReceipts({ checks, readers }: Stage, first: Receipt, second: Receipt): void {
  for (const receipt of [first, second]) {
    const { queued, accepted, rejected, deferred, suppressed, left, unknown } = receipt;
    const sum = queued + accepted + rejected + deferred + suppressed + left + unknown;
    checks.equal(`the receipt of ${receipt.send} adds up`, sum, receipt.audience);
    checks.equal(`${receipt.send} is finished`, receipt.state, 'finished');
  }
  const all = readers.length;
  checks.equal(
    'the first issue is for all',
    [first.audience, first.accepted, first.rejected],
    [all + 1, all, 1],
  );
  checks.equal(
    'the next one for those left',
    [second.audience, second.accepted, second.rejected],
    [all - 1, all - 1, 0],
  );
}

async function checkMailboxes({ press, readers, checks }: Stage, first: Issue, second: Issue): Promise<void> {
  const { db } = press.parts.database;
  for (const [place, { email }] of readers.entries()) {
    const letters = [await countMailsTo(db, email, first.title), await countMailsTo(db, email, second.title)];
    checks.equal(`${email} has each letter that is theirs, once`, letters, place === 0 ? [1, 0] : [1, 1]);
  }
}
