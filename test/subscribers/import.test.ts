import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { forget } from '../../src/subscribers/forget.ts';
import type { ImportRequest } from '../../src/subscribers/import-request.ts';
import { importSubscribers } from '../../src/subscribers/import-subscribers.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { suppressAddress } from '../../src/subscribers/suppress.ts';
import { testDatabase } from '../support/database.ts';
import { emptyReaders, historyOf, later, makePublication, NOW, openReaders } from './readers.ts';

const { db } = await testDatabase();
const publication = await makePublication(db, 'weekly');
const readers = await openReaders(db, publication);
const folder = await mkdtemp(path.join(tmpdir(), 'pressrun-import-'));
const refusalsPath = path.join(folder, 'refused.csv');
afterAll(() => rm(folder, { recursive: true }));

async function* streamOf(text: string) {
  yield Buffer.from(text);
}

function importCsv(text: string, more: Partial<ImportRequest> = {}) {
  return importSubscribers(readers.parts, {
    publication,
    stream: streamOf(text),
    consent: null,
    ask: false,
    dryRun: false,
    refusalsPath,
    now: later(HOUR_MS),
    ...more,
  });
}

function rows() {
  const columns = ['email', 'name', 'status', 'locale', 'timezone', 'subscribed_at', 'attributes'] as const;
  return db.selectFrom('subscribers').select(columns).orderBy('id').execute();
}

const NONE = { rows: 0, added: 0, updated: 0, unchanged: 0, suppressed: 0, refused: 0, refusals_file: null };

beforeEach(async () => {
  await emptyReaders(db);
  readers.asked.length = 0;
  await rm(refusalsPath, { force: true });
});

test('without a word about consent everybody is pending, and nobody is mailed', async () => {
  expect(await importCsv('email\na@example.com\nb@example.com\n')).toEqual({ ...NONE, rows: 2, added: 2 });
  expect((await rows()).map((row) => row.status)).toEqual(['pending', 'pending']);
  expect(readers.asked).toEqual([]);
  expect(await db.selectFrom('consents').selectAll().execute()).toEqual([]);
});

test('with the words of their consent readers are active, and the words are kept as evidence', async () => {
  const text = [
    'Name;E-Mail;Language;TZ;Subscribed At;City',
    'Ada;Ada@Example.com;de_at;Europe/Vienna;2021-02-08 08:00:00;Wien',
    ';b@example.com;;;;',
  ].join('\r\n');
  const consent = 'Paper list at the fair of 2025';
  expect(await importCsv(text, { consent })).toMatchObject({ added: 2, refused: 0 });
  expect(await rows()).toEqual([
    {
      email: 'Ada@example.com',
      name: 'Ada',
      status: 'active',
      locale: 'de-AT',
      timezone: 'Europe/Vienna',
      subscribed_at: new Date('2021-02-08T08:00:00Z'),
      attributes: { City: 'Wien' },
    },
    {
      email: 'b@example.com',
      name: '',
      status: 'active',
      locale: 'en',
      timezone: null,
      subscribed_at: later(HOUR_MS),
      attributes: {},
    },
  ]);
  const consents = await db.selectFrom('consents').selectAll().execute();
  expect(consents).toMatchObject([
    { source: 'import', form_version: consent, confirmed_at: later(HOUR_MS) },
    { source: 'import', form_version: consent, confirmed_at: later(HOUR_MS) },
  ]);
});

test('an import brings a new reader’s consent to be followed, and turns it on for nobody who is there', async () => {
  const followed = async () =>
    (await db.selectFrom('subscribers').select('followed_since').orderBy('email').execute()).map(
      ({ followed_since }) => followed_since?.toISOString() ?? null,
    );
  const since = '2021-02-08T08:00:00.000Z';
  await importCsv(`email,followed_since\na@example.com,${since}\nb@example.com,\n`, { consent: 'asked' });
  expect(await followed()).toEqual([since, null]);
  await importCsv(`email,followed_since\na@example.com,\nb@example.com,${since}\n`, { consent: 'asked' });
  expect(await followed()).toEqual([since, null]);
  const bad = await importCsv('email,followed_since\nc@example.com,yes\n', { consent: 'asked' });
  expect(bad).toMatchObject({ added: 0, refused: 1 });
});

test('each refused row stands in a file with its line and why, and only the operator can read it', async () => {
  const text = [
    'name,email,status,locale,timezone,subscribed_at',
    'Ada,no address,,,,',
    'Bob,b@example.com,active,,,',
    'Cid,c@example.com,asleep,,,',
    'Dot,d@example.com,,x y,,',
    'Eve,e@example.com,,,Mars/Olympus,',
    'Fay,f@example.com,,,,yesterday',
    'Gil,g@example.com,,,,,more',
    'Hal,h@example.com,,,,',
    'Hal,H@example.com,,,,',
  ].join('\n');
  expect(await importCsv(text)).toEqual({
    ...NONE,
    rows: 9,
    added: 1,
    refused: 8,
    refusals_file: refusalsPath,
  });
  const lines = (await readFile(refusalsPath, 'utf8')).trim().split('\n');
  expect(lines).toEqual([
    'line,email,reason,name,status,locale,timezone,subscribed_at',
    '2,no address,the address has no @,Ada,,,,',
    '3,b@example.com,"the row says active, and the import names no consent (--consent TEXT)",Bob,active,,,',
    '4,c@example.com,"the status is none of active, pending, unsubscribed, bounced and complained",Cid,asleep,,,',
    '5,d@example.com,"the locale is no language tag such as ""en"" or ""de-AT""",Dot,,x y,,',
    '6,e@example.com,"the timezone is not a region and a city in it, such as ""Europe/Berlin""",Eve,,,Mars/Olympus,',
    '7,f@example.com,subscribed_at is no time such as 2021-02-08T08:00:00Z,Fay,,,,yesterday',
    '8,g@example.com,the row has more fields than the first line,Gil,,,,,more',
    '10,H@example.com,"the address stands in the file already, in line 9",Hal,,,,',
  ]);
  expect((await stat(refusalsPath)).mode & 0o777).toBe(0o600);
});

test('an address that comes again thousands of rows later is found', async () => {
  const many = Array.from({ length: 2500 }, (_, index) => `r${index}@example.com`);
  const text = ['email', ...many, 'R3@example.com', 'r2499@example.com'].join('\n');
  expect(await importCsv(text)).toMatchObject({ rows: 2502, added: 2500, refused: 2 });
  expect(await readFile(refusalsPath, 'utf8')).toContain(
    '2502,R3@example.com,"the address stands in the file already, in line 5"',
  );
});

test('a file that has a reader as active and further down as unsubscribed means unsubscribed', async () => {
  const text = 'email,status\na@example.com,active\na@example.com,unsubscribed\na@example.com,active\n';
  expect(await importCsv(text, { consent: 'x' })).toMatchObject({
    rows: 3,
    added: 1,
    updated: 1,
    refused: 1,
  });
  expect(await readers.status('a@example.com')).toBe('unsubscribed');
});

test('importing the same file again changes nothing', async () => {
  const text = 'email,name,city\na@example.com,Ada,Wien\nb@example.com,,\n';
  await importCsv(text, { consent: 'x' });
  expect(await importCsv(text, { consent: 'x' })).toEqual({ ...NONE, rows: 2, unchanged: 2 });
});

test('what the file says is taken over, and an empty cell takes nothing away', async () => {
  await importCsv('email,name,city,shoe\na@example.com,Ada,Wien,38\n', { consent: 'x' });
  expect(await importCsv('email,name,city\na@example.com,,Graz\n')).toMatchObject({ updated: 1, added: 0 });
  expect(await rows()).toMatchObject([
    { name: 'Ada', status: 'active', attributes: { city: 'Graz', shoe: '38' } },
  ]);
});

test('an import never brings back one who left, and confirms nobody who was asked', async () => {
  const left = await readers.active('left@example.com');
  await unsubscribe(db, left, { via: 'page', now: NOW });
  await readers.asks('asked@example.com');
  const text = 'email,status\nleft@example.com,active\nasked@example.com,active\n';
  expect(await importCsv(text, { consent: 'x' })).toEqual({ ...NONE, rows: 2, unchanged: 2 });
  expect(await readers.status('left@example.com')).toBe('unsubscribed');
  expect(await readers.status('asked@example.com')).toBe('pending');
  expect(await historyOf(db, left)).toEqual(['signed up', 'confirmed', 'unsubscribed']);
});

test.each(['unsubscribed', 'bounced', 'complained'] as const)(
  'an import can move a reader to %s',
  async (status) => {
    const id = await readers.active('a@example.com');
    expect(await importCsv(`email,status\na@example.com,${status}\n`)).toMatchObject({ updated: 1 });
    expect(await readers.status('a@example.com')).toBe(status);
    expect((await historyOf(db, id)).at(-1)).toBe(status);
    expect(await importCsv('email,status\na@example.com,unsubscribed\n')).toMatchObject({ unchanged: 1 });
  },
);

test('a suppressed address is counted and kept out, and one that was erased is not named again', async () => {
  const address = { email: 's@example.com', address_hash: readers.hashAddress('s@example.com') };
  const why = { reason: 'bounce', evidence: {}, now: NOW } as const;
  await db.transaction().execute((tx) => suppressAddress(tx, address, why));
  await forget(db, 'erased@example.com', { eraseElsewhere: async () => {}, now: NOW });
  const text = 'email,status\ns@example.com,\nerased@example.com,unsubscribed\nok@example.com,\n';
  const report = await importCsv(text, { consent: 'x', ask: true });
  expect(report).toEqual({ ...NONE, rows: 3, added: 1, suppressed: 2 });
  expect((await rows()).map((row) => row.email)).toEqual(['ok@example.com']);
});

test('with --ask each pending one of the file is asked, also one who is there since before', async () => {
  await importCsv('email\nbefore@example.com\n');
  const text = 'email,status,locale\nbefore@example.com,,de\nnew@example.com,,\nleft@example.com,bounced,\n';
  await importCsv(text, { ask: true });
  expect(readers.asked.map(({ email, locale }) => [email, locale]).sort()).toEqual([
    ['before@example.com', 'de'],
    ['new@example.com', 'en'],
  ]);
  await importCsv(text, { ask: true, now: later(HOUR_MS + 60_000) });
  expect(readers.asked).toHaveLength(2);
});

test('a dry run gives the same numbers and changes nothing', async () => {
  await readers.active('a@example.com');
  const text = 'email,status\na@example.com,bounced\nb@example.com,\nnope,\n';
  const dry = await importCsv(text, { dryRun: true, ask: true });
  expect(await readers.status('a@example.com')).toBe('active');
  expect(await rows()).toHaveLength(1);
  expect(readers.asked).toHaveLength(1);
  expect(await importCsv(text)).toEqual(dry);
});

test('a file that breaks half-way leaves nothing, not even half a file of refusals', async () => {
  const good = Array.from({ length: 1500 }, (_, index) => `r${index}@example.com,x`);
  const broken = ['email,name', 'nope,x', ...good, 'last@example.com,"never closed'].join('\n');
  await expect(importCsv(broken)).rejects.toMatchObject({ code: 'bad_csv' });
  expect(await rows()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('an empty file, and one with a header alone', async () => {
  await expect(importCsv('')).rejects.toMatchObject({ code: 'bad_csv' });
  expect(await importCsv('email,name\n')).toEqual(NONE);
});

test('a reader who signs up while the import runs stays as they are', async () => {
  async function* slowly() {
    yield Buffer.from('email\na@example.com\n');
    await readers.active('b@example.com');
    yield Buffer.from('b@example.com\n');
  }
  expect(await importCsv('', { stream: slowly() })).toMatchObject({ added: 1, unchanged: 1 });
  expect(await readers.status('b@example.com')).toBe('active');
});

test('two imports of one file at once add each reader once', async () => {
  const text = ['email', ...Array.from({ length: 1200 }, (_, index) => `r${index}@example.com`)].join('\n');
  const reports = await Promise.all([importCsv(text), importCsv(text)]);
  expect(reports.map((report) => report.added).sort()).toEqual([0, 1200]);
});

test('an import under way keeps no reader from leaving', async () => {
  const ada = await readers.active('ada@example.com');
  const chunk = Promise.withResolvers<void>();
  const leaving = Promise.withResolvers<string>();
  async function* stream() {
    const others = Array.from({ length: 1500 }, (_, n) => `reader${n}@example.com,`).join('\n');
    yield Buffer.from(`email,name\nada@example.com,Countess Ada\n${others}\n`);
    await chunk.promise;
    const slow = new Promise<string>((resolve) => setTimeout(resolve, 20_000, 'waits for the import'));
    const left = unsubscribe(db, ada, { via: 'one-click', now: later(HOUR_MS) });
    leaving.resolve(await Promise.race([slow, left.then(({ kind }) => kind)]));
    yield Buffer.from('last@example.com,\n');
  }
  const report = await importCsv('', { stream: stream(), onProgress: () => chunk.resolve() });
  expect(await leaving.promise).toBe('left');
  expect(report).toMatchObject({ rows: 1502, added: 1501, updated: 1 });
  expect(await readers.status('ada@example.com')).toBe('unsubscribed');
  expect((await rows())[0]).toMatchObject({ email: 'ada@example.com', name: 'Countess Ada' });
});
