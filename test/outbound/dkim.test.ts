import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeMessage } from '../../src/outbound/compose.ts';
import { createSigner, signMessage } from '../../src/outbound/dkim.ts';
import { compileLetter } from '../../src/outbound/stamp.ts';
import { ed25519, rsa, signerWith, verdicts } from '../support/dkim.ts';
import { asSent } from '../support/wire.ts';
import { letter, stamp } from './arbitrary-letter.ts';
import { keySets, type SignedMail, signedLetter, signedLetters, signedNotices } from './signed-mail.ts';

async function expectAllToPass({ raw, signatures }: SignedMail): Promise<void> {
  expect(await verdicts(raw)).toEqual(Array(signatures).fill('pass'));
}

test('whatever stands in a letter, mailauth verifies each of its signatures', async () => {
  await fc.assert(
    fc.asyncProperty(signedLetters, async (make) => expectAllToPass(await make())),
    { numRuns: 300 },
  );
});

test('whatever stands in a notice, mailauth verifies each of its signatures', async () => {
  await fc.assert(
    fc.asyncProperty(signedNotices, async (make) => expectAllToPass(await make())),
    { numRuns: 200 },
  );
});

/** The tags of a message's first signature. */
function tags(raw: Buffer): Map<string, string> {
  const [, value = ''] = /^DKIM-Signature:((?:.|\r\n[ \t])*)/.exec(raw.toString()) ?? [];
  const pairs = value
    .replace(/\s/g, '')
    .split(';')
    .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)] as const);
  return new Map(pairs);
}

const NAMED =
  'From To Subject Date Message-ID Reply-To MIME-Version Content-Type List-Id List-Unsubscribe List-Unsubscribe-Post Feedback-ID';

test('a signature covers what mail programs ask for, each field once more than it is there', async () => {
  const covered = tags(await signedLetter(rsa))
    .get('h')
    ?.split(':');
  expect(covered).toEqual(NAMED.split(' ').flatMap((name) => [name, name]));
});

test('a field that is absent is named once, and one that only notices have is covered too', async () => {
  const notice = await composeMessage({
    ...letter,
    ...stamp,
    reply_to: null,
    text: 'Hello.',
    html: '<p>Hello.</p>',
    list: null,
    feedback_id: null,
    auto_submitted: true,
  });
  const covered = tags(await signMessage(signerWith(rsa), notice, stamp.date)).get('h') ?? '';
  const named = (name: string) => covered.split(':').filter((one) => one === name).length;
  expect(['Reply-To', 'List-Unsubscribe', 'Feedback-ID'].map(named)).toEqual([1, 1, 1]);
  expect(['From', 'Auto-Submitted'].map(named)).toEqual([2, 2]);
});

test('a signature says when it was made, covers the whole body and does not run out', async () => {
  const raw = asSent(await compileLetter(letter, signerWith(rsa))(stamp));
  const said = tags(raw);
  expect(said.get('t')).toBe(String(stamp.date.getTime() / 1000));
  expect(said.get('c')).toBe('relaxed/relaxed');
  expect([said.has('l'), said.has('x')]).toEqual([false, false]);
  const [field = ''] = raw.toString().split('From: ');
  for (const line of field.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
});

const LINK = 'List-Unsubscribe: <https://evil.test/>\r\n';

test.each<[string, (mail: string) => string]>([
  ['a changed subject', (mail) => mail.replace('\r\nSubject: ', '\r\nSubject: Re: ')],
  ['a changed link to leave by', (mail) => mail.replace('unsubscribe/abc', 'unsubscribe/abd')],
  ['a removed one-click field', (mail) => mail.replace(/\r\nList-Unsubscribe-Post: [^\r]*/, '')],
  ['a second From above', (mail) => `From: eve@example.com\r\n${mail}`],
  ['a second From below', (mail) => mail.replace('\r\n\r\n', '\r\nFrom: eve@example.com\r\n\r\n')],
  ['a second List-Unsubscribe above', (mail) => LINK + mail],
  ['a second List-Unsubscribe below', (mail) => mail.replace('\r\n\r\n', `\r\n${LINK}\r\n`)],
  ['another Content-Type', (mail) => mail.replace('multipart/alternative', 'multipart/mixed')],
  ['a changed byte of the body', (mail) => mail.replace('End', 'Eno')],
  ['a line after the end', (mail) => `${mail}And this.\r\n`],
  ['another time of signing', (mail) => mail.replaceAll(/ t=\d/g, ' t=9')],
])('%s breaks every signature', async (_name, change) => {
  for (const keys of keySets) {
    const raw = (await signedLetter(...keys)).toString();
    const changed = change(raw);
    expect(changed).not.toBe(raw);
    const found = await verdicts(changed);
    expect(found).toHaveLength(keys.length);
    expect(found).not.toContain('pass');
  }
});

test('a field that a notice does not have cannot be added to it', async () => {
  for (const make of fc.sample(signedNotices, 5)) {
    const { raw, signatures } = await make();
    await expectAllToPass({ raw, signatures });
    const added = Buffer.concat([Buffer.from('Feedback-ID: a:b:c:eve00\r\n'), raw]);
    expect(await verdicts(added)).toEqual(Array(signatures).fill('fail'));
  }
});

test('what relays do on the way does no harm: trace fields, folding, white space at line ends', async () => {
  const raw = (await signedLetter(rsa, ed25519)).toString();
  const relayed = `Received: from press.test by mx.test\r\n${raw}`
    .replace('Feedback-ID: ', 'Feedback-ID:\r\n  ')
    .replace('\r\nEnd\r\n', '\r\nEnd \t\r\n')
    .concat('\r\n\r\n');
  expect(relayed).toContain('End \t\r\n');
  expect(await verdicts(relayed)).toEqual(['pass', 'pass']);
});

test('one key signs once, two keys sign twice, and without a key a letter is as it was', async () => {
  const signed = await signedLetter(rsa, ed25519);
  expect(signed.toString().match(/^DKIM-Signature: v=1; a=\S+/gm)).toEqual([
    'DKIM-Signature: v=1; a=rsa-sha256;',
    'DKIM-Signature: v=1; a=ed25519-sha256;',
  ]);
  expect(createSigner([])).toBeNull();
  const plain = asSent(await compileLetter(letter, null)(stamp));
  expect(plain.toString()).toMatch(/^From: /);
  expect(await signMessage(null, plain, stamp.date)).toBe(plain);
  const apart = await signMessage(signerWith(rsa), plain, stamp.date);
  expect(apart).toEqual(asSent(await compileLetter(letter, signerWith(rsa))(stamp)));
});
