import type { ParsedMail } from 'mailparser';
import { beforeEach, expect, test } from 'vitest';
import type { Tx } from '../../src/db/database.ts';
import { asId, type ConsentId, type SubscriberId } from '../../src/ids.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { missingNoticeJobs } from '../../src/notices/notice-store.ts';
import { askToConfirm, welcome } from '../../src/notices/reader-notices.ts';
import { sendTest } from '../../src/notices/test-notice.ts';
import { confirm } from '../../src/subscribers/confirm.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { unsubscribe } from '../../src/subscribers/leave.ts';
import { signUp } from '../../src/subscribers/sign-up.ts';
import { type Suppressing, suppressAddress } from '../../src/subscribers/suppress.ts';
import { testDatabase } from '../support/database.ts';
import { openNotices } from './press.ts';

const { db } = await testDatabase();
const notices = await openNotices(db);
const { publication, tokens } = notices;
const ADA = 'ada@example.com';
const ISSUE = `---
title: Twelve papers
slug: twelve-papers
locale: en
---

# Vision

## A paper about ducks

[On ducks](https://example.com/ducks)

They float.
`;

beforeEach(async () => {
  await db.deleteFrom('subscribers').execute();
  await db.deleteFrom('notices').execute();
  await db.deleteFrom('suppressions').execute();
  await notices.reset();
});

async function workAll(): Promise<(string | null)[]> {
  const states: (string | null)[] = [];
  for (const { id } of await missingNoticeJobs(db)) states.push(await notices.work(id));
  return states;
}

async function signsUp(name = ''): Promise<ConsentId> {
  const facts = { source: 'form', form_version: 'v1', address_prefix: null, now: notices.now() } as const;
  await signUp(
    { db, hashAddress: notices.hashAddress, askToConfirm },
    { publication, email: ADA, name, ...facts },
  );
  const row = await db.selectFrom('consents').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  return row.id;
}

async function becomesReader(name = ''): Promise<SubscriberId> {
  const consent = await signsUp(name);
  await workAll();
  notices.sink.taken.length = 0;
  const confirmation = await confirm({ db, welcome }, consent, { address_prefix: null, now: notices.now() });
  if (confirmation.kind !== 'confirmed') throw new Error('not confirmed');
  return confirmation.subscriber_id;
}

function suppress(reason: Suppressing['reason']) {
  const address = { email: ADA, address_hash: notices.hashAddress(ADA) };
  const why = { reason, evidence: {}, now: notices.now() };
  return db.transaction().execute((tx: Tx) => suppressAddress(tx, address, why));
}

function header(mail: ParsedMail, name: string): string | undefined {
  return mail.headerLines.find(({ key }) => key === name.toLowerCase())?.line;
}

test('the confirm mail has a link that confirms this sign-up, and nothing of the form', async () => {
  const consent = await signsUp('CHEAP WATCHES');
  expect(await workAll()).toEqual(['accepted']);
  const mail = await notices.mail();
  const [, token] = /http:\/\/localhost:3000\/confirm\/([a-z2-7]+)/.exec(mail.text ?? '') ?? [];
  expect(tokens.read('confirm', token ?? '')).toBe(consent);
  expect(mail.html).toContain(`/confirm/${token}`);
  expect(notices.sink.taken[0]?.raw).not.toContain('CHEAP');
});

test('it says that a machine wrote it, comes from the publication, and is on no list', async () => {
  await signsUp();
  await workAll();
  const mail = await notices.mail();
  expect(header(mail, 'Auto-Submitted')).toBe('Auto-Submitted: auto-generated');
  expect(header(mail, 'List-Unsubscribe')).toBeUndefined();
  expect(header(mail, 'Feedback-ID')).toBeUndefined();
  expect(mail.from?.value).toEqual([{ name: 'The Weekly Press', address: 'press@example.com' }]);
  expect(mail.replyTo?.text).toBe('editor@example.com');
  expect(mail.date).toEqual(notices.now());
});

test('the welcome greets nobody by what the form said, and can be unsubscribed by one click', async () => {
  const reader = await becomesReader('CHEAP WATCHES');
  expect(await workAll()).toEqual(['accepted']);
  const mail = await notices.mail();
  const [, token] =
    /<http:\/\/localhost:3000\/unsubscribe\/([a-z2-7]+)>/.exec(header(mail, 'List-Unsubscribe') ?? '') ?? [];
  expect(tokens.read('unsubscribe', token ?? '')).toBe(reader);
  expect(header(mail, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  expect(header(mail, 'List-Id')).toContain('<weekly.example.com>');
  const [, preferences] = /\/preferences\/([a-z2-7]+)/.exec(mail.text ?? '') ?? [];
  expect(tokens.read('preferences', preferences ?? '')).toBe(reader);
  expect(mail.text).not.toContain('CHEAP');
});

test('one welcome for one confirmation', async () => {
  await becomesReader();
  const all = await db.selectFrom('notices').select('unique_key').where('kind', '=', 'welcome').execute();
  expect(all).toEqual([{ unique_key: expect.stringMatching(/^welcome:c\d+$/) }]);
});

test('who left before the welcome went out gets none', async () => {
  const reader = await becomesReader();
  await unsubscribe(db, reader, { via: 'page', now: notices.now() });
  expect(await workAll()).toEqual(['left']);
  expect(notices.sink.taken).toEqual([]);
});

test.each(['bounce', 'complaint'] as const)(
  'after a %s the confirm mail goes out, and nothing else',
  async (reason) => {
    await suppress(reason);
    await signsUp();
    await notices.word(ADA);
    expect((await workAll()).sort()).toEqual(['accepted', 'suppressed']);
    expect((await notices.mail()).text).toContain('/confirm/');
  },
);

test('what was suppressed by hand gets no confirm mail either', async () => {
  await signsUp();
  await suppress('manual');
  expect(await workAll()).toEqual(['suppressed']);
  expect(notices.sink.taken).toEqual([]);
});

test('a person who was erased gets nothing that was under way', async () => {
  await signsUp();
  await forget(db, ADA, { eraseElsewhere: async () => {}, now: notices.now() });
  expect(await workAll()).toEqual([]);
});

test('a word to the editor says what it was given', async () => {
  await notices.word('ed@example.com');
  await workAll();
  const mail = await notices.mail();
  expect(mail.subject).toBe('No issue was ready');
  expect(mail.text).toContain('Nothing was sent.');
  expect(header(mail, 'List-Unsubscribe')).toBeUndefined();
});

test('a test is the letter as readers would get it, with links that unsubscribe nobody', async () => {
  const { issue } = await importIssue(db, { publication, bytes: Buffer.from(ISSUE), file: null });
  await sendTest(db, publication, { issue_id: issue.id, email: ' Ed@Example.com' });
  expect(await workAll()).toEqual(['accepted']);
  const mail = await notices.mail();
  expect(mail.subject).toBe('[Test] Twelve papers');
  expect(mail.text).toContain('A paper about ducks');
  expect(mail.html).toContain('href="http://localhost:3000/"');
  expect(notices.sink.taken[0]?.raw).not.toMatch(/\/unsubscribe\/|[\u{E000}-\u{E0FF}]/u);
  expect(notices.sink.recipients()).toEqual(['Ed@example.com']);
});

test('a test to what is no address is refused', async () => {
  const test = sendTest(db, publication, { issue_id: asId(1), email: 'nobody' });
  await expect(test).rejects.toMatchObject({ code: 'bad_address' });
});

test('many who are asked at once are asked in one statement, each once', async () => {
  await signsUp();
  const reader = await db.selectFrom('subscribers').select('id').executeTakeFirstOrThrow();
  const requests = Array.from({ length: 1000 }, (_, index) => ({
    consent_id: asId<ConsentId>(10_000 + index),
    subscriber_id: reader.id,
    publication_id: publication.id,
    email: `r${index}@example.com`,
    locale: 'en',
  }));
  const ask = () => db.transaction().execute((tx) => askToConfirm(tx, requests));
  expect(await ask()).toHaveLength(1000);
  expect(await ask()).toEqual([]);
});
