import { expect, test } from 'vitest';
import { importIssue } from '../../src/issues/import-issue.ts';
import {
  findIssue,
  listIssues,
  newestRevision,
  nextReadyIssue,
  setReady,
} from '../../src/issues/issue-store.ts';
import { createPublication } from '../../src/publications/edit-publications.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const publication = await createPublication(db, {
  slug: 'letters',
  name: 'Letters',
  from_address: 'letters@example.com',
  locale: 'de',
});
const other = await createPublication(db, {
  slug: 'other',
  name: 'Other',
  from_address: 'other@example.com',
});

async function take(slug: string, locale = 'de') {
  const text = `---\ntitle: ${slug}\nslug: ${slug}\nlocale: ${locale}\n---\n## One\n<https://example.com/1>`;
  return (await importIssue(db, { publication, bytes: Buffer.from(text), file: null })).issue;
}

const first = await take('first');
const second = await take('second', 'zh');

test('an issue is found by its id or its slug, within its publication', async () => {
  expect(await findIssue(db, publication.id, `i${first.id}`)).toEqual(first);
  expect(await findIssue(db, publication.id, 'first')).toEqual(first);
  for (const [place, reference] of [
    [other.id, `i${first.id}`],
    [other.id, 'first'],
    [publication.id, 'third'],
    [publication.id, 'i999'],
  ] as const)
    await expect(findIssue(db, place, reference)).rejects.toMatchObject({
      code: 'unknown_issue',
      message: expect.stringContaining(`"${reference}"`),
    });
});

test('issues are listed newest first', async () => {
  expect(await listIssues(db, publication.id)).toEqual([second, first]);
  expect(await listIssues(db, other.id)).toEqual([]);
});

test('a locale without an edition gets the publication’s own, or the only one there is', async () => {
  expect((await newestRevision(db, first.id, 'fr')).locale).toBe('de');
  expect((await newestRevision(db, second.id, 'fr')).locale).toBe('zh');
});

test('the slot takes the issue that was marked ready first; marking it again keeps its place', async () => {
  expect(await nextReadyIssue(db, publication.id)).toBeNull();
  await setReady(db, second.id, true, new Date('2026-02-01T08:00:00Z'));
  await setReady(db, first.id, true, new Date('2026-02-01T09:00:00Z'));
  await setReady(db, second.id, true, new Date('2026-02-01T10:00:00Z'));
  expect((await nextReadyIssue(db, publication.id))?.id).toBe(second.id);
  await setReady(db, second.id, false, new Date('2026-02-01T11:00:00Z'));
  expect((await nextReadyIssue(db, publication.id))?.id).toBe(first.id);
  expect((await findIssue(db, publication.id, 'second')).ready_at).toBeNull();
});
