import type { Clock } from '../clock.ts';
import type { Tx } from '../db/database.ts';
import { type SubscriberId, showId } from '../ids.ts';
import type { Log } from '../log.ts';
import { unreachable } from '../result.ts';
import { unsubscribe } from '../subscribers/leave.ts';
import { endSubscription, suppressReader } from '../subscribers/suppress.ts';
import { EFFECTS } from './effects.ts';
import { type FeedbackEvent, scoreOf, setEffect } from './feedback-event-store.ts';
import { emailsOf } from './find-mail-store.ts';
import { type TellWaveDeps, tellWaves } from './tell-wave.ts';
import { believed } from './wave.ts';

interface Deps extends TellWaveDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** An event that was taken just now, with all the readers it concerns. */
interface TakenEvent extends FeedbackEvent {
  readonly readers: readonly SubscriberId[];
}

/** Changes the readers as the table of effects says, in the order of their ids, which is everybody's order of locking. */
export async function affectReaders(tx: Tx, deps: Deps, taken: readonly TakenEvent[]): Promise<void> {
  const events = taken.toSorted((a, b) => (a.subscriber_id ?? 0) - (b.subscriber_id ?? 0));
  await suppressGone(
    tx,
    deps,
    events.filter(({ meaning }) => EFFECTS[meaning].reader === 'suppress'),
  );
  for (const event of events) await affect(tx, deps, event);
}

async function affect(tx: Tx, deps: Deps, event: TakenEvent): Promise<void> {
  const { reader } = EFFECTS[event.meaning];
  switch (reader) {
    case 'score':
      return score(tx, deps, event);
    case 'complain':
      return complain(tx, deps, event);
    case 'leave':
      return leave(tx, deps, event);
    case 'suppress': // many at once, see above
    case 'clear':
    case 'nothing':
      return;
    default:
      return unreachable(reader);
  }
}

/** Addresses that are no more: each is believed, or held as part of a wave. */
async function suppressGone(tx: Tx, deps: Deps, events: readonly TakenEvent[]): Promise<void> {
  const emails = await emailsOf(
    tx,
    events.flatMap(({ readers }) => readers),
  );
  const gone = events.flatMap(({ readers }) =>
    readers.flatMap((subscriber) => {
      const email = emails.get(subscriber);
      return email === undefined ? [] : [{ subscriber, email }];
    }),
  );
  const trusted = await believed(tx, gone, deps.clock.now());
  const [sure, doubted] = [
    events.filter(({ readers }) => readers.some((id) => trusted.has(id))),
    events.filter(
      ({ readers }) => readers.some((id) => emails.has(id)) && !readers.some((id) => trusted.has(id)),
    ),
  ];
  for (const event of sure) await suppress(tx, deps, event, 'bounce');
  if (doubted.length === 0) return;
  await setEffect(tx, idsOf(doubted), 'held');
  deps.log.warn({ event: 'suppressions held', readers: doubted.length });
  const held = new Set(doubted.flatMap(({ readers }) => readers));
  await tellWaves(
    tx,
    deps,
    gone.filter(({ subscriber }) => held.has(subscriber)),
    deps.clock.now(),
  );
}

async function score(tx: Tx, { clock, log }: Deps, event: TakenEvent): Promise<void> {
  const [reader] = event.readers;
  const scored = reader === undefined ? null : await scoreOf(tx, reader);
  if (reader === undefined || !scored) return;
  await setEffect(tx, [event.id], scored.days < scored.limit ? 'scored' : 'suppressed');
  if (scored.days < scored.limit) return;
  await endSubscription(tx, reader, {
    evidence: { ...evidenceOf(event), days: scored.days },
    now: clock.now(),
  });
  log.info({ event: 'subscription ended', subscriber: reader, days: scored.days });
}

function complain(tx: Tx, deps: Deps, event: TakenEvent): Promise<void> {
  return suppress(tx, deps, event, 'complaint');
}

/** All rows of one person have one address: the first that is there stands for them. */
async function suppress(
  tx: Tx,
  { clock, log }: Deps,
  event: TakenEvent,
  reason: 'bounce' | 'complaint',
): Promise<void> {
  for (const reader of event.readers) {
    if (!(await suppressReader(tx, reader, { reason, evidence: evidenceOf(event), now: clock.now() })))
      continue;
    await setEffect(tx, [event.id], 'suppressed');
    log.info({ event: 'reader suppressed', subscriber: reader, send: event.send_id, reason });
    return;
  }
}

async function leave(tx: Tx, { clock, log }: Deps, event: TakenEvent): Promise<void> {
  for (const reader of event.readers) {
    const via = event.source === 'mail' ? 'mail' : 'provider';
    const by = { via, evidence: evidenceOf(event), now: clock.now() } as const;
    const { kind } = await unsubscribe(tx, reader, by);
    if (kind !== 'left') continue;
    await setEffect(tx, [event.id], 'left');
    log.info({ event: 'unsubscribed', subscriber: reader, via });
  }
}

function idsOf(events: readonly TakenEvent[]) {
  return events.map(({ id }) => id);
}

/** Why, for the suppression and the reader's history: the event leads to the raw one. */
export function evidenceOf({
  id,
  send_id,
  source,
  reply,
}: Pick<FeedbackEvent, 'id' | 'send_id' | 'source' | 'reply'>): Readonly<Record<string, unknown>> {
  return { event: id, source, reply, ...(send_id !== null && { send: showId('send', send_id) }) };
}
