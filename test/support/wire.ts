import type { WireText } from '../../src/mail/wire-text.ts';

/** The bytes of a message as they are sent. */
export function asSent(raw: Buffer | WireText): Buffer {
  return Buffer.isBuffer(raw) ? raw : Buffer.concat(raw.pieces.map((piece) => Buffer.from(piece)));
}
