import { beforeEach, expect, test } from 'vitest';
import { openOutcomeEvents } from '../../src/delivery/outcome-event-store.ts';
import { processOutcome } from '../../src/feedback/process-outcome.ts';
import { missingNoticeJobs } from '../../src/notices/notice-store.ts';
import { askToConfirm } from '../../src/notices/reader-notices.ts';
import { signUp } from '../../src/subscribers/sign-up.ts';
import { tellEditors } from '../../workers/tell-editors.ts';
import { openNotices } from '../notices/press.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const notices = await openNotices(db);

beforeEach(() => notices.reset());

async function signsUp(email: string): Promise<void> {
  const { publication, hashAddress } = notices;
  const facts = { source: 'form', form_version: 'v1', address_prefix: null, now: notices.now() } as const;
  await signUp({ db, hashAddress, askToConfirm }, { publication, email, name: '', ...facts });
}

/** Sends what is due and does what came of it, as workers do; answers the states of the notices. */
async function workAll(): Promise<(string | null)[]> {
  const states: (string | null)[] = [];
  for (const { id } of await missingNoticeJobs(db)) states.push(await notices.work(id));
  for (const event of await openOutcomeEvents(db))
    await processOutcome({ ...notices.deps, tellEditors }, event);
  return states;
}

async function readerAt(email: string) {
  const reader = await db
    .selectFrom('subscribers')
    .select(['status', 'address_hash'])
    .where('email', '=', email)
    .executeTakeFirstOrThrow();
  const suppressions = db
    .selectFrom('suppressions')
    .select('reason')
    .where('address_hash', '=', reader.address_hash);
  return { status: reader.status, suppressed: (await suppressions.executeTakeFirst())?.reason ?? null };
}

test('a confirm mail to an address that is not there suppresses it, and its owner may still ask for another', async () => {
  await signsUp('nouser@example.com');
  expect(await workAll()).toEqual(['rejected']);
  expect(await readerAt('nouser@example.com')).toEqual({ status: 'bounced', suppressed: 'bounce' });
  const events = await db.selectFrom('outcome_events').select(['send_id', 'stage', 'reply']).execute();
  expect(events).toEqual([{ send_id: null, stage: 'rcpt', reply: expect.stringMatching(/^550 5\.1\.1 /) }]);

  await notices.pass(24 * 3_600_000);
  await signsUp('nouser@example.com');
  expect(await workAll()).toEqual(['rejected']);
});

test('a refusal that says nothing of the address suppresses nobody', async () => {
  await signsUp('spam@example.com');
  expect(await workAll()).toEqual(['rejected']);
  expect(await readerAt('spam@example.com')).toEqual({ status: 'pending', suppressed: null });
});

test('a refused word to an editor is no feedback', async () => {
  const before = await db.selectFrom('outcome_events').select('id').execute();
  await notices.word('nouser@example.net');
  expect(await workAll()).toEqual(['rejected']);
  expect(await db.selectFrom('outcome_events').select('id').execute()).toEqual(before);
});
