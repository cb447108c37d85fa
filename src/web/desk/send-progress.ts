import type { Receipt } from '../../delivery/receipt.ts';
import type { LimitInForce } from '../../outbound/throttle-store.ts';
import { count, plural } from './desk-page.ts';
import { throttleWords } from './throttle-words.ts';

const COUNTED = [
  'accepted',
  'queued',
  'deferred',
  'rejected',
  'suppressed',
  'left',
  'unknown',
  'audience',
] as const;

/** What moves on a send's page while it runs. */
export interface Progress {
  /** Another key: more than numbers has changed, and the page is to be asked for again. */
  readonly key: string;
  /** Nothing moves any more. */
  readonly final: boolean;
  readonly audience: number;
  readonly done: number;
  /** Texts by the name of their place on the page. */
  readonly shown: Readonly<Record<(typeof COUNTED)[number] | 'words', string>>;
}

/**
 * @param rate readers a second; null where it is not known.
 * @param limits what receiving providers are sent at most just now.
 */
export function progressOf(
  now: Receipt,
  rate: number | null,
  limits: readonly LimitInForce[] = [],
): Progress {
  const done = doneOf(now);
  const counts = Object.fromEntries(COUNTED.map((name) => [name, count(now[name])]));
  const words = [
    `${count(done)} of ${count(now.audience)} done`,
    ...paceWords(now, rate),
    ...throttleWords(limits),
  ];
  return {
    key: [
      ...[now.state, now.audience > 0, now.waiting_reason, now.held_reason, now.paused_reason],
      ...[now.canary?.state, now.canary?.until, now.later?.readers],
    ].join('|'),
    final: now.state === 'finished' || now.state === 'cancelled',
    audience: now.audience,
    done,
    shown: { ...(counts as Record<(typeof COUNTED)[number], string>), words: words.join(', ') },
  };
}

/** Readers whose turn is over, whatever came of it. */
export function doneOf(now: Receipt): number {
  return now.audience - now.queued - now.deferred;
}

function paceWords(now: Receipt, rate: number | null): string[] {
  if (now.state !== 'sending' || now.waiting_reason !== null || now.canary?.state === 'running' || !rate)
    return [];
  const due = now.queued - (now.later?.readers ?? 0);
  const left = due > 0 ? [timeLeft(due / rate)] : [];
  return [
    rate >= 1 ? `about ${count(rounded(rate))} a second` : `about ${count(rate * 60)} a minute`,
    ...left,
  ];
}

/** Two digits: "1,200", "95", "3". */
function rounded(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.round(value / step) * step;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** In the unit that a person would say it in. */
function timeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 1.5 * MINUTE) return `about ${Math.round(seconds / 5) * 5} seconds left`;
  if (seconds < 1.5 * HOUR) return `about ${plural(Math.round(seconds / MINUTE), 'minute')} left`;
  return `about ${plural(Math.round(seconds / HOUR), 'hour')} left`;
}
