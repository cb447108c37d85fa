import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { PROVIDERS, type ProviderName } from '../../src/feedback/raw-event.ts';
import { createVerifiers } from '../../src/feedback/verifiers.ts';
import { testDatabase } from '../support/database.ts';
import { processAll } from '../support/feedback.ts';
import {
  CERTIFICATE_URL,
  fetchCertificate,
  hardBounce,
  hasCertificate,
  type Request,
  secrets,
  signers,
  snsRequest,
  TOPIC,
} from '../support/hook-samples.ts';
import { makePublication, makeReader, openPress } from './press.ts';

const database = await testDatabase();
const { db } = database;
const hooks = createVerifiers(secrets, fetchCertificate);
// what a network may get wrong in a minute is not what these are about
const hookGate = { refusedInMinute: 10_000 };
const press = await openPress(database, { clock: systemClock, hooks, hookGate });
const publication = await makePublication(press, 'weekly');

const post = (provider: string, { headers, body }: Request, app = press.app) =>
  app.inject({ method: 'POST', url: `/hooks/${provider}`, headers, body });
const readerNamed = (id: number) =>
  db
    .selectFrom('subscribers')
    .select('status')
    .where('id', '=', id as never)
    .executeTakeFirst();
const stored = async () => (await db.selectFrom('raw_events').select('id').execute()).length;
const changed = (text: string) => text.replace(/@example\.com/g, '@victim.test').replace('5.1.1', '5.1.2');

test('a hook without its secret is not there', async () => {
  const bare = await openPress(database, {
    hooks: createVerifiers({ ...secrets, ses: [] }, fetchCertificate),
  });
  expect((await post('ses', { headers: {}, body: '{}' }, bare.app)).statusCode).toBe(404);
  expect((await post('nobody', { headers: {}, body: '{}' })).statusCode).toBe(404);
});

const usable = PROVIDERS.filter((name) => name !== 'ses' || hasCertificate);
describe.each(usable)('the hook of %s', (provider: ProviderName) => {
  const bounce = (email: string) => signers[provider](hardBounce[provider](email));

  test('a valid sample changes the reader once, and the same again changes nothing', async () => {
    const reader = await makeReader(press, publication, `once.${provider}@example.com`);
    const request = bounce(reader.email);
    expect((await post(provider, request)).json()).toEqual({ received: 'new' });
    await processAll(db);
    expect(await readerNamed(reader.id)).toEqual({ status: 'bounced' });
    const history = () =>
      db
        .selectFrom('subscriber_events')
        .select(['event', 'detail'])
        .where('subscriber_id', '=', reader.id)
        .execute();
    expect(await history()).toHaveLength(1);
    expect(await history()).toMatchObject([{ event: 'bounced', detail: { evidence: { source: provider } } }]);

    expect((await post(provider, request)).json()).toEqual({ received: 'repeated' });
    await processAll(db);
    expect(await history()).toHaveLength(1);
  });

  test('what is forged is refused, and not kept', async () => {
    const before = await stored();
    const { headers, body } = bounce('forged@example.com');
    const nobody = { 'content-type': 'application/json' };
    expect(
      (await post(provider, { headers: nobody, body: body.replace(/"(signature|Signature)":"./, '"$1":"0') }))
        .statusCode,
    ).toBe(401);
    const authorization = `Basic ${Buffer.from('hooks:a wrong password').toString('base64')}`;
    if ('authorization' in headers) {
      expect((await post(provider, { headers: { ...headers, authorization }, body })).statusCode).toBe(401);
    } else if (provider !== 'mailgun') {
      expect((await post(provider, { headers, body: changed(body) })).statusCode).toBe(401);
    }
    expect(await stored()).toBe(before);
  });

  test('what is cut short is refused', async () => {
    const { headers, body } = bounce('cut@example.com');
    const answer = await post(provider, { headers, body: body.slice(0, -20) });
    expect([400, 401]).toContain(answer.statusCode);
    expect([400, 401]).toContain((await post(provider, { headers, body: '' })).statusCode);
  });

  test('what is too large is refused', async () => {
    const { headers } = bounce('large@example.com');
    expect((await post(provider, { headers, body: `[${' '.repeat(9 * 1024 * 1024)}]` })).statusCode).toBe(
      413,
    );
  });

  test('an event that nobody knows is kept, and changes nothing', async () => {
    const before = await stored();
    const unknown = signers[provider]({ nobody: 'knows', what: ['this', 'is', provider] });
    expect((await post(provider, unknown)).statusCode).toBe(200);
    await processAll(db);
    expect(await stored()).toBe(before + 1);
    const open = await db.selectFrom('raw_events').select('id').where('processed_at', 'is', null).execute();
    expect(open).toEqual([]);
  });
});

describe('what is signed at another time', () => {
  const hours = (count: number) => new Date(Date.now() - count * 3_600_000);

  test.each(['mailgun', 'resend', 'generic'] as const)(
    '%s is refused when it comes an hour late',
    async (provider) => {
      const late = signers[provider](hardBounce[provider]('late@example.com'), hours(1));
      expect((await post(provider, late)).statusCode).toBe(401);
      const early = signers[provider](hardBounce[provider]('late@example.com'), hours(-1));
      expect((await post(provider, early)).statusCode).toBe(401);
    },
  );

  test('SendGrid tries for a day, with the signature it had', async () => {
    const late = signers.sendgrid(hardBounce.sendgrid('late@example.com'), hours(20));
    expect((await post('sendgrid', late)).statusCode).toBe(200);
  });

  test('a token of Mailgun’s is good for one request: no other event can be put behind it', async () => {
    const reader = await makeReader(press, publication, 'victim@example.com');
    const { headers, body } = signers.mailgun(hardBounce.mailgun('other@example.com'));
    expect((await post('mailgun', { headers, body })).statusCode).toBe(200);
    const put = body.replaceAll('other@example.com', reader.email);
    expect((await post('mailgun', { headers, body: put })).json()).toEqual({ received: 'repeated' });
    await processAll(db);
    expect(await readerNamed(reader.id)).toEqual({ status: 'active' });
  });
});

describe.skipIf(!hasCertificate)('messages of Amazon SNS', () => {
  const told = {
    Type: 'Notification',
    Message: 'Successfully validated SNS topic for Amazon SES event publishing.',
  };
  const confirmation = (type: string, topic = TOPIC) => ({
    Type: type,
    TopicArn: topic,
    Token:
      '2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a747ba6f3beb71854e285d6ad02428b09ceece29417f1f02d609c582afbacc99c583a916b9981dd2728f4ae6fdb82efd087cc3b7849e05798d2d2785c03b0879594eeac82c01f235d0e717736',
    SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37f`,
  });

  test.each(['1', '2'])(
    'are verified in signature version %s, with a subject and without',
    async (version) => {
      expect((await post('ses', snsRequest(told, { version }))).statusCode).toBe(200);
      expect((await post('ses', snsRequest({ ...told, Subject: 'A subject' }, { version }))).statusCode).toBe(
        200,
      );
      for (const type of ['SubscriptionConfirmation', 'UnsubscribeConfirmation'])
        expect((await post('ses', snsRequest(confirmation(type), { version }))).statusCode, type).toBe(200);
    },
  );

  test('of a topic that is not the operator’s are refused, though Amazon signed them', async () => {
    const foreign = 'arn:aws:sns:eu-west-1:999999999999:bounces';
    expect((await post('ses', snsRequest({ ...told, TopicArn: foreign }))).statusCode).toBe(401);
    const subscribing = snsRequest(confirmation('SubscriptionConfirmation', foreign));
    expect((await post('ses', subscribing)).statusCode).toBe(401);
  });

  test.each([
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.s3-eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.test/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.test/SimpleNotificationService-0123456789abcdef.pem',
    'https://sns.eu-west-1.amazonaws.com/bucket/SimpleNotificationService-0123456789abcdef.pem',
    'https://evil.test/SimpleNotificationService-0123456789abcdef.pem',
  ])('whose certificate is said to be at %s are refused', async (url) => {
    expect((await post('ses', snsRequest(told, { url }))).statusCode).toBe(401);
  });

  test('whose certificate cannot be had now are to be sent again', async () => {
    const url = CERTIFICATE_URL.replace('0123', '4567');
    expect((await post('ses', snsRequest(told, { url }))).statusCode).toBe(503);
  });

  test('confirm a subscription by a visit, once, of an address that is SNS’s own', async () => {
    await processAll(db, { visit: async () => {} });
    const visited: string[] = [];
    const visit = async (url: string) => void visited.push(url);
    const elsewhere = { SubscribeURL: 'https://evil.test/?Action=ConfirmSubscription' };
    await post('ses', snsRequest({ ...confirmation('SubscriptionConfirmation'), ...elsewhere }));
    await processAll(db, { visit });
    expect(visited).toEqual([]);
    await post('ses', snsRequest(confirmation('SubscriptionConfirmation')));
    await post('ses', snsRequest(confirmation('UnsubscribeConfirmation')));
    await processAll(db, { visit });
    expect(visited).toEqual([confirmation('').SubscribeURL.replaceAll(' ', '')]);
  });
});

describe('a flood', () => {
  test('of forged requests is told to wait, without being read', async () => {
    const limited = await openPress(database, {
      clock: systemClock,
      hooks,
      hookGate: { refusedInMinute: 5 },
    });
    const forged = { headers: { authorization: 'Basic bm86bm8=' }, body: '{}' };
    const answers = [];
    for (let n = 0; n < 8; n += 1) answers.push(await post('postmark', forged, limited.app));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
  });

  test('of one valid request, repeated, is told to wait', async () => {
    const limited = await openPress(database, {
      clock: systemClock,
      hooks,
      hookGate: { repeatedInMinute: 3 },
    });
    const request = signers.generic({ type: 'delivered', data: {} });
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push((await post('generic', request, limited.app)).statusCode);
    expect(answers).toEqual([200, 200, 200, 200, 429, 429]);
  });

  test('of more than there is room for is told to wait, and what was let in is stored', async () => {
    const limited = await openPress(database, { clock: systemClock, hooks, hookGate: { requests: 10 } });
    const before = await stored();
    const requests = Array.from({ length: 50 }, () => signers.generic({ type: 'delivered', data: {} }));
    const answers = await Promise.all(requests.map((request) => post('generic', request, limited.app)));
    const taken = answers.filter(({ statusCode }) => statusCode === 200).length;
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 429]));
    expect(await stored()).toBe(before + taken);
    expect(
      (await post('generic', signers.generic({ type: 'delivered', data: {} }), limited.app)).statusCode,
    ).toBe(200);
  });
});
