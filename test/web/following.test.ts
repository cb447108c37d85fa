import { afterAll, expect, test } from 'vitest';
import type { SubscriberId } from '../../src/ids.ts';
import { findPublication } from '../../src/publications/publication-store.ts';
import { forget } from '../../src/subscribers/forget.ts';
import { findSubscriber } from '../../src/subscribers/subscriber-store.ts';
import { forgetVisitsOf } from '../../src/visits/visit-store.ts';
import { testDatabase } from '../support/database.ts';
import { startSink } from '../support/sink.ts';
import { until } from '../support/until.ts';
import { hrefs, mailIssue, pathOf, pixelOf } from './counted-letter.ts';
import { openDesk } from './desk-press.ts';
import { form, makeIssue, makePublication, makeReader, OWN_FORM, openPress } from './press.ts';

const database = await testDatabase();
const press = await openPress(database);
const sink = await startSink();
afterAll(() => sink.stop());
const { app, db, tokens, clock } = press;
const asking = await makePublication(press, 'asking', { tracking: 'individual' });
const counting = await makePublication(press, 'counting');

let readers = 0;
async function reader(publication = asking) {
  readers += 1;
  const { id, email } = await makeReader(press, publication, `reader${readers}@example.com`);
  const url = `/preferences/${tokens.make('preferences', id)}`;
  const save = (fields: Record<string, string>) =>
    app.inject({ method: 'POST', url, headers: OWN_FORM, payload: form(fields) });
  return { id, email, url, save };
}

const AGREES = { follow_asked: 'yes', followed: 'yes' };
const TAKES_BACK = { follow_asked: 'yes' };

function historyOf(id: SubscriberId) {
  return db
    .selectFrom('subscriber_events')
    .select(['event', 'detail'])
    .where('subscriber_id', '=', id)
    .orderBy('id')
    .execute();
}

test('the desk’s settings say what is counted, and change it', async () => {
  const desk = await openDesk(press);
  const there = await desk.get('/desk/p/counting/settings');
  expect(there.body).toMatch(/name="tracking" value="aggregate" checked/);
  const fields = { name: 'Counting', locale: 'en', from_name: 'C', from_address: 'c@example.com' };
  const rest = { postal_address: '1 Press Lane', timezone: 'UTC' };
  await desk.post('/desk/p/counting/settings', { ...fields, ...rest, tracking: 'off' });
  expect(await findPublication(db, 'counting')).toMatchObject({ name: 'Counting', tracking: 'off' });
  const bad = await desk.post('/desk/p/counting/settings', { ...fields, ...rest, tracking: 'everything' });
  expect(bad.statusCode).toBe(422);
  expect(bad.body).toContain('the counting of opens and clicks must be');
});

test('a reader is asked only by a publication that would heed the answer, and nothing is ticked for them', async () => {
  const asked = await app.inject({ url: (await reader()).url });
  expect(asked.body).toContain('Let The asking letter see which of its letters I open');
  expect(asked.body).toMatch(/<input type="checkbox" name="followed" value="yes">/);
  expect((await app.inject({ url: (await reader(counting)).url })).body).not.toContain('name="followed"');
});

test('a reader’s consent is kept with its time and the words they saw, and so is taking it back', async () => {
  const { id, save, url } = await reader();
  expect((await save(AGREES)).body).toContain('name="followed" value="yes" checked');
  expect((await findSubscriber(db, id))?.followed_since).toEqual(clock.now());
  await save({ ...AGREES, name: 'Ada' });
  await save(TAKES_BACK);
  expect((await findSubscriber(db, id))?.followed_since).toBeNull();
  expect((await app.inject({ url })).body).toMatch(/name="followed" value="yes">/);
  const wording = expect.stringMatching(
    /^Let The asking letter see .+ I click\. Without it, .+ kept as yours\.$/,
  );
  expect(await historyOf(id)).toEqual([
    { event: 'following agreed', detail: { wording } },
    { event: 'preferences changed', detail: {} },
    { event: 'following taken back', detail: { wording } },
  ]);
});

test('a form that does not ask changes no consent', async () => {
  const { id, save } = await reader();
  await save(AGREES);
  await save({ name: 'Ada' });
  expect((await findSubscriber(db, id))?.followed_since).not.toBeNull();
});

test('who agreed can take it back although the publication asks nobody any more', async () => {
  const { url, save } = await reader(counting);
  await save(AGREES);
  expect((await app.inject({ url })).body).toContain('name="followed" value="yes" checked');
});

/** The letter of one reader who agreed; `visit` opens it and answers what is written of all visits. */
async function followedReader() {
  const one = await reader();
  await one.save(AGREES);
  const issue = await makeIssue(press, asking, `letter-${readers}`);
  const { send, letters } = await mailIssue(press, sink, asking, issue);
  const { html } = letters.find(({ to }) => to === one.email) ?? { html: '' };
  let visits = 0;
  const visit = async (address = pixelOf(html) ?? '') => {
    visits += 1;
    const { statusCode } = await app.inject({ url: pathOf(address) });
    expect([200, 302]).toContain(statusCode);
    const written = () =>
      db.selectFrom('visits').selectAll().where('send_id', '=', send).orderBy('id').execute();
    await until('the visit is written', async () => (await written()).length >= visits);
    return written();
  };
  return { ...one, send, html, visit };
}

test('a visit of a reader who agreed is theirs, with the time since their letter was accepted', async () => {
  const { id, send, visit } = await followedReader();
  // the test's clock stands still in the past, and the ledger's does not
  await db
    .updateTable('deliveries')
    .set({ updated_at: new Date(clock.now().getTime() - 42_000) })
    .where('send_id', '=', send)
    .execute();
  expect(await visit()).toMatchObject([{ subscriber_id: id, since_send_s: 42 }]);
});

test('who takes the consent back is not known any more, by old letters neither', async () => {
  const { visit, save } = await followedReader();
  await visit();
  await save(TAKES_BACK);
  expect((await visit()).map(({ subscriber_id }) => subscriber_id)).toEqual([null, null]);
});

test('an erased reader’s visits are nobody’s, and their links lead on', async () => {
  const { email, html, visit } = await followedReader();
  await visit();
  await forget(db, email, {
    eraseElsewhere: (tx, _email, gone) => forgetVisitsOf(tx, gone),
    now: clock.now(),
  });
  const after = await visit(hrefs(html).find((href) => href.includes('/c/')));
  expect(after.map(({ subscriber_id }) => subscriber_id)).toEqual([null, null]);
});

test('a delivery without an answer that its own reader opens was accepted', async () => {
  const { id, send, visit } = await followedReader();
  await db
    .updateTable('deliveries')
    .set({ state: 'unknown' })
    .where('send_id', '=', send)
    .where('subscriber_id', '=', id)
    .execute();
  await visit();
  const stateOf = () =>
    db
      .selectFrom('deliveries')
      .select('state')
      .where('send_id', '=', send)
      .where('subscriber_id', '=', id)
      .executeTakeFirst();
  await until('it is settled', async () => (await stateOf())?.state === 'accepted');
});

test('what a publication has switched off is not counted, in letters that are out neither', async () => {
  const { send, html } = await followedReader();
  await db.updateTable('publications').set({ tracking: 'off' }).where('id', '=', asking.id).execute();
  await app.inject({ url: pathOf(pixelOf(html) ?? '') });
  await db.updateTable('publications').set({ tracking: 'aggregate' }).where('id', '=', asking.id).execute();
  // visits wait half a second to be written: this one would be there by then
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { statusCode } = await app.inject({ url: pathOf(pixelOf(html) ?? '') });
  expect(statusCode).toBe(200);
  const written = () => db.selectFrom('visits').selectAll().where('send_id', '=', send).execute();
  await until('one is written', async () => (await written()).length > 0);
  expect(await written()).toMatchObject([{ subscriber_id: null }]);
});
