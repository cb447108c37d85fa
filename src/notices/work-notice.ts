import { type Clock, SECOND_MS } from '../clock.ts';
import type { Config } from '../config.ts';
import { persistently } from '../db/persistently.ts';
import type { DeliveryState } from '../db/send-tables.ts';
import type { NoticeId } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Attempt } from '../mail/attempt.ts';
import type { Outbound } from '../outbound/outbound.ts';
import { normalizeAddress } from '../publications/address.ts';
import { addressHasher } from '../publications/installation.ts';
import { findSubscriber } from '../subscribers/subscriber-store.ts';
import { findSuppression } from '../subscribers/suppression-store.ts';
import {
  claimNotice,
  extendLease,
  markHandedOver,
  type NoticeOutcome,
  putOff,
  recordOutcome,
  releaseNotice,
} from './claim-store.ts';
import type { Notice } from './notice.ts';
import { composeNotice, type MailParts } from './notice-mail.ts';
import { outcomeOf } from './notice-outcome.ts';

export interface NoticeDeps extends MailParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly outbound: Outbound;
  readonly limits: Pick<Config['limits'], 'leaseMs' | 'unknownWaitMs' | 'deferMaxAgeMs'>;
}

const SERVER_WAIT_MS = 10 * SECOND_MS;
/** A notice that cannot be written now (its template or issue is at fault) must not be tried in a tight loop. */
const FAULT_WAIT_MS = 60 * SECOND_MS;

/**
 * Sends one notice, if it is due and nobody else has it: the states and guards of the ledger.
 *
 * @returns the state that was recorded; null where there was nothing to do, or the mail server was at fault
 *   and it is due again later.
 */
export async function workNotice(deps: NoticeDeps, id: NoticeId): Promise<DeliveryState | null> {
  const notice = await claimNotice(deps.db, id, deps.limits);
  if (!notice) return null;
  const heartbeat = setInterval(() => void keepLease(deps, notice), deps.limits.leaseMs / 3);
  try {
    const outcome = await unmailable(deps, notice);
    return outcome ? await record(deps, notice, outcome) : await sendNotice(deps, notice);
  } catch (error) {
    await putOffFor(deps, notice, error).catch(() => {});
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Read just before sending: a suppressed address gets nothing but the confirm mail that its owner asked for. */
async function unmailable(deps: NoticeDeps, notice: Notice): Promise<NoticeOutcome | null> {
  const nothing = { stage: null, code: null, enhanced: null, reply: null, waitMs: 0 };
  if (notice.kind === 'welcome') {
    const reader = notice.subscriber_id === null ? null : await findSubscriber(deps.db, notice.subscriber_id);
    if (reader?.status !== 'active') return { state: 'left', ...nothing };
  }
  const address = normalizeAddress(notice.email);
  if (!address.ok) return { state: 'rejected', ...nothing, reply: `the address ${address.error}` };
  const hash = (await addressHasher(deps.db))(address.value.address_key);
  const suppressed = (await findSuppression(deps.db, hash))?.reason ?? null;
  const exempt = notice.kind === 'confirm' && suppressed !== 'manual';
  return suppressed === null || exempt ? null : { state: 'suppressed', ...nothing };
}

async function sendNotice(deps: NoticeDeps, notice: Notice): Promise<DeliveryState | null> {
  const message = await composeNotice(deps, notice, deps.clock.now());
  let state: DeliveryState | null = null;
  const attempt = await deps.outbound.send(message, {
    mark: () => markHandedOver(deps.db, notice),
    record: async (ending) => {
      const outcome = outcomeOf(ending, notice.attempts, deps.limits.unknownWaitMs);
      state = await record(deps, notice, outcome);
    },
  });
  if (attempt.kind === 'server fault') await waitForServer(deps, notice, attempt);
  if (attempt.kind === 'withheld') await releaseNotice(deps.db, notice, 0);
  return state;
}

async function waitForServer(
  deps: NoticeDeps,
  notice: Notice,
  { reason }: Attempt & { kind: 'server fault' },
) {
  deps.log.warn({ event: 'notice waits for its mail server', notice: notice.id, reason });
  await releaseNotice(deps.db, notice, SERVER_WAIT_MS);
}

/** Nobody is told by mail: what keeps a notice from being written may keep that one too. */
async function putOffFor({ db, log, limits }: NoticeDeps, notice: Notice, error: unknown): Promise<void> {
  const reason = `it could not be written: ${error instanceof Error ? error.message : 'unknown'}`;
  const givenUp = await putOff(db, notice, { waitMs: FAULT_WAIT_MS, maxAgeMs: limits.deferMaxAgeMs, reason });
  if (givenUp) log.error({ event: 'notice given up', notice: notice.id, kind: notice.kind });
}

async function record(
  deps: NoticeDeps,
  notice: Notice,
  outcome: NoticeOutcome,
): Promise<DeliveryState | null> {
  const { deferMaxAgeMs } = deps.limits;
  const state = await persistently(() => recordOutcome(deps.db, notice, outcome, deferMaxAgeMs));
  deps.log.info({ event: 'notice worked', notice: notice.id, kind: notice.kind, state });
  return state;
}

/** A lease that cannot be extended just now runs out, and the mark sees it. */
async function keepLease(deps: NoticeDeps, notice: Notice): Promise<void> {
  await extendLease(deps.db, notice, deps.limits.leaseMs).catch(() => false);
}
