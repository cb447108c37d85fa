import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { noteTried, takeMailbox } from '../../src/feedback/mailbox-store.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { makePublication, openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const press = await openPress(database, { clock: systemClock });
await makePublication(press, 'weekly');
const desk = await openDesk({ ...press, clock: { ...systemClock, advance: () => {} } });
const page = async () => (await desk.get('/desk/p/weekly/readers')).body;

const NAME = 'bounces at mx.example.com:993, INBOX';
const FAULT = 'mx.example.com:993 refuses the user or the password of BOUNCE_IMAP_URL';

test('the editor sees that bounce mail is not read, since when and why, until it is', async () => {
  await takeMailbox(db, NAME, 1000);
  expect(await page()).not.toContain('has not been read');
  await noteTried(db, NAME, FAULT);
  expect(await page()).toMatch(new RegExp(`Bounce mail has not been read since [^<]+: ${FAULT}`));
  await noteTried(db, NAME, null);
  expect(await page()).not.toContain('has not been read');
});

test('a mailbox that nobody tries to read any more is not spoken of', async () => {
  await noteTried(db, NAME, FAULT);
  await db
    .updateTable('mailboxes')
    .set({ tried_at: new Date(Date.now() - 2 * 3_600_000) })
    .execute();
  expect(await page()).not.toContain('has not been read');
});
