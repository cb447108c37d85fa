import { describe, expect, test } from 'vitest';
import { type Meaning, meaningOf } from '../../src/feedback/meaning.ts';
import type { ProviderName } from '../../src/feedback/raw-event.ts';
import { readEvents } from '../../src/feedback/read-events.ts';
import type { RawEventId } from '../../src/ids.ts';
import { hardBounce, signers } from '../support/hook-samples.ts';

/** What the press reads in a payload: of each event whom it is about, when, and what it means. */
function read(source: ProviderName, payload: unknown) {
  const { body } = signers[source](payload);
  const raw = {
    id: 1 as RawEventId,
    source,
    external_id: 'request 1',
    received_at: new Date(),
    headers: {},
    body: Buffer.from(body),
  };
  return readEvents(raw, null).events.map(({ about, report, at, key }) => ({
    ...about,
    at: at?.toISOString() ?? null,
    key,
    meaning: meaningOf(report),
  }));
}

const meanings = (source: ProviderName, payload: unknown): Meaning[] =>
  read(source, payload).map(({ meaning }) => meaning);

const mail = { messageId: '0101-ses', destination: ['ada@example.com', 'bob@example.com'] };
const sesBounce = (bounceType: string, bounceSubType: string, diagnosticCode?: string) => ({
  eventType: 'Bounce',
  bounce: {
    bounceType,
    bounceSubType,
    feedbackId: 'f1',
    bouncedRecipients: [{ emailAddress: 'bob@example.com', diagnosticCode }],
  },
  mail,
});
const mailgun = (event: string, more: object = {}) => ({
  id: 'e1',
  event,
  timestamp: 1770920772.5,
  recipient: 'ada@example.com',
  ...more,
});
const sendgrid = (event: string, more: object = {}) => ({
  event,
  email: 'ada@example.com',
  timestamp: 1770920772,
  sg_event_id: 'e1',
  ...more,
});
const postmark = (RecordType: string, more: object = {}) => ({
  RecordType,
  MessageID: 'm1',
  Recipient: 'ada@example.com',
  ...more,
});
const postmarkBounce = (Type: string, Details = '') => ({
  RecordType: 'Bounce',
  ID: 7,
  Type,
  Details,
  Email: 'ada@example.com',
});
const resend = (type: string, data: object = {}) => ({
  type,
  created_at: '2026-11-23T18:00:00Z',
  data: { to: ['ada@example.com'], ...data },
});
const brevo = (event: string, more: object = {}) => ({
  event,
  email: 'ada@example.com',
  'message-id': '<1@x.example>',
  ts_epoch: 1770920772000,
  ...more,
});
const sparkpost = (type: string, more: object = {}) => ({
  msys: {
    message_event: { type, event_id: 'e1', rcpt_to: 'ada@example.com', timestamp: '1770920772', ...more },
  },
});
const generic = (type: string, more: object = {}) => ({
  type,
  timestamp: '2026-11-23T18:00:00Z',
  data: { email: 'ada@example.com', ...more },
});
const BLOCKED = '550 5.7.1 Message blocked due to the reputation of your network';

describe.each<[ProviderName, [what: string, payload: unknown, Meaning][]]>([
  [
    'ses',
    [
      ['a permanent bounce', hardBounce.ses('ada@example.com'), 'hard bounce'],
      ['a permanent bounce without words', sesBounce('Permanent', 'General'), 'hard bounce'],
      [
        'a permanent bounce that is a block',
        sesBounce('Permanent', 'General', `smtp; ${BLOCKED}`),
        'policy block',
      ],
      ['a full mailbox', sesBounce('Transient', 'MailboxFull'), 'soft bounce'],
      ['too large a letter', sesBounce('Transient', 'MessageTooLarge'), 'message refused'],
      ['an undetermined bounce', sesBounce('Undetermined', 'Undetermined'), 'soft bounce'],
      [
        'a complaint',
        {
          notificationType: 'Complaint',
          complaint: {
            complainedRecipients: [{ emailAddress: 'ada@example.com' }],
            complaintFeedbackType: 'abuse',
            feedbackId: 'f2',
          },
          mail,
        },
        'complaint',
      ],
      [
        'a "not spam"',
        {
          notificationType: 'Complaint',
          complaint: {
            complainedRecipients: [{ emailAddress: 'ada@example.com' }],
            complaintFeedbackType: 'not-spam',
          },
          mail,
        },
        'ignored',
      ],
      [
        'a delivery',
        {
          notificationType: 'Delivery',
          delivery: { recipients: ['ada@example.com'], timestamp: '2026-11-23T18:00:00.000Z' },
          mail,
        },
        'delivered',
      ],
      [
        'a delay',
        {
          eventType: 'DeliveryDelay',
          deliveryDelay: {
            delayType: 'MailboxFull',
            delayedRecipients: [{ emailAddress: 'ada@example.com' }],
          },
          mail,
        },
        'deferred',
      ],
    ],
  ],
  [
    'mailgun',
    [
      ['a permanent failure', hardBounce.mailgun('ada@example.com'), 'hard bounce'],
      [
        'a temporary failure',
        mailgun('failed', { severity: 'temporary', 'delivery-status': { code: 452, message: 'full' } }),
        'deferred',
      ],
      [
        'a failure after many tries',
        mailgun('failed', { severity: 'permanent', reason: 'old' }),
        'soft bounce',
      ],
      ['a block', mailgun('failed', { severity: 'permanent', reason: 'espblock' }), 'policy block'],
      [
        'an address on its list of bounces',
        mailgun('failed', {
          severity: 'permanent',
          reason: 'suppress-bounce',
          'delivery-status': {
            code: 605,
            message: '',
            description: 'Not delivering to previously bounced address',
          },
        }),
        'hard bounce',
      ],
      [
        'an address on its list of complaints',
        mailgun('failed', { severity: 'permanent', reason: 'suppress-complaint' }),
        'complaint',
      ],
      ['a complaint', mailgun('complained'), 'complaint'],
      ['an unsubscribe', mailgun('unsubscribed'), 'unsubscribe'],
      ['a rejection', mailgun('rejected', { reject: { reason: 'Sandbox' } }), 'refused'],
      ['a delivery', mailgun('delivered'), 'delivered'],
      ['an opening', mailgun('opened'), 'seen'],
    ],
  ],
  [
    'sendgrid',
    [
      ['a bounce', hardBounce.sendgrid('ada@example.com'), 'hard bounce'],
      ['a block', sendgrid('bounce', { type: 'blocked', reason: BLOCKED }), 'policy block'],
      [
        'a full mailbox',
        sendgrid('bounce', {
          type: 'blocked',
          reason: '552 5.2.2 mailbox full',
          bounce_classification: 'Mailbox Unavailable',
        }),
        'soft bounce',
      ],
      [
        'refused content',
        sendgrid('bounce', { type: 'blocked', bounce_classification: 'Content' }),
        'message refused',
      ],
      [
        'an address on its list of bounces',
        sendgrid('dropped', { reason: 'Bounced Address' }),
        'hard bounce',
      ],
      [
        'an address on its list of complaints',
        sendgrid('dropped', { reason: 'Spam Reporting Address' }),
        'complaint',
      ],
      [
        'what it drops for another reason',
        sendgrid('dropped', { reason: 'Invalid SMTPAPI header' }),
        'refused',
      ],
      ['a deferral', sendgrid('deferred', { response: '400 try again later' }), 'deferred'],
      ['a complaint', sendgrid('spamreport'), 'complaint'],
      ['leaving a group', sendgrid('group_unsubscribe'), 'unsubscribe'],
      ['a delivery', sendgrid('delivered'), 'delivered'],
      ['what was processed', sendgrid('processed'), 'ignored'],
    ],
  ],
  [
    'postmark',
    [
      ['a hard bounce', hardBounce.postmark('ada@example.com'), 'hard bounce'],
      ['a soft bounce', postmarkBounce('SoftBounce'), 'soft bounce'],
      ['a bounce for the looks of spam', postmarkBounce('SpamNotification'), 'message refused'],
      ['a block', postmarkBounce('Blocked'), 'policy block'],
      ['an auto-reply', postmarkBounce('AutoResponder'), 'ignored'],
      ['a transient failure', postmarkBounce('Transient'), 'deferred'],
      ['a complaint', postmark('SpamComplaint'), 'complaint'],
      [
        'a suppression after a complaint',
        postmark('SubscriptionChange', { SuppressSending: true, SuppressionReason: 'SpamComplaint' }),
        'complaint',
      ],
      [
        'a suppression by hand',
        postmark('SubscriptionChange', { SuppressSending: true, SuppressionReason: 'ManualSuppression' }),
        'unsubscribe',
      ],
      ['the end of a suppression', postmark('SubscriptionChange', { SuppressSending: false }), 'ignored'],
      ['a delivery', postmark('Delivery', { DeliveredAt: '2026-11-23T18:00:00Z' }), 'delivered'],
    ],
  ],
  [
    'resend',
    [
      ['a permanent bounce', hardBounce.resend('ada@example.com'), 'hard bounce'],
      [
        'a transient bounce',
        resend('email.bounced', { bounce: { type: 'Transient', subType: 'MailboxFull' } }),
        'soft bounce',
      ],
      ['a delay', resend('email.delivery_delayed'), 'deferred'],
      ['a complaint', resend('email.complained'), 'complaint'],
      ['a failure', resend('email.failed', { failed: { reason: 'reached_daily_quota' } }), 'refused'],
      ['a delivery', resend('email.delivered'), 'delivered'],
    ],
  ],
  [
    'brevo',
    [
      ['a hard bounce', hardBounce.brevo('ada@example.com'), 'hard bounce'],
      ['an address that is none', brevo('invalid_email'), 'hard bounce'],
      ['a soft bounce', brevo('soft_bounce', { reason: 'mailbox full' }), 'soft bounce'],
      ['a deferral', brevo('deferred'), 'deferred'],
      ['a complaint', brevo('spam'), 'complaint'],
      ['an unsubscribe', brevo('unsubscribe'), 'unsubscribe'],
      ['what it blocks itself', brevo('blocked'), 'refused'],
      ['a delivery', brevo('delivered'), 'delivered'],
      ['an opening by a proxy', brevo('proxy_open'), 'seen'],
    ],
  ],
  [
    'sparkpost',
    [
      ['a hard bounce', hardBounce.sparkpost('ada@example.com'), 'hard bounce'],
      ['a hard bounce that comes later', sparkpost('out_of_band', { bounce_class: '10' }), 'hard bounce'],
      ['a full mailbox', sparkpost('bounce', { bounce_class: '22' }), 'soft bounce'],
      ['a block', sparkpost('bounce', { bounce_class: 51, raw_reason: BLOCKED }), 'policy block'],
      ['too large a letter', sparkpost('bounce', { bounce_class: 23 }), 'message refused'],
      ['an auto-reply', sparkpost('out_of_band', { bounce_class: '60' }), 'ignored'],
      ['a delay', sparkpost('delay', { error_code: '421', raw_reason: '421 4.7.0 later' }), 'deferred'],
      ['a complaint', sparkpost('spam_complaint'), 'complaint'],
      ['an unsubscribe', sparkpost('list_unsubscribe'), 'unsubscribe'],
      ['what it refuses itself', sparkpost('policy_rejection', { bounce_class: '25' }), 'refused'],
      ['a delivery', sparkpost('delivery'), 'delivered'],
    ],
  ],
  [
    'generic',
    [
      ['a hard bounce', hardBounce.generic('ada@example.com'), 'hard bounce'],
      [
        'a bounce that its reply explains',
        generic('bounced', { reply: '552 5.2.2 Mailbox full' }),
        'soft bounce',
      ],
      ['a bounce that nothing explains', generic('bounced'), 'refused'],
      ['a block', generic('blocked'), 'policy block'],
      ['a deferral', generic('deferred'), 'deferred'],
      ['a complaint', generic('complained'), 'complaint'],
      ['an unsubscribe', generic('unsubscribed'), 'unsubscribe'],
      ['a rejection', generic('rejected'), 'refused'],
      ['a delivery', generic('delivered'), 'delivered'],
      ['a click', generic('clicked'), 'seen'],
    ],
  ],
])('of %s', (provider, samples) => {
  test.each(samples)('%s is understood', (_what, payload, meaning) => {
    expect(meanings(provider, payload)).toContain(meaning);
    expect(new Set(meanings(provider, payload)).size).toBe(1);
  });
});

test('a bounce of one of two recipients is about that one', () => {
  const [bounce, ...others] = read('ses', sesBounce('Permanent', 'General'));
  expect(bounce).toMatchObject({ recipient: 'bob@example.com', server_id: '0101-ses' });
  expect(others).toEqual([]);
});

test('our Message-ID is found where the provider hands it back', () => {
  const ours = '<d7.12.0123456789abcdef@example.com>';
  const headers = [{ name: 'Message-ID', value: ours }];
  const delivery = {
    notificationType: 'Delivery',
    delivery: { recipients: ['ada@example.com'] },
    mail: { ...mail, headers },
  };
  expect(read('ses', delivery)).toMatchObject([{ message_id: ours }]);
  expect(
    read('mailgun', mailgun('delivered', { message: { headers: { 'message-id': ours.slice(1, -1) } } })),
  ).toMatchObject([{ message_id: ours.slice(1, -1), at: '2026-02-12T18:26:12.500Z' }]);
  expect(
    read('sendgrid', sendgrid('delivered', { 'smtp-id': ours, sg_message_id: 'abc.filter1' })),
  ).toMatchObject([{ message_id: ours, server_id: 'abc' }]);
});

test('two bounces of Postmark with the same ID, as JavaScript reads it, are two', () => {
  const bounce = (ID: string, email: string) =>
    read('postmark', { RecordType: 'Bounce', ID: Number(ID), Type: 'HardBounce', Email: email })[0]?.key;
  expect(bounce('4323372036854775807', 'ada@example.com')).not.toBe(
    bounce('4323372036854775806', 'bob@example.com'),
  );
});

test('among many events one that makes no sense changes nothing for the others', () => {
  const odd = [
    null,
    7,
    'text',
    [],
    {},
    { event: 7 },
    { event: 'bounce', email: { a: 1 } },
    sendgrid('delivered'),
  ];
  expect(meanings('sendgrid', odd).at(-1)).toBe('delivered');
  expect(new Set(meanings('sendgrid', odd).slice(0, -1))).toEqual(new Set(['ignored']));
});
