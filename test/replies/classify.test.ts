import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyRefusal, type Stage } from '../../src/replies/classify.ts';
import { findCodes } from '../../src/replies/find-codes.ts';
import { readableText } from '../../src/replies/phrase.ts';
import { TELLING_PHRASES, VAGUE_PHRASES } from '../../src/replies/phrases.ts';

function classOf(line: string, stage: Stage | null = 'rcpt'): string {
  const { code, enhanced } = findCodes(line);
  return classifyRefusal({ stage, code, enhanced, text: line }).class;
}

test.each([
  ['550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table'],
  [
    '550 5.1.1 The email account that you tried to reach does not exist. https://support.example/?p=NoSuchUser',
  ],
  ['550 No Such User Here'],
  ['550 5.7.1 <a@b.example>... User unknown'],
  ['550 5.2.1 <a@b.example>... User Unknown'],
  ['450 4.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual alias table'],
  ['553 sorry, no mailbox here by that name (#5.7.17)'],
  ['551 5.1.6 The mailbox has moved, no forwarding address'],
  ['550 5.1.2 Host unknown'],
  ['556 5.1.10 Recipient address has null MX'],
  ['521 mail.b.example does not accept mail'],
  ['550 Requested action not taken: mailbox unavailable'],
  ['550 Unrouteable address'],
  ['550 5.4.1 Recipient address rejected: Access denied [PROD.OUTLOOK.EXAMPLE]'],
  ['550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'],
  ['550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416'],
  ['550 Benutzer unbekannt'],
  ['550 用户不存在'],
  ['550 пользователь не найден'],
  ['550 宛先が不明です'],
])('an address is gone: %s', (line) => {
  expect(classOf(line)).toBe('address-gone');
});

test.each([
  ['552 5.2.2 Mailbox full'],
  ["452-4.2.2 The recipient's inbox is out of storage space"],
  ["552-5.2.2 The recipient's inbox is out of storage space and inactive. ?p=OverQuotaPerm"],
  ['550 5.1.1 <a@b.example> is over quota'],
  ['554 Das Postfach ist voll'],
  ['550 邮箱已满'],
])('a full mailbox is no dead address: %s', (line) => {
  expect(classOf(line)).toBe('mailbox-full');
});

test.each([
  ['550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus'],
  ['553 5.1.3 http://www.spamhaus.org/query/bl?ip=192.0.2.1'],
  ['550 5.7.606 Access denied, banned sending IP [192.0.2.1]'],
  ["550-5.7.26 Unauthenticated email from b.example is not accepted due to the domain's DMARC policy"],
  ['550 5.7.515 Access denied, sending domain B.EXAMPLE does not meet the required authentication level.'],
  ['554 5.7.9 Message not accepted for policy reasons'],
  [
    '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints',
  ],
  ['421 4.7.28 Gmail has detected an unusual rate of unsolicited mail'],
  [
    '450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
  ],
  ['450 4.7.1 Client host rejected: cannot find your reverse hostname'],
  ['553 5.1.8 <a@b.example>... Domain of sender address does not exist'],
  ['550 5.1.0 <a@b.example> Sender address rejected: Domain not found'],
  ['554 5.7.1 <a@b.example>: Relay access denied'],
  ['550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized'],
  ['550 Mail content denied'],
  ['554 Message rejected: Email address is not verified.'],
  ['550 5.7.1 refused'],
])('policy and reputation never blame the address: %s', (line) => {
  expect(classOf(line)).toBe('policy');
});

test.each([
  ['552 5.3.4 Message size exceeds fixed maximum message size'],
  ['552 5.2.3 Message length exceeds administrative limit'],
  ['550 5.6.1 Message content is not accepted'],
  ['552 5.7.0 This message was blocked because its content presents a potential security issue'],
  ['550 5.7.1 Messages missing a valid Message-ID header are not RFC 5322 compliant'],
])('this letter was refused, not its reader: %s', (line) => {
  expect(classOf(line)).toBe('message');
});

test.each([
  ['451 4.7.1 Greylisting in action, please come back later'],
  [
    '450 4.1.1 <a@b.example>: Recipient address rejected: unverified address: Address verification in progress',
  ],
  ['450 4.1.2 <a@b.example>: Recipient address rejected: Domain not found'],
  ['451 Temporary lookup failure'],
  ['554 4.4.7 Message expired: unable to deliver in 840 minutes. <421 4.4.2 Connection timed out>'],
  ['554 5.4.6 Too many hops'],
  ['452 4.3.1 Insufficient system storage'],
  ['550 5.2.1 The email account that you tried to reach is disabled.'],
  ['554 30 Sorry, your message cannot be delivered. This mailbox is disabled (554.30)'],
  ['525 5.7.13 User account disabled'],
  ['451 4.3.0'],
])('what time may mend is temporary: %s', (line) => {
  expect(classOf(line)).toBe('temporary');
});

test.each([['550 5.0.0 Rejected'], ['554 Transaction failed']])(
  'where nothing is said, nothing is concluded: %s',
  (line) => {
    expect(classOf(line)).toBe('unknown');
  },
);

function linesOf(file: string): readonly string[] {
  return readFileSync(path.join(import.meta.dirname, file), 'utf8')
    .trim()
    .split('\n');
}

test.each(linesOf('blame-nobody.txt'))('even as an answer to RCPT this blames no address: %s', (line) => {
  expect(classOf(line)).not.toBe('address-gone');
});

test.each(linesOf('name-a-dead-address.txt'))('as an answer to RCPT this is a dead address: %s', (line) => {
  expect(classOf(line)).toBe('address-gone');
});

test('before RCPT nobody has named the address, so nothing is said of it', () => {
  for (const stage of ['connect', 'helo', 'auth', 'mail'] as const)
    expect(classOf('550 5.1.1 User unknown', stage)).toBe('policy');
});

test('"user unknown" without a code for it is believed at RCPT alone: filters say so after DATA', () => {
  expect(classOf('550 User unknown', 'rcpt')).toBe('address-gone');
  for (const stage of ['data', 'dot', null] as const)
    expect(classOf('550 User unknown', stage)).toBe('unknown');
  expect(classOf('550 5.1.1 User unknown', 'dot')).toBe('address-gone');
});

test('what one provider alone says of an address needs no second witness', () => {
  const line = "554 delivery error: dd This user doesn't have a mail.example account";
  expect(classOf(line, 'dot')).toBe('address-gone');
});

test('help that speaks of senders and policies does not outweigh words and a code about the address', () => {
  expect(classOf('550 5.1.1 User unknown. See our policy for bulk mail senders.')).toBe('address-gone');
});

test('a code for a full mailbox, the letter or the sender outweighs "user unknown"', () => {
  expect(classOf('550 5.2.2 <a@b.example>... User unknown')).toBe('mailbox-full');
  expect(classOf('552 5.3.4 <a@b.example>... User unknown')).toBe('message');
  expect(classOf('553 5.1.8 <a@b.example>... User unknown')).toBe('policy');
});

test('a code about the address outweighs words of networks and queues, and no others', () => {
  expect(classOf('550 5.1.1 Bad mailbox. Please check it and try again.')).toBe('address-gone');
  expect(classOf('550 5.1.1 Mailbox currently suspended')).toBe('temporary');
  expect(classOf('550 5.1.1 Message rejected as spam')).toBe('policy');
  expect(classOf('450 4.1.1 Please try again')).toBe('temporary');
});

test('a reply of several lines is read as one sentence, whatever codes stand within', () => {
  const reply = '550-5.1.1 The account that you tried to reach does 550-5.1.1 not exist. 550 5.1.1 Check it';
  expect(readableText(reply)).toBe('the account that you tried to reach does not exist. check it');
  expect(classOf('550-The account 550-or domain may 550 not exist, or be blacklisted')).toBe('address-gone');
});

test('a host that was not found until the server gave up is not found for good', () => {
  const text = 'Host or domain name not found. Name service error: Host not found, try again';
  const refusal = { stage: null, code: null, enhanced: '4.4.3', text };
  expect(classifyRefusal(refusal).class).toBe('temporary');
  expect(classifyRefusal({ ...refusal, givenUp: true }).class).toBe('address-gone');
  expect(classifyRefusal({ ...refusal, enhanced: '4.0.0', givenUp: true }).class).toBe('temporary');
});

test("words for a server's own mailboxes are believed in its own notice, not after DATA", () => {
  expect(classOf('user a@b.example not listed in public Name & Address Book', null)).toBe('address-gone');
  expect(classOf('550 user not listed in public Name & Address Book', 'dot')).toBe('unknown');
});

test('a host that is not found tells of whom the status speaks, and for how long', () => {
  expect(classOf('550 5.1.2 <a@b.example>: Domain not found')).toBe('address-gone');
  expect(classOf('553 5.1.8 <a@b.example>: Domain not found')).toBe('policy');
  expect(classOf('450 4.4.3 <a@b.example>: Domain not found')).toBe('temporary');
});

test('hard is the same as address-gone', () => {
  const refusals = fc.record({
    stage: fc.constantFrom('connect', 'mail', 'rcpt', 'data', 'dot', 'age', null),
    code: fc.option(fc.integer({ min: 400, max: 599 })),
    enhanced: fc.option(fc.stringMatching(/^[45]\.[0-7]\.\d{1,2}$/)),
    text: fc.oneof(fc.string(), fc.constantFrom(...TELLING_PHRASES.flatMap(({ phrases }) => phrases))),
  });
  fc.assert(
    fc.property(refusals, (refusal) => {
      const verdict = classifyRefusal(refusal);
      expect(verdict.hard).toBe(verdict.class === 'address-gone');
    }),
  );
});

test('an address in the text says nothing, whatever its local part', () => {
  expect(classOf('550 <no.such.user@b.example> refused')).toBe('unknown');
  expect(classOf('550 <mailbox-full@b.example>... User unknown')).toBe('address-gone');
});

test.each([
  ['550 5.1.1 x', { code: 550, enhanced: '5.1.1' }],
  ['550-5.7.26 x', { code: 550, enhanced: '5.7.26' }],
  ['host mx [192.0.2.1] said: 554 5.0.0 x (#5.1.2)', { code: 554, enhanced: '5.1.2' }],
  ['550 5.0.350 Remote server said -> 550 5.1.1 x', { code: 550, enhanced: '5.1.1' }],
  ['no such host (#5.1.2)', { code: null, enhanced: '5.1.2' }],
  ['connect to 5.1.1.1:25: refused', { code: null, enhanced: null }],
  ['call (480) 624-2500 or 480-624-2500', { code: null, enhanced: null }],
  ['message 5501 of 450000', { code: null, enhanced: null }],
])('codes are found in %j', (text, codes) => {
  expect(findCodes(text)).toEqual(codes);
});

test('every phrase is written as texts are read, so that it can be found', () => {
  for (const { phrases } of [...TELLING_PHRASES, ...VAGUE_PHRASES])
    for (const phrase of phrases) {
      const plain = phrase.replaceAll(' … ', ' ');
      expect(readableText(plain)).toBe(plain);
      expect(phrase).not.toBe('');
    }
});

test('a megabyte of anything is classified at once', () => {
  for (const piece of ['a', '@', 'a@', '550 ', 'user … ', '5.1.', '<', '\n', 'mailbox '])
    expect(classOf(piece.repeat(1_000_000 / piece.length))).toBeTypeOf('string');
}, 2_000);
