import { DAY_MS } from '../clock.ts';
import type { Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import { receiverOf } from '../outbound/providers.ts';
import { countBelieved, countGone, type GoneRate, heldBefore } from './wave-store.ts';

/**
 * A provider whose directory is away calls everyone "user unknown": Gmail answered 550 5.1.1 for addresses that exist, on
 * 2020-12-14 from 14:16 to 16:38 PST and on 2020-12-15 from 11:38 to 15:57 PST, 6 hours 41 minutes in all (Google's times,
 * as quoted at rightwave.com/rwi/global-gmail-incorrect-hard-bounce; seen from outside: status.mixpanel.com/incidents/vjftprp9lcbv,
 * "bad-mailbox bounces" from about 13:30 to 16:00 PST). Such a wave is an outage, not a thousand dead readers. Fewer than this
 * in an hour is no wave, whatever is usual.
 */
const LEAST_IN_A_WAVE = 50;
/** An hour of a wave has more than so many times what is usual. */
const TIMES_THE_USUAL = 5;
/** An address that is called gone again this much later is believed: an outage of a provider is over by then. */
const DOUBT_MS = DAY_MS;

export interface GoneReader {
  readonly subscriber: SubscriberId;
  readonly email: string;
}

/**
 * Of readers whose addresses are called gone, those who are believed; the others are held until the editor or the
 * next letter decides.
 */
export async function believed(
  tx: Tx,
  readers: readonly GoneReader[],
  now: Date,
): Promise<Set<SubscriberId>> {
  const again = await heldBefore(
    tx,
    readers.map(({ subscriber }) => subscriber),
    new Date(now.getTime() - DOUBT_MS),
  );
  const answer = new Set(again);
  const byProvider = Map.groupBy(
    readers.filter(({ subscriber }) => !again.has(subscriber)),
    ({ email }) => receiverOf(email),
  );
  // in the order of names: two workers never wait for each other in a circle
  for (const [provider, gone] of [...byProvider].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const taken = gone.slice(0, room(await countGone(tx, provider, now, gone.length)));
    await countBelieved(tx, provider, now, taken.length);
    for (const { subscriber } of taken) answer.add(subscriber);
  }
  return answer;
}

/** How many more of this hour are believed. */
function room({ believed: already, usual }: GoneRate): number {
  return Math.max(0, Math.floor(Math.max(LEAST_IN_A_WAVE, TIMES_THE_USUAL * usual)) - already);
}
