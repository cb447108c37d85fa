import { expect, test } from 'vitest';
import { findSentIssue, listSentIssues, neighbours, sentEditions } from '../../src/archive/archive-store.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import { cancelSend } from '../../src/delivery/control-send.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { createPublication } from '../../src/publications/edit-publications.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const deps = { db, clock: systemClock, limits: readConfig({}).limits };
const publication = await createPublication(db, {
  slug: 'weekly',
  name: 'Weekly',
  from_address: 'weekly@example.com',
  postal_address: '1 Press Lane',
});

async function issueNamed(slug: string, more: { locale?: string; body?: string; revise?: boolean } = {}) {
  const { locale = 'en', body = 'A sentence.', revise = false } = more;
  const text = `---\ntitle: ${slug}\nslug: ${slug}\nlocale: ${locale}\n---\n\n# Papers\n\n## Headline\n\n[Source](https://example.com/x)\n\n${body}\n`;
  const { issue } = await importIssue(db, { publication, bytes: Buffer.from(text), file: null, revise });
  return issue;
}

async function send(slug: string, again = false) {
  const issue = await issueNamed(slug);
  return createSend(deps, { publication, issue, at: null, again });
}

const tomorrow = new Date(systemClock.now().getTime() + 86_400_000);
for (const slug of ['first', 'second', 'third']) await send(slug);

test('an archive is the issues that went out, newest first; drafts and scheduled ones are not in it', async () => {
  await issueNamed('draft');
  await createSend(deps, { publication, issue: await issueNamed('scheduled'), at: tomorrow, again: false });
  const slugs = (await listSentIssues(db, publication.id)).map((issue) => issue.slug);
  expect(slugs).toEqual(['third', 'second', 'first']);
  expect(await findSentIssue(db, publication.id, 'scheduled')).toBeNull();
});

test('an issue that is sent twice keeps the day it first went out', async () => {
  const before = await findSentIssue(db, publication.id, 'first');
  const issue = await issueNamed('first');
  await createSend(deps, { publication, issue, at: null, again: true });
  expect(await findSentIssue(db, publication.id, 'first')).toEqual(before);
});

test('a send that was cancelled before it was frozen made nothing public; one cancelled later did', async () => {
  const never = await createSend(deps, {
    publication,
    issue: await issueNamed('never'),
    at: tomorrow,
    again: false,
  });
  await cancelSend(db, never.id);
  expect(await findSentIssue(db, publication.id, 'never')).toBeNull();
  await db
    .updateTable('sends')
    .set({ state: 'cancelled' })
    .where('issue_id', '=', (await issueNamed('third')).id)
    .execute();
  expect(await findSentIssue(db, publication.id, 'third')).not.toBeNull();
});

test('neighbours are the issues sent just before and just after', async () => {
  const issue = await findSentIssue(db, publication.id, 'second');
  if (!issue) throw new Error('second was sent');
  const { previous, next } = await neighbours(db, publication.id, issue);
  expect([previous?.slug, next?.slug]).toEqual(['first', 'third']);
});

test('what was sent stays beside what stands there now', async () => {
  const { id } = await issueNamed('second');
  expect((await sentEditions(db, id)).map((edition) => edition.corrected_at)).toEqual([null]);
  await issueNamed('second', { body: 'Corrected.', revise: true });
  const [edition] = await sentEditions(db, id);
  const bodyOf = (document = edition?.sent) => document?.sections[0]?.items[0]?.commentary;
  expect([bodyOf(), bodyOf(edition?.newest)]).toEqual(['A sentence.', 'Corrected.']);
  expect(edition?.corrected_at).toBeInstanceOf(Date);
});
