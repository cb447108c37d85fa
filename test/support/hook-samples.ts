import { createHmac, createSign, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { HookSecrets } from '../../src/config/hooks.ts';
import type { ProviderName } from '../../src/feedback/raw-event.ts';
import { makeCertificate } from './certificate.ts';

// Requests as each provider's documentation shows them, signed with keys of this run's own.

const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const sns = makeCertificate('-days', '2');
export const hasCertificate = sns !== null;
const mailgunKey = randomBytes(24).toString('hex');
const svixKey = randomBytes(24);
const genericKey = randomBytes(32);
export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:bounces';
export const CERTIFICATE_URL =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
const BASIC = 'hooks:a long password';

/** The second of each is the old one, before its rotation. */
export const secrets: HookSecrets = {
  ses: ['arn:aws:sns:eu-west-1:123456789012:other', TOPIC],
  mailgun: ['another key', mailgunKey],
  sendgrid: [generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, ecdsa.publicKey],
  postmark: ['hooks:another', BASIC],
  brevo: ['hooks:another', BASIC],
  sparkpost: ['hooks:another', BASIC],
  resend: [randomBytes(24), svixKey],
  generic: [randomBytes(32), genericKey],
};

export async function fetchCertificate(url: string): Promise<string> {
  if (url !== CERTIFICATE_URL || sns === null) throw new Error(`no certificate at ${url}`);
  return sns.certificate;
}

export interface Request {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Signs or authorises a payload as the provider would, at that time. */
export const signers: Readonly<Record<ProviderName, (payload: unknown, at?: Date) => Request>> = {
  ses: (payload) => snsRequest({ Type: 'Notification', Message: JSON.stringify(payload) }),
  mailgun(payload, at = new Date()) {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const token = randomBytes(25).toString('hex');
    const signature = createHmac('sha256', mailgunKey)
      .update(timestamp + token)
      .digest('hex');
    const body = JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': payload });
    return { headers: { 'content-type': 'application/json' }, body };
  },
  sendgrid(payload, at = new Date()) {
    // indented by nothing and ended by CRLF, as SendGrid does
    const body = `${JSON.stringify([payload].flat())}\r\n`;
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signature = sign('sha256', Buffer.from(timestamp + body), {
      key: ecdsa.privateKey,
      dsaEncoding: 'der',
    });
    return {
      headers: {
        'content-type': 'application/json',
        'x-twilio-email-event-webhook-signature': signature.toString('base64'),
        'x-twilio-email-event-webhook-timestamp': timestamp,
      },
      body,
    };
  },
  postmark: basic,
  brevo: basic,
  sparkpost: (payload) => basic([payload].flat()),
  resend: (payload, at) => standard('svix', svixKey, payload, at),
  generic: (payload, at) => standard('webhook', genericKey, payload, at),
};

function basic(payload: unknown): Request {
  return {
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(BASIC).toString('base64')}`,
    },
    body: JSON.stringify(payload),
  };
}

/** Standard Webhooks, under its own header names or Svix's. */
function standard(prefix: string, key: Buffer, payload: unknown, at = new Date()): Request {
  const id = `msg_${randomBytes(9).toString('hex')}`;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      'content-type': 'application/json',
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: timestamp,
      // a list: another version's and another key's signatures before ours
      [`${prefix}-signature`]: `v1a,bm8= v1,bm8= v1,${signature}`,
    },
    body,
  };
}

const SIGNED_FIELDS = [
  'Message',
  'MessageId',
  'Subject',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** An SNS message, signed over the fields that it has, in byte order; AWS's documentation has the samples. */
export function snsRequest(
  fields: Readonly<Record<string, string>>,
  { version = '2', url = CERTIFICATE_URL }: { readonly version?: string; readonly url?: string } = {},
): Request {
  const message: Record<string, string> = {
    MessageId: randomBytes(16).toString('hex'),
    TopicArn: TOPIC,
    Message: 'You have chosen to subscribe to the topic',
    Timestamp: new Date().toISOString(),
    ...fields,
  };
  const signed = SIGNED_FIELDS.flatMap((name) =>
    message[name] === undefined ? [] : [`${name}\n${message[name]}\n`],
  );
  const signature = createSign(version === '2' ? 'RSA-SHA256' : 'RSA-SHA1')
    .update(signed.join(''))
    .sign(sns?.privateKey ?? '', 'base64');
  const body = { ...message, SignatureVersion: version, Signature: signature, SigningCertURL: url };
  return {
    headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': message.Type ?? '' },
    body: JSON.stringify({
      ...body,
      UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
    }),
  };
}

/** A permanent bounce of that address, as the provider's documentation shows one. */
export const hardBounce: Readonly<Record<ProviderName, (email: string) => unknown>> = {
  ses: (email) => ({
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      reportingMTA: 'dns; email.example.com',
      bouncedRecipients: [
        {
          emailAddress: email,
          status: '5.1.1',
          action: 'failed',
          diagnosticCode: `smtp; 550 5.1.1 <${email}>... User unknown`,
        },
      ],
      bounceSubType: 'General',
      timestamp: new Date().toISOString(),
      feedbackId: `${randomBytes(8).toString('hex')}-000000`,
      remoteMtaIp: '127.0.2.0',
    },
    mail: {
      timestamp: new Date().toISOString(),
      source: 'letter@example.com',
      sendingAccountId: '123456789012',
      messageId: `${randomBytes(8).toString('hex')}-000000`,
      destination: [email],
      headersTruncated: false,
      headers: [{ name: 'From', value: '"The Letter" <letter@example.com>' }],
    },
  }),
  mailgun: (email) => ({
    id: randomBytes(11).toString('base64url'),
    timestamp: Date.now() / 1000,
    'log-level': 'error',
    event: 'failed',
    severity: 'permanent',
    reason: 'bounce',
    recipient: email,
    'delivery-status': {
      'attempt-no': 1,
      message: '5.1.1 The email account that you tried to reach does not exist.',
      code: 550,
      'enhanced-code': '5.1.1',
      description: '',
      'session-seconds': 0.4,
    },
    flags: { 'is-routed': false, 'is-authenticated': true, 'is-system-test': false, 'is-test-mode': false },
    message: {
      headers: { to: email, 'message-id': '20130503192659.13651.20287@example.com', from: 'a@example.com' },
    },
  }),
  sendgrid: (email) => ({
    email,
    timestamp: Math.floor(Date.now() / 1000),
    'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
    event: 'bounce',
    category: 'cat facts',
    sg_event_id: randomBytes(16).toString('base64url'),
    sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
    reason: '550 5.1.1 The email account that you tried to reach does not exist.',
    status: '5.1.1',
    type: 'bounce',
    bounce_classification: 'Invalid Address',
    tls: 1,
  }),
  postmark: (email) => ({
    RecordType: 'Bounce',
    // more than JavaScript's numbers hold exactly
    ID: Number('4323372036854775807'),
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
    ServerID: 23,
    MessageStream: 'broadcast',
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: `smtp;550 5.1.1 The email account that you tried to reach does not exist.`,
    Email: email,
    From: 'letter@example.com',
    BouncedAt: new Date().toISOString(),
    DumpAvailable: true,
    Inactive: true,
    CanActivate: true,
    Subject: 'Week 6',
  }),
  resend: (email) => ({
    type: 'email.bounced',
    created_at: new Date().toISOString(),
    data: {
      broadcast_id: '8b146471-e88e-4322-86af-016cd36fd216',
      created_at: new Date().toISOString(),
      email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
      from: 'The Letter <letter@example.com>',
      to: [email],
      subject: 'Week 6',
      bounce: {
        message:
          "The recipient's email address is on the suppression list because it has a recent history of hard bounces.",
        subType: 'Suppressed',
        type: 'Permanent',
      },
    },
  }),
  brevo: (email) => ({
    event: 'hard_bounce',
    email,
    id: 26224,
    date: '2026-11-23 10:20:09',
    ts: 1598634509,
    'message-id': '<201798300811.5787683@relay.domain.com>',
    ts_event: Math.floor(Date.now() / 1000),
    ts_epoch: Date.now(),
    subject: 'Week 6',
    tag: '["transactionalTag"]',
    sending_ip: '192.0.2.1',
    template_id: 22,
    reason: '550 5.1.1 User unknown',
  }),
  sparkpost: (email) => ({
    msys: {
      message_event: {
        type: 'bounce',
        bounce_class: '10',
        error_code: '550',
        event_id: String(randomBytes(6).readUIntBE(0, 6)),
        message_id: '000443ee14578172be22',
        raw_rcpt_to: email,
        rcpt_to: email.toLowerCase(),
        raw_reason: '550 5.1.1 User unknown',
        reason: '550 5.1.1 User unknown',
        timestamp: String(Math.floor(Date.now() / 1000)),
        num_retries: '0',
      },
    },
  }),
  generic: (email) => ({
    type: 'hard-bounced',
    timestamp: new Date().toISOString(),
    data: { email, reply: '550 5.1.1 User unknown' },
  }),
};
