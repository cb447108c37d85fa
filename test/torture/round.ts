import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { findSend } from '../../src/delivery/send-store.ts';
import { asId, type SendId } from '../../src/ids.ts';
import { call } from '../support/bring-up.ts';
import type { TortureFault } from './faults.ts';
import { judge, type Verdict } from './judge.ts';
import { CONNECTIONS, type Surroundings, WORKERS } from './surroundings.ts';
import { expiredClaims, ledgerOf, passDeferrals, statesOf } from './torture-store.ts';

export interface Round extends Verdict {
  readonly fault: TortureFault;
  readonly seconds: number;
  /** Workers that were killed, or stopped for longer than their lease. */
  readonly fallen: number;
  /** What design allows beyond one copy each. */
  readonly bound: number;
  /** Why the send did not finish by itself; null: it did. */
  readonly stuck: string | null;
}

const POLL_MS = 100;
/** More than a command takes to start, on a busy machine too. */
const SCHEDULED_AHEAD_MS = 8000;
/** Nothing in a round waits longer: a send that is not finished by then is stuck. */
const STUCK_SECONDS = 90;
/** A worker that was superseded may still hand over what it had marked. */
const QUIET_MS = 500;

/** One send with one fault in its middle; it must finish by itself, and then ledger and sink are compared. */
export async function playRound(around: Surroundings, fault: TortureFault, readers: number): Promise<Round> {
  const { sink, database, env, workers } = around;
  const began = performance.now();
  await sink.order({ order: 'begin' });
  await fault.prepare(around, readers);
  workers.countFallen();
  const send = sendIn(await call(['send', 'short', ...(await flags(around, fault))], env));
  await sink.order({ order: 'tell at', taken: Math.ceil(readers * (0.05 + 0.7 * Math.random())) });
  await sleep(Math.random() * 20);
  await fault.inject(around, send);
  const expired = new Set<string>();
  const stuck = await finished(around, send, expired);
  await quiet(around);
  const fallen = workers.countFallen();
  await workers.reprieve();
  const { taken, broken } = await sink.order({ order: 'report' });
  return {
    ...judge(await ledgerOf(database.db, send), taken),
    fault,
    stuck,
    fallen,
    bound: boundOf(around, fallen, expired.size, broken),
    seconds: (performance.now() - began) / 1000,
  };
}

/**
 * design, invariant 3: 2 x connections x depth for each worker killed or superseded, depth for each connection that
 * broke after a final dot. A worker may lose its leases without our stopping it (Postgres was away): superseded too.
 */
function boundOf({ depth }: Surroundings, fallen: number, expired: number, broken: number): number {
  const superseded = fallen || Math.min(expired, WORKERS);
  return 2 * CONNECTIONS * depth * superseded + depth * broken;
}

async function flags({ database }: Surroundings, { scheduled }: TortureFault): Promise<string[]> {
  const first = await database.db.selectFrom('sends').select('id').executeTakeFirst();
  const at = new Date(Date.now() + SCHEDULED_AHEAD_MS).toISOString();
  return [...(first ? ['--again'] : []), ...(scheduled ? ['--at', at] : [])];
}

function sendIn(receipt: unknown): SendId {
  const { send } = z.object({ send: z.string() }).parse(receipt);
  return asId<SendId>(Number(send.slice(1)));
}

/** Waits for the end; meanwhile it notes whose lease runs out. */
async function finished(
  { database: { db } }: Surroundings,
  send: SendId,
  expired: Set<string>,
): Promise<string | null> {
  for (const end = performance.now() + STUCK_SECONDS * 1000; performance.now() < end; ) {
    if ((await findSend(db, send)).state === 'finished') return null;
    await passDeferrals(db, send);
    for (const claim of await expiredClaims(db, send)) expired.add(claim);
    await sleep(POLL_MS);
  }
  return statesOf(db, send);
}

async function quiet({ sink }: Surroundings): Promise<void> {
  for (let before = -1, now = 0; now !== before; ) {
    before = now;
    await sleep(QUIET_MS);
    now = (await sink.order({ order: 'tell at', taken: 0 })).count;
  }
}
