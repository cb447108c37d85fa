import fc from 'fast-check';
import type { DkimKey } from '../../src/config/dkim.ts';
import { composeMessage } from '../../src/outbound/compose.ts';
import { signMessage } from '../../src/outbound/dkim.ts';
import { compileLetter } from '../../src/outbound/stamp.ts';
import { ed25519, rsa, signerWith } from '../support/dkim.ts';
import { asSent } from '../support/wire.ts';
import { hostile, letter, stamp, template, writable } from './arbitrary-letter.ts';

/** Each way of signing, by the keys it uses. */
export const keySets: readonly (readonly DkimKey[])[] = [[rsa], [ed25519], [rsa, ed25519]];

/** Verifiers refuse what was signed in the future. */
const now = new Date();
const name = hostile.map((text) => text.toWellFormed());
const line = writable.map((text) => text.replace(/\s/g, ' '));
const address = fc.constantFrom(
  'ada@example.com',
  'à@example.com',
  '用户@example.com',
  "o'neil+x@example.com",
);
const keys = fc.constantFrom(...keySets);

export interface SignedMail {
  readonly raw: Buffer;
  readonly signatures: number;
}

/** Letters as readers get them, with what people write into forms and documents. */
export const signedLetters: fc.Arbitrary<() => Promise<SignedMail>> = fc
  .record({
    keys,
    text: template,
    html: template,
    subject: line,
    from: name,
    to: name,
    address,
    value: writable,
  })
  .map(({ keys: used, text, html, subject, from, to, address: email, value }) => async () => {
    const one = {
      ...letter,
      text,
      html,
      subject,
      from: { ...letter.from, name: from },
      list: { ...letter.list, name: from },
    };
    const reader = {
      ...stamp,
      date: now,
      to: { name: to, address: email },
      values: { link: value, name: to.replace(/\p{Cc}+/gu, '\n') },
    };
    const raw = asSent(await compileLetter(one, signerWith(...used))(reader));
    return { raw, signatures: used.length };
  });

export const signedNotices: fc.Arbitrary<() => Promise<SignedMail>> = fc
  .record({ keys, text: writable, html: writable, subject: line, from: name, address, listed: fc.boolean() })
  .map(({ keys: used, text, html, subject, from, address: email, listed }) => async () => {
    const composed = await composeMessage({
      from: { ...letter.from, name: from },
      reply_to: listed ? letter.reply_to : null,
      to: { name: '', address: email },
      subject,
      html,
      text,
      message_id: stamp.message_id,
      date: now,
      list: listed ? { ...stamp, ...letter.list } : null,
      feedback_id: null,
      auto_submitted: true,
    });
    return { raw: await signMessage(signerWith(...used), composed, now), signatures: used.length };
  });

/** One plain letter, signed. */
export async function signedLetter(...used: readonly DkimKey[]): Promise<Buffer> {
  return asSent(await compileLetter(letter, signerWith(...used))({ ...stamp, date: now }));
}
