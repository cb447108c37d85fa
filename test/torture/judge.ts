import type { Copy } from './sink-orders.ts';
import type { LedgerRow } from './torture-store.ts';

/** What a round came to, by the sink's word and the ledger's. */
export interface Verdict {
  /** Neither accepted at the sink nor final in the ledger for a stated reason; or "accepted" and never seen by the sink. */
  readonly lost: string[];
  /** Copies beyond the first, by recipient. */
  readonly twice: number;
  readonly unknown: number;
  /** Copies for nobody in the audience, and second copies that do not bear the first one's Message-ID. */
  readonly strange: string[];
}

export function judge(ledger: readonly LedgerRow[], copies: readonly Copy[]): Verdict {
  const first = new Map<string, string>();
  const audience = new Set(ledger.map(({ email }) => email));
  const ids = new Map<string, string>();
  const strange: string[] = [];
  for (const [to, id] of copies) {
    if (!first.has(to)) first.set(to, id);
    if (!audience.has(to)) strange.push(`${to} is not in the audience`);
    if (first.get(to) !== id) strange.push(`${to} got a second copy under another Message-ID`);
    if (!id || (ids.get(id) ?? to) !== to) strange.push(`${to} got a Message-ID that is not its own`);
    ids.set(id, to);
  }
  return {
    lost: ledger.filter((row) => isLost(row, first.has(row.email))).map(({ email }) => email),
    twice: copies.length - first.size,
    unknown: ledger.filter(({ state }) => state === 'unknown').length,
    strange,
  };
}

function isLost({ state, reply }: LedgerRow, seen: boolean): boolean {
  switch (state) {
    case 'accepted':
      return !seen;
    case 'rejected':
      return !reply;
    case 'suppressed':
    case 'left':
    case 'unknown':
      return false;
    case 'queued':
    case 'handed over':
    case 'deferred':
    case null:
      return true;
  }
}
