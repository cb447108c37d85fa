import { createHash, sign as cryptoSign } from 'node:crypto';
import type { DkimKey } from '../config/dkim.ts';
import { bodyHash, relaxedField } from './dkim-canonical.ts';

/** Puts this press's name to what it sends. */
export interface Signer {
  /**
   * @param head the header fields, each with its CRLF.
   * @param body the SHA-256 of the body in its relaxed form.
   * @returns the DKIM-Signature fields, one for each key, to stand above the head.
   */
  sign(head: string, body: Buffer, date: Date): Promise<string>;
}

/**
 * What a signature covers even where it is absent (RFC 6376 section 5.4.1). Mail programs offer the one-click
 * unsubscribe only where both of its fields are covered (RFC 8058 section 4), and Gmail heeds a Feedback-ID only then.
 */
const COVERED = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'Reply-To',
  'MIME-Version',
  'Content-Type',
  'List-Id',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'Feedback-ID',
];
const LINE = 76;

/** @returns null where there is no key: nothing is signed, and nothing computed for it. */
export function createSigner(keys: readonly DkimKey[]): Signer | null {
  if (keys.length === 0) return null;
  return {
    async sign(head, body, date) {
      const covered = cover(head);
      const fields = keys.map((key) => signatureField(key, covered, body, date));
      return (await Promise.all(fields)).join('');
    },
  };
}

/** A whole message with its signatures; without a signer as it is. */
export async function signMessage(signer: Signer | null, message: Buffer, date: Date): Promise<Buffer> {
  if (!signer) return message;
  // as bytes: what stands in it may be in any charset
  const text = message.toString('latin1');
  const end = text.indexOf('\r\n\r\n') + 2;
  const head = message.toString('utf8', 0, end);
  const signatures = await signer.sign(head, bodyHash(text.slice(end + 2)), date);
  return Buffer.concat([Buffer.from(signatures), message]);
}

interface Covered {
  /** The names for `h=`. */
  readonly names: readonly string[];
  /** What is signed of the head: the fields in the order of the names, relaxed, each with its CRLF. */
  readonly data: string;
}

/**
 * Every field there is and all of {@link COVERED}, each named once more than it is present: a field that somebody
 * adds on the way breaks the signature (RFC 6376 section 8.15). Several of one name are taken from the last (5.4.2).
 */
function cover(head: string): Covered {
  const fields = head.split(/\r\n(?![ \t])/).filter(Boolean);
  const present = Map.groupBy(fields, (field) => nameOf(field).toLowerCase());
  const others = [...present.values()]
    .map(([field = '']) => nameOf(field))
    .filter((name) => !isCovered(name));
  const names: string[] = [];
  const data: string[] = [];
  for (const name of [...COVERED, ...others]) {
    const found = present.get(name.toLowerCase()) ?? [];
    for (const field of found.toReversed()) data.push(`${relaxedField(field)}\r\n`);
    names.push(...Array(found.length + 1).fill(name));
  }
  return { names, data: data.join('') };
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':')).trimEnd();
}

const coveredNames = new Set(COVERED.map((name) => name.toLowerCase()));

function isCovered(name: string): boolean {
  return coveredNames.has(name.toLowerCase());
}

/** One field, folded; the signature is over the covered fields and over this one with its `b=` empty (section 3.7). */
async function signatureField(key: DkimKey, covered: Covered, body: Buffer, date: Date): Promise<string> {
  const { domain, selector, kind } = key;
  const unsigned = [
    `DKIM-Signature: v=1; a=${kind}-sha256; c=relaxed/relaxed; d=${domain};`,
    ` s=${selector}; t=${Math.floor(date.getTime() / 1000)};`,
    ` bh=${body.toString('base64')};`,
    `${foldNames(covered.names)};`,
    ' b=',
  ].join('\r\n');
  const signature = await signature64(key, `${covered.data}${relaxedField(unsigned)}`);
  return `${unsigned}${signature.replace(/.{72}(?=.)/g, '$&\r\n ')}\r\n`;
}

/** White space may stand after a colon of `h=` (section 3.5). */
function foldNames(names: readonly string[]): string {
  const lines = [' h='];
  names.forEach((name, at) => {
    const word = at === names.length - 1 ? name : `${name}:`;
    const line = lines.at(-1) ?? '';
    if (line.length + word.length < LINE) lines[lines.length - 1] = line + word;
    else lines.push(` ${word}`);
  });
  return lines.join('\r\n');
}

/** On the thread pool, so that letters are written meanwhile. Ed25519 signs the hash of the data (RFC 8463 section 3). */
function signature64({ kind, key }: DkimKey, data: string): Promise<string> {
  const [algorithm, bytes] =
    kind === 'rsa' ? ['sha256', Buffer.from(data)] : [null, createHash('sha256').update(data).digest()];
  return new Promise((resolve, reject) => {
    cryptoSign(algorithm, bytes, key, (error, signature) =>
      error ? reject(error) : resolve(signature.toString('base64')),
    );
  });
}
