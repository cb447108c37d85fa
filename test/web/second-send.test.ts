import { expect, test } from 'vitest';
import { sendsOfIssue } from '../../src/delivery/send-store.ts';
import { testDatabase } from '../support/database.ts';
import { openDesk } from './desk-press.ts';
import { makePublication, makeReader, openPress, sendIssue } from './press.ts';

const press = await openPress(await testDatabase());
const { db } = press;
const weekly = await makePublication(press, 'weekly');
const other = await makePublication(press, 'other');
const desk = await openDesk(press);
const ada = await makeReader(press, weekly, 'ada@example.com');
const ben = await makeReader(press, weekly, 'ben@example.com');

async function finished(slug: string) {
  const send = await sendIssue(press, weekly, slug);
  await db
    .updateTable('sends')
    .set({ state: 'finished', finished_at: new Date('2021-02-08T09:00:00Z') })
    .where('id', '=', send.id)
    .execute();
  const href = `/desk/p/weekly/issues/${slug}`;
  return { send, href, again: `${href}/send-again`, sends: () => sendsOfIssue(db, send.issue_id) };
}

test('a second send is offered on a page of its own, when the first is over', async () => {
  const running = await sendIssue(press, weekly, 'running');
  const page = await desk.get('/desk/p/weekly/issues/running');
  expect(page.body).not.toContain('send-again');
  const early = await desk.post('/desk/p/weekly/issues/running/send-again', {
    sure: 'yes',
    after: `s${running.id}`,
  });
  expect(early.statusCode).toBe(422);

  const { href, again } = await finished('over');
  expect((await desk.get(href)).body).toContain('send-again');
  expect((await desk.get(again)).body).toContain('a second time to 2 readers');
});

test('a second send takes a tick besides the button', async () => {
  const { again, send, sends } = await finished('unticked');
  const answer = await desk.post(again, { after: `s${send.id}` });
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain('Tick the box');
  expect(await sends()).toHaveLength(1);
});

test('a form that is sent twice, or from a page of before, sends once', async () => {
  const { again, send, sends } = await finished('twice');
  const fields = { sure: 'yes', after: `s${send.id}` };
  const answers = await Promise.all([desk.post(again, fields), desk.post(again, fields)]);
  expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([303, 422]);
  expect(await sends()).toHaveLength(2);
  await db.updateTable('sends').set({ state: 'finished' }).execute();
  expect((await desk.post(again, fields)).statusCode).toBe(422);
  expect(await sends()).toHaveLength(2);
});

test('a second send that could not be made may be tried again', async () => {
  const { again, send, sends } = await finished('no-address');
  const fields = { sure: 'yes', after: `s${send.id}` };
  const postal = (postal_address: string | null) =>
    db.updateTable('publications').set({ postal_address }).where('id', '=', weekly.id).execute();
  await postal(null);
  expect((await desk.post(again, fields)).statusCode).toBe(422);
  await postal('1 Press Lane');
  expect((await desk.post(again, fields)).statusCode).toBe(303);
  expect(await sends()).toHaveLength(2);
});

test('readers without an outcome are decided on, once chosen how', async () => {
  const { send } = await finished('asked');
  await db
    .insertInto('deliveries')
    .values({ send_id: send.id, subscriber_id: ada.id, state: 'unknown' })
    .execute();
  await db.updateTable('batches').set({ is_counted: false }).where('send_id', '=', send.id).execute();
  const settle = `/desk/p/weekly/sends/s${send.id}/settle`;
  expect((await desk.get(settle.replace('/settle', ''))).body).toContain(`href="${settle}"`);
  expect((await desk.get(settle)).body).toContain('For 1 reader the letter was handed over');
  expect((await desk.post(settle)).statusCode).toBe(422);
  expect((await desk.post(settle, { as: 'lost' })).statusCode).toBe(422);
  const answer = await desk.post(settle, { as: 'accepted' });
  expect(answer.headers.location).toBe(`/desk/p/weekly/sends/s${send.id}?said=settled`);
  const states = await db.selectFrom('deliveries').select('state').where('send_id', '=', send.id).execute();
  expect(states).toEqual([{ state: 'accepted' }]);
  expect((await desk.get(settle)).body).toContain('nothing to decide');
});

test('a cancelled send sends to nobody once more, and another publication’s desk decides nothing', async () => {
  const { send } = await finished('ended');
  await db.updateTable('sends').set({ state: 'cancelled' }).where('id', '=', send.id).execute();
  await db
    .insertInto('deliveries')
    .values({ send_id: send.id, subscriber_id: ben.id, state: 'unknown' })
    .execute();
  const settle = `/desk/p/weekly/sends/s${send.id}/settle`;
  expect((await desk.get(settle)).body).not.toContain('value="resend"');
  expect((await desk.post(settle, { as: 'resend' })).statusCode).toBe(422);
  expect(
    (await desk.post(`/desk/p/${other.slug}/sends/s${send.id}/settle`, { as: 'rejected' })).statusCode,
  ).toBe(404);
});
