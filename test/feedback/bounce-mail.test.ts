import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { understandMail } from '../../src/feedback/bounce-mail/understand.ts';

const MAILS = path.join(import.meta.dirname, 'mails');

function understand(name: string) {
  return understandMail(readFileSync(path.join(MAILS, `${name}.eml`)));
}

/** "kind: address class, ..." of one of our mails; a recipient that is hard has a "!". */
function summary(name: string): string {
  const { kind, recipients } = understand(name);
  const shown = recipients.map((one) => `${one.address} ${one.class}${one.hard ? '!' : ''}`);
  return [kind, ...shown].join(', ');
}

const GONE = 'bounce, reader@b.example address-gone!';
const FULL = 'bounce, reader@b.example mailbox-full';

test.each([
  ['postfix-unknown-user', 'the address is what we wrote, not where it was forwarded to', GONE],
  ['postfix-after-data', '"user unknown" after DATA is no proof', 'bounce, reader@b.example unknown'],
  ['postfix-delayed', 'delayed is not failed', 'delayed, reader@b.example temporary'],
  [
    'several-recipients',
    'recipients are told apart, however their blocks are spaced; who got it is left out',
    'bounce, gone@b.example address-gone!, full@b.example mailbox-full, slow@b.example temporary',
  ],
  ['delivered', 'a success is no bounce', 'other'],
  ['status-contradicts-the-reply', 'what the server said counts before the Status field', FULL],
  [
    'expired',
    '"failed" with a temporary status is a bounce that blames nobody',
    'bounce, reader@b.example temporary',
  ],
  ['no-diagnostic', 'without a Diagnostic-Code the words are read, and the returned message', GONE],
  ['eai', 'a report for international addresses', 'bounce, leser@b.example address-gone!'],
  ['broken-boundary', 'a boundary that is not the one announced', GONE],
  ['report-in-text', 'a report without parts of its own', FULL],
  ['enclosed-report', "a gateway's mail around another server's report", GONE],
  ['opensmtpd-report', 'an action that the standard does not know is a failure', GONE],
  ['one-address-over-aliases', 'an address is reported once', 'bounce, Reader@b.example address-gone!'],
  ['forwarded-by-a-person', 'a bounce that a person passes on', GONE],
])('a report (RFC 3464) is understood: %s: %s', (name, _rule, expected) => {
  expect(summary(name)).toBe(expected);
});

test.each([
  ['exim', 'bounce, reader@b.example address-gone!, full@b.example mailbox-full'],
  ['waiting-without-a-reason', 'delayed, reader@b.example temporary'],
  ['mdaemon', GONE],
  ['dovecot', FULL],
  ['x400-through-exchange', GONE],
  ['subject-of-a-report', FULL],
  ['exim-delayed', 'delayed, reader@b.example temporary'],
  ['exim-unrouteable', 'bounce, reader@gone.example address-gone!'],
  ['qmail', 'bounce, reader@b.example address-gone!, slow@c.example temporary'],
  ['sendmail-5', 'bounce, reader@b.example address-gone!, other@c.example address-gone!'],
  ['exchange-2003', GONE],
  ['exchange-repeats-the-subject', GONE],
  ['gmail-heading-is-a-witness', GONE],
  ['office-365-html', GONE],
  ['gmail', GONE],
  ['yahoo', FULL],
  ['gmx', GONE],
  ['imail', GONE],
  ['dma', GONE],
  ['opensmtpd', 'bounce, reader@b.example policy'],
  ['courier', GONE],
  ['messagelabs', GONE],
  ['domino', GONE],
  ['james', GONE],
  ['interscan', GONE],
  ['notes', GONE],
  ['gateway-names-the-command', GONE],
  ['mailmarshal', FULL],
  ['mms-gateway', GONE],
  ['japanese-carrier', GONE],
  ['chinese', GONE],
  ['russian', FULL],
  ['german', GONE],
  ['sns', GONE],
  ['biglobe-filter', 'bounce, reader@b.example policy'],
  ['biglobe-full', FULL],
  ['mailfoundry', GONE],
  ['sendgrid', GONE],
  ['unknown-server-brackets', 'bounce, reader@b.example unknown'],
  ['bigfoot', GONE],
  ['domino-french', GONE],
  ['kddi-after-data', 'bounce, reader@b.example policy'],
  ['mcafee', GONE],
  ['zoho', GONE],
  ['yandex', GONE],
  ['powermta-category', GONE],
  ['fml', 'bounce, club@lists.b.example policy'],
])('a bounce of older or other form is understood: %s', (name, expected) => {
  expect(summary(name)).toBe(expected);
});

test('a group that refuses says nothing of a reader', () => {
  expect(understand('google-group').recipients.map((one) => one.class)).toEqual(['policy']);
});

test.each([
  ['arf-abuse', 'complaint, reader@b.example unknown, second@b.example unknown'],
  ['arf-redacted', 'complaint, reader@b.example unknown'],
  ['microsoft-jmrp', 'complaint, reader@b.example unknown'],
  ['sns-complaint', 'complaint, reader@b.example unknown'],
  ['apple-unsubscribe', 'complaint, reader@b.example unknown'],
  ['arf-auth-failure', 'other, reader@b.example unknown'],
])('a complaint (RFC 5965 and older) is told from other feedback: %s', (name, expected) => {
  expect(summary(name)).toBe(expected);
});

test.each([
  ['vacation', 'auto-reply, reader@b.example unknown'],
  ['out-of-office', 'auto-reply, reader@b.example unknown'],
  ['auto-reply-in-brackets', 'auto-reply, reader@b.example unknown'],
  ['a-person-quotes-a-bounce', 'other'],
  ['advert', 'other'],
])('what is no bounce ends no subscription: %s', (name, expected) => {
  expect(summary(name)).toBe(expected);
});

test('every mail here is in a test', () => {
  const named = readFileSync(import.meta.filename, 'utf8');
  const names = readdirSync(MAILS).map((file) => path.basename(file, '.eml'));
  expect(names.filter((name) => !named.includes(`'${name}'`))).toEqual([]);
});

test('a report leads back to its delivery: our envelope sender, our ENVID, our Message-ID', () => {
  expect(understand('postfix-unknown-user').traces).toEqual({
    verpCandidates: ['b+token@press.example'],
    envelopeId: 'envelope-7',
    messageId: '<letter@press.example>',
    listUnsubscribe: '<https://press.example/unsubscribe/secret>',
  });
  expect(understand('qmail').traces.messageId).toBe('<letter@press.example>');
  expect(understand('arf-redacted').traces.verpCandidates).toContain('b+token@press.example');
});
