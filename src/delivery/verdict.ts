import type { Publication } from '../publications/publication.ts';
import { unreachable } from '../result.ts';

/** What came of the letters that canary or breaker looks at. */
export interface Answers {
  readonly accepted: number;
  readonly rejected: number;
  /** Addresses that are no more. */
  readonly bounced: number;
  /** Readers who reported the letter as spam. */
  readonly complained: number;
}

/**
 * A publication's limits, in per cent. Their defaults: 0.3 % complaints is what Gmail and Yahoo ask to stay below
 * (support.google.com/a/answer/81126, senders.yahooinc.com/best-practices); from 5 % bounces on Amazon SES reviews
 * a sender, from 10 % on it pauses one ("Reputation metrics messages" in its developer guide).
 */
type Limits = Pick<Publication, 'rejected_limit' | 'bounced_limit' | 'complained_limit'>;

/** More of something went wrong than the publication's limit allows. */
export interface Excess {
  readonly kind: 'complained' | 'bounced' | 'rejected';
  readonly count: number;
  readonly of: number;
  readonly limit: number;
}

/** The worst that a limit names, or null while all are kept. Shares are of the letters that have an outcome. */
export function excessOf(answers: Answers, limits: Limits): Excess | null {
  const of = answers.accepted + answers.rejected;
  const found: Excess[] = [
    { kind: 'complained', count: answers.complained, of, limit: limits.complained_limit },
    { kind: 'bounced', count: answers.bounced, of, limit: limits.bounced_limit },
    { kind: 'rejected', count: answers.rejected, of, limit: limits.rejected_limit },
  ];
  return found.find(isExcess) ?? null;
}

/** One report of spam alone is above 0.3 % of every small list, and says little: two are asked for. */
function isExcess({ kind, count, of, limit }: Excess): boolean {
  return percent(count, of) > limit && (kind !== 'complained' || count > 1);
}

/** "43 of 100 letters were rejected (43%, the limit is 10%), most often with: 550 5.7.1 Blocked" */
export function excessWords(excess: Excess, commonest: string | null): string {
  const { kind, count, of, limit } = excess;
  const counted = `${showCount(count)} of ${showCount(of)} letters`;
  const share = `(${showPercent(percent(count, of))}%, the limit is ${limit}%)`;
  const most = commonest === null ? '' : `, most often with: ${commonest}`;
  switch (kind) {
    case 'rejected':
      return `${counted} were rejected ${share}${most}`;
    case 'bounced':
      return `${counted} went to addresses that are no more ${share}${most}`;
    case 'complained':
      return `${counted} were reported as spam ${share}`;
    default:
      return unreachable(kind);
  }
}

function percent(count: number, of: number): number {
  return of === 0 ? 0 : (100 * count) / of;
}

/** "11,970" */
export function showCount(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** Two digits: 43, 4.3, 0.35; never as little as the limit that it is above. */
function showPercent(value: number): number {
  return value >= 10 ? Math.round(value * 10) / 10 : Number(value.toPrecision(2));
}
