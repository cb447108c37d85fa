import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Publication } from '../../src/publications/publication.ts';
import { exportSubscribers } from '../../src/subscribers/export-subscribers.ts';
import { importSubscribers } from '../../src/subscribers/import-subscribers.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const [one, other] = [await makePublication(db, 'one'), await makePublication(db, 'other')];
const readers = await openReaders(db, one);

function importInto(publication: Publication, stream: AsyncIterable<Uint8Array>) {
  const consent = 'as before';
  const how = { consent, ask: false, dryRun: false, refusalsPath: null, now: NOW };
  return importSubscribers(readers.parts, { publication, stream, ...how });
}

async function exported(publication: Publication): Promise<Buffer> {
  const output = new PassThrough();
  const chunks: Buffer[] = [];
  output.on('data', (chunk: Buffer) => chunks.push(chunk));
  await exportSubscribers(db, publication, output);
  return Buffer.concat(chunks);
}

function readersOf(publication: Publication) {
  return db
    .selectFrom('subscribers')
    .select([
      'email',
      'name',
      'status',
      'locale',
      'timezone',
      'subscribed_at',
      'followed_since',
      'attributes',
    ])
    .where('publication_id', '=', publication.id)
    .orderBy('id')
    .execute();
}

async function* streamOf(...pieces: (Buffer | string)[]) {
  for (const piece of pieces) yield Buffer.from(piece);
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('=1+1', "'=1", '+49 30', '-', '@me', 'two\nlines', 'a;b,c\td', '"', "''", '\u{FEFF}x'),
);
const reader = fc.record({
  local: fc.stringMatching(/^[a-zA-Z0-9+=]{1,12}$/),
  name: cell,
  status: fc.constantFrom('active', 'pending', 'unsubscribed', 'bounced', 'complained'),
  locale: fc.constantFrom('en', 'de-AT', 'zh-Hant'),
  timezone: fc.constantFrom('', 'Europe/Berlin'),
  at: fc.constantFrom('', '2021-02-08T08:00:00.123Z'),
  followed: fc.constantFrom('', '2021-02-09T08:00:00.123Z'),
  city: cell,
  proto: cell,
});

test('what is exported is imported elsewhere as the same readers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(reader, { maxLength: 8 }), async (people) => {
      await emptyReaders(db);
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const lines = people.map(({ local, ...rest }, index) =>
        [`${local}${index}@example.com`, ...Object.values(rest)].map(quoted).join(','),
      );
      const header = 'email,name,status,locale,timezone,subscribed_at,followed_since,"City, now",__proto__';
      await importInto(one, streamOf([header, ...lines].join('\n')));
      const report = await importInto(other, streamOf(await exported(one)));
      expect(report).toMatchObject({ rows: people.length, added: people.length });
      expect(await readersOf(other)).toEqual(await readersOf(one));
    }),
    { numRuns: 40 },
  );
});

test('an export into a slow stream has every reader once, in key order', async () => {
  await emptyReaders(db);
  const emails = Array.from({ length: 2345 }, (_, index) => `r${index}@example.com`);
  await importInto(one, streamOf(['email', ...emails].join('\n')));
  const output = new PassThrough({ highWaterMark: 1000 });
  const finished = (async () => {
    let text = '';
    for await (const chunk of output) text += chunk;
    return text;
  })();
  expect(await exportSubscribers(db, one, output)).toEqual({ rows: 2345 });
  output.end();
  const rows = (await finished).trim().split('\n').slice(1);
  expect(rows.map((row) => row.split(',')[0])).toEqual(emails);
});

test('no cell of an export begins like a formula', async () => {
  await emptyReaders(db);
  await importInto(one, streamOf('email,name\n=a@example.com,"=HYPERLINK(""https://example.test"")"\n'));
  const [, row] = (await exported(one)).toString().split('\n');
  expect(row).toMatch(/^'=a@example\.com,"'=HYPERLINK/);
});
