import { afterAll, expect, onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { readConfig } from '../../src/config.ts';
import type { SubscriberStatus } from '../../src/db/schema.ts';
import { createSend } from '../../src/delivery/create-send.ts';
import { importIssue } from '../../src/issues/import-issue.ts';
import { type Log, silentLog } from '../../src/log.ts';
import { normalizeAddress } from '../../src/publications/address.ts';
import { createPublication } from '../../src/publications/edit-publications.ts';
import { addressHasher } from '../../src/publications/installation.ts';
import type { Publication } from '../../src/publications/publication.ts';
import { openQueues } from '../../src/queue/queues.ts';
import { createTokens } from '../../src/tokens.ts';
import { buildWeb } from '../../src/web/app.ts';
import type { WebParts } from '../../src/web/web-parts.ts';
import type { TestDatabase } from '../support/database.ts';

export const SECRET = 'a secret for tests that has its 32 letters';
const { limits } = readConfig({});

/** The time of a test, which the test itself moves on. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(): TestClock {
  let now = Date.parse('2021-02-08T09:00:00Z');
  const advance = (ms: number) => {
    now += ms;
  };
  return { now: () => new Date(now), advance };
}

/** The real pages on the test's own database and queue; closed with the test that opened them, or with the file. */
export async function openPress(database: TestDatabase, more: Partial<WebParts> & { log?: Log } = {}) {
  const { db, pool, url } = database;
  const clock = testClock();
  const tokens = createTokens([SECRET]);
  const queues = openQueues({ kind: 'postgres' }, url, silentLog);
  const parts: WebParts = {
    db,
    pool,
    queues,
    tokens,
    clock,
    log: silentLog,
    publicUrl: 'http://localhost:3000',
    host: '127.0.0.1',
    trustProxy: [],
    checkMail: null,
    metricsToken: null,
    hooks: new Map(),
    caughtMail: null,
    limits,
    ...more,
  };
  const app = await buildWeb(parts);
  const close = async () => {
    await app.close();
    await queues.close();
  };
  // a queue left open would lose its connections with the database
  if (expect.getState().currentTestName === undefined) afterAll(close);
  else onTestFinished(close);
  return { app, parts, db, clock, tokens };
}

export type Press = Awaited<ReturnType<typeof openPress>>;

/** A publication that may send; the first of a database is its default one. */
export function makePublication({ db }: Press, slug: string, more: object = {}): Promise<Publication> {
  const fields = {
    name: `The ${slug} letter`,
    from_address: `${slug}@example.com`,
    postal_address: '1 Press Lane',
  };
  return createPublication(db, { slug, ...fields, ...more });
}

/** A reader as a confirmed sign-up leaves one. */
export async function makeReader(
  { db }: Press,
  publication: Publication,
  email: string,
  status: SubscriberStatus = 'active',
) {
  const address = normalizeAddress(email);
  if (!address.ok) throw new Error(address.error);
  const hash = await addressHasher(db);
  const row = {
    ...address.value,
    publication_id: publication.id,
    address_hash: hash(address.value.address_key),
    locale: publication.locale,
    status,
  };
  return db.insertInto('subscribers').values(row).returning(['id', 'email']).executeTakeFirstOrThrow();
}

export function issueText(slug: string, more: { title?: string; body?: string } = {}): string {
  const { title = `Letter ${slug}`, body = 'A sentence about it.' } = more;
  return `---
title: ${JSON.stringify(title)}
slug: ${slug}
locale: en
---

# Papers

## A headline of ${slug}

[Its source](https://example.com/${slug})

${body}
`;
}

export async function makeIssue(
  { db }: Press,
  publication: Publication,
  slug: string,
  text = issueText(slug),
) {
  const { issue } = await importIssue(db, { publication, bytes: Buffer.from(text), file: null });
  return issue;
}

export async function sendIssue(press: Press, publication: Publication, slug: string) {
  const issue = await makeIssue(press, publication, slug);
  return createSend(press.parts, { publication, issue, at: null, again: false });
}

/** What a browser sends from a form of the page itself. */
export const OWN_FORM = {
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/x-www-form-urlencoded',
};

export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}
