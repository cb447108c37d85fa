import { dotStuffed, endsLine } from './dot-stuffing.ts';

/**
 * A message in pieces, as it goes over the wire: CRLF line ends, one at its end too, and no line begins with a dot. What
 * many messages have in common is one piece that all of them share, so that none of them has a copy.
 */
export interface WireText {
  readonly pieces: readonly (Buffer | string)[];
  /** Of all pieces together; strings in UTF-8. */
  readonly bytes: number;
  /** False: its headers hold UTF-8 (RFC 6532). Its body is ASCII in any case. */
  readonly ascii: boolean;
}

/** A message as it goes into DATA: the dots that begin its lines are doubled, and its last line has an end. */
export function dataPieces(raw: Buffer | WireText): WireText['pieces'] {
  return Buffer.isBuffer(raw) ? ended(raw, dotStuffed(raw)) : raw.pieces;
}

/** A message as it goes into a chunk (RFC 3030), where dots mean nothing. */
export function chunkPieces(raw: Buffer | WireText): WireText['pieces'] {
  return Buffer.isBuffer(raw) ? ended(raw, raw) : raw.pieces;
}

export function bytesOf(pieces: WireText['pieces']): number {
  return pieces.reduce((bytes, piece) => bytes + Buffer.byteLength(piece), 0);
}

function ended(raw: Buffer, written: Buffer): WireText['pieces'] {
  return endsLine(raw) ? [written] : [written, '\r\n'];
}
