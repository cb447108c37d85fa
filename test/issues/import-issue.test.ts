import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assetPath, findAsset, loadPictures, saveAsset } from '../../src/issues/asset-store.ts';
import { exportIssue } from '../../src/issues/export-issue.ts';
import { type ImportRequest, importIssue } from '../../src/issues/import-issue.ts';
import { newestRevisions } from '../../src/issues/issue-store.ts';
import { createPublication } from '../../src/publications/edit-publications.ts';
import type { Publication } from '../../src/publications/publication.ts';
import { testDatabase } from '../support/database.ts';
import { makePng } from './make-picture.ts';

const { db } = await testDatabase();
let publication: Publication;
let folder: string;
let made = 0;

beforeEach(async () => {
  made += 1;
  const names = { slug: `letters-${made}`, name: 'Letters', from_address: 'letters@example.com' };
  publication = await createPublication(db, { ...names, postal_address: '1 Example Street', locale: 'en' });
  folder = await mkdtemp(path.join(tmpdir(), 'pressrun-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const letter = (front: string, body = '') =>
  Buffer.from(`---\ntitle: Letter\n${front}\n---\n\n## One\n\n${body}\n\n<https://example.com/1>\n`);
const take = (bytes: Buffer, more: Omit<Partial<ImportRequest>, 'bytes'> = {}) =>
  importIssue(db, { publication, bytes, file: null, ...more });
const counts = async () => {
  const rows = await Promise.all(
    (['issues', 'revisions', 'assets'] as const).map((name) =>
      db
        .selectFrom(name)
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow(),
    ),
  );
  return rows.map(({ rows }) => rows);
};

describe('one file, one issue', () => {
  test('a file becomes an issue with its first revision', async () => {
    const { issue, document, already, warnings } = await take(letter('slug: week-one\nperiod: 2026-W01'));
    expect(issue).toMatchObject({
      publication_id: publication.id,
      slug: 'week-one',
      period: '2026-W01',
      title: 'Letter',
      ready_at: null,
    });
    expect(await newestRevisions(db, issue.id)).toMatchObject([{ locale: 'en', number: 1, document }]);
    expect({ already, warnings }).toEqual({ already: false, warnings: [] });
  });

  test('the same bytes again are the same issue, and nothing is written', async () => {
    const first = await take(letter('slug: week-one'));
    const before = await counts();
    const again = await take(letter('slug: week-one'));
    expect(again).toMatchObject({ issue: first.issue, document: first.document, already: true });
    expect(await counts()).toEqual(before);
  });

  test('the same bytes from several sides at once are one issue', async () => {
    const imports = await Promise.all(Array.from({ length: 6 }, () => take(letter('slug: week-one'))));
    expect(new Set(imports.map(({ issue }) => issue.id)).size).toBe(1);
    expect(imports.filter(({ already }) => !already)).toHaveLength(1);
  });

  test('two publications may have the same file', async () => {
    const first = await take(letter('slug: week-one'));
    publication = await createPublication(db, {
      slug: `other-${made}`,
      name: 'Other',
      from_address: 'other@example.com',
    });
    const second = await take(letter('slug: week-one'));
    expect(second.issue.id).not.toBe(first.issue.id);
  });

  test('an exported issue imported again is that issue', async () => {
    const first = await take(letter('slug: week-one'));
    const exported = await exportIssue(db, first.issue.id);
    expect(await take(Buffer.from(exported))).toMatchObject({ issue: first.issue, already: true });
    expect(await exportIssue(db, first.issue.id)).toBe(exported);
  });
});

describe('what is taken already', () => {
  test('a slug: the other issue is named, with what to do', async () => {
    const { issue } = await take(letter('slug: week-one'));
    const before = await counts();
    await expect(take(letter('slug: week-one\npreheader: New words'))).rejects.toMatchObject({
      code: 'duplicate_slug',
      message: `There is an issue "week-one" already (i${issue.id}, "Letter"): give this one another slug (in its front matter, or with --slug), or import it with --revise as a new revision of that one.`,
    });
    expect(await counts()).toEqual(before);
  });

  test('an export without front matter is named in the call', async () => {
    await take(letter('slug: week-one\nperiod: 2026-W01'));
    const other = letter('slug: week-one\nperiod: 2026-W01\npreheader: Other words');
    const named = await take(other, { slug: 'week-two', period: '2026-W02' });
    expect(named.issue).toMatchObject({ slug: 'week-two', period: '2026-W02' });
    await expect(take(other, { slug: 'Week 2!' })).rejects.toMatchObject({ code: 'bad_slug' });
    await expect(take(other, { period: 'week 2' })).rejects.toMatchObject({ code: 'bad_period' });
  });

  test('a week: likewise', async () => {
    const { issue } = await take(letter('slug: week-one\nperiod: 2026-W01'));
    await expect(take(letter('slug: week-uno\nperiod: 2026-W01'))).rejects.toMatchObject({
      code: 'duplicate_period',
      message: expect.stringContaining(`i${issue.id} ("week-one")`),
    });
  });

  test('several issues without a week stand side by side', async () => {
    await take(letter('slug: one-off'));
    expect(await take(letter('slug: another'))).toMatchObject({ already: false });
  });
});

describe('a revision', () => {
  test('is asked for, is counted, and changes title and week of the issue', async () => {
    const first = await take(letter('slug: week-one'));
    const second = await take(
      Buffer.from(
        `---\ntitle: Letter, corrected\nslug: week-one\nperiod: 2026-W01\n---\n## One\n<https://example.com/1>`,
      ),
      { revise: true },
    );
    expect(second).toMatchObject({
      already: false,
      issue: { id: first.issue.id, title: 'Letter, corrected', period: '2026-W01' },
    });
    expect(await newestRevisions(db, first.issue.id)).toMatchObject([{ number: 2 }]);
    expect(await take(letter('slug: week-one'))).toMatchObject({
      already: true,
      document: { title: 'Letter, corrected' },
    });
  });

  test('that changes nothing is none', async () => {
    const { issue } = await take(letter('slug: week-one'));
    expect(await take(letter('slug: week-one', ''), { revise: true })).toMatchObject({ already: true });
    expect(await newestRevisions(db, issue.id)).toMatchObject([{ number: 1 }]);
  });

  test('in another locale is another edition, and leaves the title', async () => {
    const { issue } = await take(letter('slug: week-one'));
    const german = Buffer.from(
      '---\ntitle: Brief\nlocale: de\nslug: week-one\n---\n## Eins\n<https://example.com/1>',
    );
    expect((await take(german, { revise: true })).issue.title).toBe('Letter');
    expect(await newestRevisions(db, issue.id)).toMatchObject([
      { locale: 'en', number: 1 },
      { locale: 'de', number: 1 },
    ]);
    expect(await exportIssue(db, issue.id, 'de')).toContain('title: Brief');
    await expect(exportIssue(db, issue.id, 'fr')).rejects.toMatchObject({ code: 'no_such_edition' });
  });

  test('cannot take another issue’s week', async () => {
    await take(letter('slug: week-one\nperiod: 2026-W01'));
    await take(letter('slug: week-two\nperiod: 2026-W02'));
    await expect(take(letter('slug: week-two\nperiod: 2026-W01'), { revise: true })).rejects.toMatchObject({
      code: 'duplicate_period',
    });
  });

  test('of one issue from several sides at once are numbered', async () => {
    const { issue } = await take(letter('slug: week-one'));
    await Promise.all(
      [1, 2, 3, 4].map((n) => take(letter(`slug: week-one\npreheader: ${n}`), { revise: true })),
    );
    expect(await newestRevisions(db, issue.id)).toMatchObject([{ number: 5 }]);
  });
});

describe('pictures beside the file', () => {
  const file = () => path.join(folder, 'letter.md');
  const withPicture = (src: string) => letter('slug: pictured', `![A square](${src})`);

  test('become assets by the hash of their bytes, and the document has their path', async () => {
    await mkdir(path.join(folder, 'img'));
    const bytes = makePng(40, 30);
    await writeFile(path.join(folder, 'img/my square.png'), bytes);
    const { document, missing_pictures, warnings } = await take(withPicture('img/my%20square.png'), {
      file: file(),
    });
    const src = document.sections[0]?.items[0]?.image?.src ?? '';
    expect(src).toMatch(/^\/assets\/[0-9a-f]{64}\.png$/);
    expect(await loadPictures(db, [document])).toEqual(
      new Map([[src, { path: src, width: 40, height: 30 }]]),
    );
    const [, hash = ''] = /([0-9a-f]{64})/.exec(src) ?? [];
    expect(await findAsset(db, hash, 'png')).toEqual({
      bytes,
      media_type: 'image/png',
      width: 40,
      height: 30,
    });
    expect(await findAsset(db, hash, 'gif')).toBeNull();
    expect({ missing_pictures, warnings }).toEqual({ missing_pictures: [], warnings: [] });
  });

  test('the same bytes are one asset', async () => {
    const [first, second] = [await saveAsset(db, makePng(3, 3)), await saveAsset(db, makePng(3, 3))];
    expect(assetPath(second)).toBe(assetPath(first));
  });

  test('that are not there are kept as references and listed', async () => {
    const { document, missing_pictures, warnings } = await take(withPicture('img/gone.png'), {
      file: file(),
    });
    expect(document.sections[0]?.items[0]?.image).toEqual({ src: 'img/gone.png', alt: 'A square' });
    expect({ missing_pictures, warnings }).toEqual({ missing_pictures: ['img/gone.png'], warnings: [] });
  });

  test('that come later are added by importing the file again', async () => {
    const first = await take(withPicture('late.png'), { file: file() });
    await writeFile(path.join(folder, 'late.png'), makePng(5, 5));
    const again = await take(withPicture('late.png'), { file: file() });
    expect(again).toMatchObject({ issue: { id: first.issue.id }, missing_pictures: [], already: false });
    expect(await newestRevisions(db, first.issue.id)).toMatchObject([{ number: 2 }]);
  });

  test.each([
    ['../../../../../../../../etc/passwd', 'lies outside'],
    ['/etc/passwd', 'lies outside'],
    ['%2e%2e/%2e%2e/etc/passwd', 'lies outside'],
    ['/assets/../../../../../../etc/passwd', 'lies outside'],
    ['link.png', 'lies outside'],
    ['https://example.com/a.png', 'are not fetched'],
    ['//example.com/a.png', 'are not fetched'],
    ['file:///etc/passwd', 'are not fetched'],
    ['.', 'lies outside'],
    ['folder', 'is not a file'],
    ['socket', 'is not a file'],
    ['drawing.svg', 'save it as PNG'],
    ['big.png', 'has 6.0 MB, and a picture may have 5 MB'],
    ['%E0%A4%A', null],
    ['letter.md/x.png', null],
    ['a'.repeat(300), null],
  ])('%s is no asset', async (src, reason) => {
    await mkdir(path.join(folder, 'folder'));
    await symlink('/etc/hostname', path.join(folder, 'link.png'));
    const server = createServer().listen(path.join(folder, 'socket'));
    await once(server, 'listening');
    await writeFile(path.join(folder, 'drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(path.join(folder, 'big.png'), makePng(4, 4));
    await truncate(path.join(folder, 'big.png'), 6 * 1024 * 1024);
    await writeFile(file(), 'x');
    const { document, missing_pictures, warnings } = await take(withPicture(src), { file: file() });
    server.close();
    expect(document.sections[0]?.items[0]?.image?.src).toBe(src);
    expect(missing_pictures).toEqual([src]);
    expect(warnings).toEqual(reason === null ? [] : [{ line: 8, message: expect.stringContaining(reason) }]);
  });

  test('a path of an asset that this press does not have is missing', async () => {
    const src = `/assets/${'0'.repeat(64)}.png`;
    const { missing_pictures, warnings } = await take(withPicture(src));
    expect(missing_pictures).toEqual([src]);
    expect(warnings[0]?.message).toContain('is not kept by this press');
  });
});

test('an import that is refused leaves nothing, its pictures included', async () => {
  await take(letter('slug: week-one'));
  await writeFile(path.join(folder, 'new.png'), makePng(7, 9));
  const before = await counts();
  await expect(
    take(letter('slug: week-one', '![x](new.png)'), { file: path.join(folder, 'letter.md') }),
  ).rejects.toMatchObject({ code: 'duplicate_slug' });
  expect(await counts()).toEqual(before);
});

test('a file that is no issue leaves nothing', async () => {
  const before = await counts();
  await expect(take(Buffer.from('hello'))).rejects.toMatchObject({ code: 'unknown_form' });
  await expect(take(Buffer.alloc(50_000_000, 'x'))).rejects.toMatchObject({ code: 'issue_too_big' });
  expect(await counts()).toEqual(before);
});
