import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** RFC 2919: a label under a domain that the sender controls, stable when the press moves to another host. */
export function listId(slug: string, fromAddress: string): string {
  return `${slug}.${domainOf(fromAddress)}`;
}

/**
 * Gmail's Feedback-ID `issue:publication:kind:sender`; the sender part has 5 to 15 characters and is constant,
 * and no part names a reader (support.google.com/mail/answer/6254652).
 */
export function feedbackId(issue: string, publication: string, fromAddress: string): string {
  const sender = domainOf(fromAddress)
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 15)
    .padEnd(5, 'x');
  return [issue, publication, 'letter', sender].join(':');
}

/**
 * A Message-ID that follows from the row alone, so that a second copy is recognised by whoever gets both.
 *
 * @param row such as `d7.1234` (send 7, subscriber 1234) or `n12`.
 * @param key made of the installation's salt, so that ids cannot be guessed; a key object, because node:crypto takes
 *   five times as long with the bytes.
 */
export function messageId(row: string, key: KeyObject, fromAddress: string): string {
  return `<${row}.${macOf(row, key)}@${domainOf(fromAddress)}>`;
}

const MESSAGE_ID = /^<?((?:d\d{1,15}\.|n)\d{1,15})\.([0-9a-f]{16})@[^\s<>@]{1,255}>?$/;

/** The row that a {@link messageId} was made of; null for one that this press did not make. */
export function readMessageId(text: string, key: KeyObject): string | null {
  const [, row, mac] = MESSAGE_ID.exec(text.trim()) ?? [];
  if (row === undefined || mac === undefined) return null;
  return timingSafeEqual(Buffer.from(macOf(row, key)), Buffer.from(mac)) ? row : null;
}

function macOf(row: string, key: KeyObject): string {
  return createHmac('sha256', key).update(`message-id\0${row}`).digest('hex').slice(0, 16);
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
