import type { ReaderNow } from './ledger-store.ts';

/** This publication's reader is gone: unsubscribed, complained, erased, or asked again and not yet confirmed. */
export function hasLeft({ status }: ReaderNow): boolean {
  return status === null || status === 'unsubscribed' || status === 'complained' || status === 'pending';
}

export function isSuppressed(reader: ReaderNow): boolean {
  return !hasLeft(reader) && (reader.suppressed || reader.status === 'bounced');
}

export function isMailable(reader: ReaderNow): boolean {
  return reader.status === 'active' && !reader.suppressed;
}
