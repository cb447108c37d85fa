import { expect, test } from 'vitest';
import { sendsOfIssue } from '../../src/delivery/send-store.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { makeIssue, makePublication, makeReader, openPress, sendIssue } from './press.ts';

const press = await openPress(await testDatabase());
const { db } = press;
const weekly = await makePublication(press, 'weekly', { timezone: 'Europe/Berlin', canary_size: 2 });
const empty = await makePublication(press, 'empty');
const desk = await openDesk(press);
for (let at = 0; at < 12; at += 1) await makeReader(press, weekly, `reader${at}@example.com`);

test('a send to nobody is refused with a sentence, on the page and when its form is sent all the same', async () => {
  const issue = await makeIssue(press, empty, 'lonely');
  const href = '/desk/p/empty/issues/lonely/send';
  const page = await desk.get(href);
  expect(page.body).toContain('Nobody is subscribed yet');
  expect(page.body).not.toContain('Send to');
  for (const form of [{ when: 'now' }, { when: 'later', at: '2021-03-01T08:00' }]) {
    const answer = await desk.post(href, form);
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain('Nobody is subscribed yet');
  }
  expect(await sendsOfIssue(db, issue.id)).toEqual([]);

  const over = await sendIssue(press, empty, 'over');
  expect(over.state).toBe('finished');
  const again = '/desk/p/empty/issues/over/send-again';
  const answer = await desk.post(again, { sure: 'yes', after: `s${over.id}` });
  expect(answer.body).toContain('Nobody is subscribed yet');
});

test('a time may be that of each reader’s own clock', async () => {
  const issue = await makeIssue(press, weekly, 'at-their-hour');
  const href = `/desk/p/weekly/issues/i${issue.id}/send`;
  const wrong = await desk.post(href, { when: 'later', at: '2020-03-01T08:00', clock: 'reader' });
  expect(wrong.body).toContain('That time is over');
  expect(wrong.body).toMatch(/value="reader" checked/);
  const answer = await desk.post(href, { when: 'later', at: '2021-03-01T08:00', clock: 'reader' });
  const [send] = await sendsOfIssue(db, issue.id);
  expect(send).toMatchObject({ state: 'scheduled', local_at: '2021-03-01T08:00' });
  expect(send?.due_at.toISOString()).toBe('2021-02-28T18:00:00.000Z');
  expect((await desk.get(answer.headers.location ?? '')).body).toContain(
    'due 1 Mar 2021, 08:00 where each reader lives',
  );
});

test('while a canary runs the page says what the others wait for, and why it was paused if it was', async () => {
  const send = await sendIssue(press, weekly, 'tried');
  const href = `/desk/p/weekly/sends/s${send.id}`;
  expect((await desk.get(href)).body).toContain('The first 2 readers try it out; the other 10 follow');
  const change = db.updateTable('sends').where('id', '=', send.id);
  await change.set({ canary_tried_at: new Date('2021-02-08T10:00:00Z') }).execute();
  expect((await desk.get(href)).body).toContain('follow at 8 Feb 2021, 11:30');
  const reason = '3 of 10 letters were <rejected>';
  await change.set({ state: 'paused', canary: 'failed', paused_reason: reason }).execute();
  const page = (await desk.get(href)).body;
  expect(page).toContain('Paused until you decide. 3 of 10 letters were &lt;rejected&gt;');
  expect(page).not.toContain('try it out;');
  await desk.post(`${href}/resume`);
  expect((await desk.get(href)).body).not.toContain('until you decide');
});
