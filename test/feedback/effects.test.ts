import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { Inbox } from '../../src/feedback/inbox.ts';
import { replayFeedback } from '../../src/feedback/replay.ts';
import type { PublicationId, SendId, SubscriberId } from '../../src/ids.ts';
import { messageId } from '../../src/outbound/message-names.ts';
import { addressHasher, saltKey } from '../../src/publications/installation.ts';
import { testDatabase } from '../support/database.ts';
import { inboxDeps, processAll } from '../support/feedback.ts';
import { makePublication, makeReaders, makeSend } from '../support/press.ts';

const { db } = await testDatabase();
const inbox = new Inbox({ db, wake: async () => {} });
const hash = await addressHasher(db);
const key = await saltKey(db);
const DAY_MS = 86_400_000;

interface Event {
  readonly type: string;
  readonly timestamp?: string;
  readonly data: Readonly<Record<string, string>>;
}

/** Events that came in one request, processed. */
async function hear(...events: readonly Event[]): Promise<void> {
  const external_id = randomBytes(8).toString('hex');
  await inbox.receive({
    source: 'generic',
    external_id,
    headers: {},
    body: Buffer.from(JSON.stringify(events)),
  });
  await processAll(db);
}

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const gone = (email: string): Event => ({
  type: 'hard-bounced',
  data: { email, reply: '550 5.1.1 User unknown' },
});
const full = (email: string, days: number): Event => ({
  type: 'soft-bounced',
  timestamp: daysAgo(days),
  data: { email, reply: '552 5.2.2 Mailbox full' },
});

let publication: PublicationId;
beforeEach(async () => {
  publication = await makePublication(db);
});

async function readers(...emails: readonly string[]): Promise<SubscriberId[]> {
  await makeReaders(db, publication, emails);
  for (const email of emails)
    await db
      .updateTable('subscribers')
      .set({ address_hash: hash(email) })
      .where('email', '=', email)
      .execute();
  const rows = await db
    .selectFrom('subscribers')
    .select(['id', 'email'])
    .where('publication_id', '=', publication)
    .execute();
  return emails.map((email) => rows.find((row) => row.email === email)?.id as SubscriberId);
}

async function statusOf(email: string): Promise<string[]> {
  const rows = await db
    .selectFrom('subscribers')
    .select('status')
    .where('email', '=', email)
    .orderBy('id')
    .execute();
  return rows.map(({ status }) => status);
}

const suppressionOf = (email: string) =>
  db
    .selectFrom('suppressions')
    .select(['reason', 'evidence'])
    .where('address_hash', '=', hash(email))
    .executeTakeFirst();

/** A send of which these readers' letters have this state. */
async function sent(
  ids: readonly SubscriberId[],
  state: 'accepted' | 'unknown',
  daysBack = 0,
): Promise<SendId> {
  const send = await makeSend(db, publication);
  for (const id of ids) {
    await sql`insert into deliveries (send_id, subscriber_id, state, server_id, updated_at)
      values (${send}, ${id}, ${state}, ${`${send}-${id}`}, now() - ${daysBack} * interval '1 day')`.execute(
      db,
    );
  }
  await sql`update batches set claimed_at = now(), is_counted = false where send_id = ${send}`.execute(db);
  return send;
}

const stateOf = async (send: SendId, id: SubscriberId) =>
  (
    await db
      .selectFrom('deliveries')
      .select('state')
      .where('send_id', '=', send)
      .where('subscriber_id', '=', id)
      .executeTakeFirst()
  )?.state;

describe('a hard bounce', () => {
  test('ends every subscription of the address at once, and the suppression says why', async () => {
    await readers('ada@example.com');
    publication = await makePublication(db);
    await readers('ada@example.com');
    await hear(gone('Ada@Example.com'));
    expect(await statusOf('ada@example.com')).toEqual(['bounced', 'bounced']);
    expect(await suppressionOf('ada@example.com')).toMatchObject({
      reason: 'bounce',
      evidence: { source: 'generic', reply: '550 5.1.1 User unknown', event: expect.any(Number) },
    });
  });

  test('counts once for the send that it names by our Message-ID, whatever address it tells', async () => {
    const [bea] = await readers('bea@example.com');
    if (!bea) throw new Error('no reader');
    const send = await sent([bea], 'accepted');
    const message_id = messageId(`d${send}.${bea}`, key, 'letter@example.com');
    const event = {
      ...gone('forwarded@elsewhere.test'),
      data: { ...gone('forwarded@elsewhere.test').data, message_id, id: 'e1' },
    };
    await hear(event, event);
    await hear(event);
    expect(await statusOf('bea@example.com')).toEqual(['bounced']);
    expect(await db.selectFrom('sends').select('bounced').where('id', '=', send).executeTakeFirst()).toEqual({
      bounced: 1,
    });
  });

  test('with a Message-ID that somebody made up goes by its address', async () => {
    const [eve, fay] = await readers('eve@example.com', 'fay@example.com');
    const send = await sent(
      [eve, fay].flatMap((id) => id ?? []),
      'accepted',
    );
    const message_id = `<d${send}.${fay}.0123456789abcdef@example.com>`;
    await hear({ ...gone('eve@example.com'), data: { ...gone('eve@example.com').data, message_id } });
    expect([await statusOf('eve@example.com'), await statusOf('fay@example.com')]).toEqual([
      ['bounced'],
      ['active'],
    ]);
  });

  test('of somebody who reads nothing here changes nothing', async () => {
    await hear(gone('stranger@example.com'));
    expect(await suppressionOf('stranger@example.com')).toBeUndefined();
  });
});

describe('a soft bounce', () => {
  test('ends the subscription after five different days within thirty, and no other of the person', async () => {
    await readers('gil@example.com');
    for (const days of [28, 21, 14, 7]) await hear(full('gil@example.com', days));
    await hear(full('gil@example.com', 7), full('gil@example.com', 7));
    expect(await statusOf('gil@example.com')).toEqual(['active']);
    await hear(full('gil@example.com', 0));
    expect(await statusOf('gil@example.com')).toEqual(['bounced']);
    expect(await suppressionOf('gil@example.com')).toBeUndefined();
  });

  test('counts by the publication’s own threshold', async () => {
    await readers('hal@example.com');
    await db.updateTable('publications').set({ soft_bounce_days: 2 }).where('id', '=', publication).execute();
    await hear(full('hal@example.com', 3));
    await hear(full('hal@example.com', 1));
    expect(await statusOf('hal@example.com')).toEqual(['bounced']);
  });

  test('is forgotten after thirty days', async () => {
    await readers('ida@example.com');
    for (const days of [40, 36, 33, 7, 1]) await hear(full('ida@example.com', days));
    expect(await statusOf('ida@example.com')).toEqual(['active']);
  });

  test('from before a letter that was delivered does not count', async () => {
    await readers('jon@example.com');
    for (const days of [28, 21, 14, 7]) await hear(full('jon@example.com', days));
    await hear({ type: 'delivered', timestamp: daysAgo(2), data: { email: 'jon@example.com' } });
    await hear(full('jon@example.com', 1));
    expect(await statusOf('jon@example.com')).toEqual(['active']);
  });

  test('from before a letter that was accepted, and of which nothing came back, does not count', async () => {
    const [kim] = await readers('kim@example.com');
    if (!kim) throw new Error('no reader');
    for (const days of [28, 21, 14, 10]) await hear(full('kim@example.com', days));
    await sent([kim], 'accepted', 6);
    await sent([kim], 'accepted', 1);
    await hear(full('kim@example.com', 1));
    expect(await statusOf('kim@example.com')).toEqual(['active']);
  });
});

describe('other events', () => {
  test('a complaint ends every subscription of the address, for complaining', async () => {
    const [lea] = await readers('lea@example.com');
    if (!lea) throw new Error('no reader');
    const send = await sent([lea], 'accepted');
    await hear({ type: 'complained', data: { email: 'lea@example.com' } });
    expect(await statusOf('lea@example.com')).toEqual(['complained']);
    expect(await suppressionOf('lea@example.com')).toMatchObject({
      reason: 'complaint',
      evidence: { send: `s${send}` },
    });
    const counted = await db
      .selectFrom('sends')
      .select(['bounced', 'complained'])
      .where('id', '=', send)
      .executeTakeFirst();
    expect(counted).toEqual({ bounced: 0, complained: 1 });
  });

  test('an unsubscribe leaves the publication of the letter, and no other', async () => {
    await readers('max@example.com');
    publication = await makePublication(db);
    const [max] = await readers('max@example.com');
    if (!max) throw new Error('no reader');
    await sent([max], 'accepted');
    await hear({ type: 'unsubscribed', data: { email: 'max@example.com' } });
    expect(await statusOf('max@example.com')).toEqual(['active', 'unsubscribed']);
    expect(await suppressionOf('max@example.com')).toBeUndefined();
  });

  test('a block for policy, a refusal and a deferral blame no reader, however often they come', async () => {
    await readers('ned@example.com');
    for (const days of [6, 5, 4, 3, 2, 1])
      for (const type of ['blocked', 'rejected', 'deferred'])
        await hear({
          type,
          timestamp: daysAgo(days),
          data: { email: 'ned@example.com', reply: '554 5.7.1 Blocked' },
        });
    expect(await statusOf('ned@example.com')).toEqual(['active']);
  });

  test('a late soft bounce or delivery undoes no complaint', async () => {
    await readers('ole@example.com');
    await hear({ type: 'complained', data: { email: 'ole@example.com' } });
    await hear({ type: 'delivered', data: { email: 'ole@example.com' } }, gone('ole@example.com'));
    expect(await statusOf('ole@example.com')).toEqual(['complained']);
    expect(await suppressionOf('ole@example.com')).toMatchObject({ reason: 'complaint' });
  });

  test('what arrived settles a delivery of unknown outcome, by our Message-ID or by the server’s id', async () => {
    const [pia, rex, sue] = await readers('pia@example.com', 'rex@example.com', 'sue@example.com');
    if (!pia || !rex || !sue) throw new Error('no readers');
    const send = await sent([pia, rex, sue], 'unknown');
    await hear(
      { type: 'opened', data: { message_id: messageId(`d${send}.${pia}`, key, 'letter@example.com') } },
      { type: 'deferred', data: { email: 'rex@example.com', server_id: `${send}-${rex}` } },
    );
    expect(await Promise.all([pia, rex, sue].map((id) => stateOf(send, id)))).toEqual([
      'accepted',
      'accepted',
      'unknown',
    ]);
  });

  test('a receiver that asks a relay for less is sent less; one that greylists, or said so long ago, is not', async () => {
    await readers('wim@busy.test', 'xia@grey.test', 'yan@old.test');
    await sql`insert into paces (provider, second, messages)
      select p, floor(extract(epoch from now()))::bigint - n, 100
      from unnest(array['busy.test', 'grey.test', 'old.test']) p, generate_series(0, 5) n`.execute(db);
    const deferred = (email: string, reply: string, timestamp = daysAgo(0)): Event => ({
      type: 'deferred',
      timestamp,
      data: { email, reply },
    });
    await hear(
      deferred('wim@busy.test', '421 4.7.28 rate limited'),
      deferred('xia@grey.test', '450 4.2.0 Greylisted'),
      deferred('yan@old.test', '421 4.7.28 rate limited', daysAgo(1)),
    );
    expect(await db.selectFrom('throttles').select('provider').execute()).toEqual([
      { provider: 'busy.test' },
    ]);
  });

  test('replies are kept without addresses', async () => {
    await readers('tim@example.com');
    await hear({
      type: 'hard-bounced',
      data: { email: 'tim@example.com', reply: '550 5.1.1 <tim@example.com> unknown' },
    });
    expect(await suppressionOf('tim@example.com')).toMatchObject({
      evidence: { reply: '550 5.1.1 <ADDRESS> unknown' },
    });
  });
});

test('processing everything again changes nothing of what was done', async () => {
  await readers('uma@example.com', 'val@example.com');
  await hear(gone('uma@example.com'), full('val@example.com', 1));
  const all = async () => [
    await db.selectFrom('subscriber_events').selectAll().orderBy('id').execute(),
    await db.selectFrom('suppressions').selectAll().orderBy('address_hash').execute(),
    await db.selectFrom('feedback_events').selectAll().orderBy('id').execute(),
    await db.selectFrom('sends').selectAll().orderBy('id').execute(),
  ];
  const before = await all();
  const replayed = await replayFeedback(inboxDeps(db), null);
  expect(replayed.raw_events).toBeGreaterThan(10);
  expect(replayed.changed).toBe(0);
  expect(await all()).toEqual(before);
});

describe('a wave of "user unknown" from one provider', () => {
  const crowd = (count: number, domain: string) =>
    Array.from({ length: count }, (_, n) => `reader${n}@${domain}`);
  const countOf = async (domain: string, status: 'active' | 'bounced') => {
    const { rows } = await sql<{ count: number }>`
      select count(*) from subscribers where email like ${`%@${domain}`} and status = ${status}`.execute(db);
    return rows[0]?.count;
  };

  test('is held after its first fifty, and other providers’ are believed', async () => {
    await readers(...crowd(300, 'gmail.com'), ...crowd(30, 'other.test'));
    await hear(...crowd(300, 'gmail.com').map(gone), ...crowd(30, 'other.test').map(gone));
    expect([await countOf('gmail.com', 'bounced'), await countOf('gmail.com', 'active')]).toEqual([50, 250]);
    expect(await countOf('other.test', 'bounced')).toBe(30);
  });

  test('is believed of an address that is called gone again a day later, and dropped when a letter arrives', async () => {
    const held = await db
      .selectFrom('feedback_events')
      .innerJoin('subscribers', 'subscribers.id', 'feedback_events.subscriber_id')
      .select('email')
      .where('effect', '=', 'held')
      .limit(2)
      .execute();
    const [again = '', arrived = ''] = held.map(({ email }) => email);
    await sql`update feedback_events set at = at - interval '25 hours' where effect = 'held'`.execute(db);
    await hear(gone(again), { type: 'delivered', data: { email: arrived } });
    expect([await statusOf(again), await statusOf(arrived)]).toEqual([['bounced'], ['active']]);
    await hear(gone(arrived));
    expect(await statusOf(arrived)).toEqual(['active']);
  });

  test('what is usual at a provider is no wave', async () => {
    await sql`insert into gone_hours (provider, hour, gone, believed)
      values ('usual.test', date_trunc('hour', now()) - interval '7 days', 30, 30)`.execute(db);
    await readers(...crowd(160, 'usual.test'));
    await hear(...crowd(160, 'usual.test').map(gone));
    expect(await countOf('usual.test', 'bounced')).toBe(150);
  });
});

test('a reader who is found only when it is processed again is changed then', async () => {
  await hear(gone('later@example.com'));
  await readers('later@example.com');
  expect(await replayFeedback(inboxDeps(db), new Date(Date.now() - 60_000))).toMatchObject({ changed: 1 });
  expect(await statusOf('later@example.com')).toEqual(['bounced']);
});
