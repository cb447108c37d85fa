import { DAY_MS, HOUR_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { SubscriberId } from '../ids.ts';
import { cleanValue } from './clean-text.ts';
import { type LeavingAnswer, putLeavingReason } from './leaving-reason-store.ts';
import { bringBack, findSubscriber, mayComeBack, moveSubscribers } from './subscriber-store.ts';

/** How long the page's "that was a mistake" brings a reader back. */
const UNDO_WITHIN_MS = HOUR_MS;
/** How long the page that asks why may stay open. */
const ANSWER_WITHIN_MS = 7 * DAY_MS;
const MOST_WORDS = 500;

/** `unknown`: there is no such reader (any more). */
export type Leaving =
  | { readonly kind: 'left'; readonly was: SubscriberStatus }
  | { readonly kind: 'already' | 'unknown' };

export interface LeaveBy {
  readonly via: 'one-click' | 'page' | 'preferences' | 'desk' | 'mail' | 'provider';
  /** What came from outside, where the reader was not here: an event's id and who told of it. */
  readonly evidence?: object;
  readonly now: Date;
}

/** Pressing twice is as once (RFC 8058: receivers may repeat their POST). */
export async function unsubscribe(
  db: Db,
  id: SubscriberId,
  { via, now, evidence }: LeaveBy,
): Promise<Leaving> {
  const [moved] = await moveSubscribers(db, [id], {
    from: ['pending', 'active'],
    to: 'unsubscribed',
    event: 'unsubscribed',
    detail: { via, ...(evidence && { evidence }) },
    now,
  });
  if (moved) return { kind: 'left', was: moved.was };
  return { kind: (await findSubscriber(db, id)) ? 'already' : 'unknown' };
}

/** Is there something that {@link undoUnsubscribe} would undo? */
export function canUndoUnsubscribe(db: Db, id: SubscriberId, now: Date): Promise<boolean> {
  return mayComeBack(db, id, now, UNDO_WITHIN_MS);
}

/** Brings back only who was active, left by their own hand within the hour, and had nothing happen since. */
export function undoUnsubscribe(db: Db, id: SubscriberId, now: Date): Promise<boolean> {
  return bringBack(db, id, now, UNDO_WITHIN_MS);
}

/** The answer to the one question after leaving on the page; a second one changes nothing. */
export function sayWhyLeft(db: Db, id: SubscriberId, answer: LeavingAnswer, now: Date): Promise<boolean> {
  const words = [...cleanValue(answer.words)].slice(0, MOST_WORDS).join('');
  const since = new Date(now.getTime() - ANSWER_WITHIN_MS);
  return putLeavingReason(db, id, { reason: answer.reason, words }, { since, now });
}
