import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import type { ImportRow } from './import-row.ts';

/** What is there of an address before its row is imported. */
export interface Existing {
  readonly id: SubscriberId;
  readonly status: SubscriberStatus;
  readonly name: string;
  readonly locale: string;
  readonly timezone: string | null;
  readonly attributes: Readonly<Record<string, string>>;
}

export type Decision =
  | { readonly kind: 'add' }
  | { readonly kind: 'change'; readonly to: SubscriberStatus | null }
  | { readonly kind: 'unchanged' | 'suppressed' };

export function hasLeft(status: SubscriberStatus): boolean {
  return status === 'unsubscribed' || status === 'bounced' || status === 'complained';
}

/**
 * An import moves a reader only towards having left. It brings nobody back who left, confirms nobody who
 * was asked, and adds nobody whose address must not be mailed.
 */
export function decide(row: ImportRow, existing: Existing | undefined, suppressed: boolean): Decision {
  if (!existing) return { kind: suppressed ? 'suppressed' : 'add' };
  const to = hasLeft(row.status) && !hasLeft(existing.status) ? row.status : null;
  if (suppressed && to === null) return { kind: 'suppressed' };
  return to === null && !changesProfile(row, existing) ? { kind: 'unchanged' } : { kind: 'change', to };
}

/** An empty cell takes nothing away. */
function changesProfile(row: ImportRow, existing: Existing): boolean {
  const plain = (['name', 'locale', 'timezone'] as const).some(
    (field) => row[field] !== null && row[field] !== existing[field],
  );
  return plain || Object.entries(row.attributes).some(([name, value]) => existing.attributes[name] !== value);
}
