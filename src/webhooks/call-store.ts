import { sql } from 'kysely';
import { DAY_MS, SECOND_MS } from '../clock.ts';
import type { Db, Tx } from '../db/database.ts';
import type { PublicationId, SendId, SubscriberId, WebhookCallId, WebhookId } from '../ids.ts';
import { TIMEOUT_MS } from './post.ts';

// Leases and due times use the database's clock: workers run on several hosts.

/** Calls to one webhook at once, over all workers; to one that fails, a single one. */
const AT_ONCE = 4;
/** A call takes its timeout at most; then the worker that had it is gone, or may write nothing more. */
const LEASE_MS = TIMEOUT_MS + 15 * SECOND_MS;
/** A webhook that took nothing for so long is switched off. */
const FAILING_MS = 5 * DAY_MS;

/** A call as its worker has it: what it records is guarded by the fence. */
export interface ClaimedCall {
  readonly id: WebhookCallId;
  readonly webhook_id: WebhookId;
  readonly fence: number;
  /** Attempts with this one, since it was made or sent again. */
  readonly tries: number;
  readonly url: string;
  /** The keys that sign, newest first. */
  readonly secrets: readonly Buffer[];
  readonly key: string;
  readonly type: string;
  readonly at: Date;
  readonly publication_id: PublicationId;
  readonly subscriber_id: SubscriberId | null;
  readonly send_id: SendId | null;
  readonly facts: Readonly<Record<string, string | null>>;
}

/** Webhooks with calls that are due, and how many may be made at once. */
export async function dueWebhooks(db: Db): Promise<{ webhook: WebhookId; lanes: number }[]> {
  const { rows } = await sql<{ webhook: WebhookId; lanes: number }>`
    select w.id as webhook, case when w.failing_since is null then ${AT_ONCE}::int else 1 end as lanes
    from webhooks w
    where w.is_on and exists (
      select from webhook_calls c
      where c.webhook_id = w.id and c.state = 'waiting' and c.due_at <= now()
        and (c.lease_until is null or c.lease_until <= now()))`.execute(db);
  return rows;
}

/**
 * Takes the call that has been due longest, under a lease; null where none is due, or as many as may be are under way.
 *
 * @param only this call, if it is due.
 */
export function claimCall(
  db: Db,
  webhook: WebhookId,
  only: WebhookCallId | null = null,
): Promise<ClaimedCall | null> {
  return db.transaction().execute(async (tx) => {
    if (!(await lockWebhook(tx, webhook))) return null;
    const { rows } = await sql<ClaimedCall>`
      with next as (
        select c.id from webhook_calls c join webhooks w on w.id = c.webhook_id
        where c.webhook_id = ${webhook} and w.is_on and c.state = 'waiting' and c.due_at <= now()
          and (c.lease_until is null or c.lease_until <= now()) and (${only}::bigint is null or c.id = ${only})
          and (select count(*) from webhook_calls o
            where o.webhook_id = ${webhook} and o.state = 'waiting' and o.lease_until > now())
            < case when w.failing_since is null then ${AT_ONCE}::int else 1 end
        order by c.due_at, c.id limit 1
      )
      update webhook_calls c set fence = fence + 1, attempts = attempts + 1, tries = tries + 1, tried_at = now(),
        lease_until = now() + ${LEASE_MS} * interval '1 millisecond'
      from next, webhooks w, webhook_events e
      where c.id = next.id and w.id = c.webhook_id and e.id = c.event_id
        and c.state = 'waiting' and (c.lease_until is null or c.lease_until <= now())
      returning c.id, c.webhook_id, c.fence, c.tries, w.url, e.key, e.type, e.at, e.publication_id, e.subscriber_id,
        e.send_id, e.facts,
        array_remove(array[w.secret, case when w.old_secret_until > now() then w.old_secret end], null) as secrets`.execute(
      tx,
    );
    return rows[0] ?? null;
  });
}

export interface CallOutcome {
  readonly state: 'waiting' | 'taken' | 'failed';
  readonly code: number | null;
  readonly answer: string;
  /** Until the next try, where it waits for one. */
  readonly waitMs: number;
}

/**
 * What became of a call, and whether its webhook fails since.
 *
 * @returns false where the call was overtaken, or its webhook removed.
 */
export async function recordCall(tx: Tx, claim: ClaimedCall, outcome: CallOutcome): Promise<boolean> {
  if (!(await lockWebhook(tx, claim.webhook_id))) return false;
  const { state, code, answer, waitMs } = outcome;
  const { numAffectedRows } = await sql`
    update webhook_calls set state = ${state}, code = ${code}, answer = ${answer}, lease_until = null,
      due_at = now() + ${waitMs} * interval '1 millisecond'
    where id = ${claim.id} and fence = ${claim.fence} and state = 'waiting'`.execute(tx);
  if (numAffectedRows !== 1n) return false;
  await sql`
    update webhooks set failing_since = case when ${state === 'taken'} then null else coalesce(failing_since, now()) end
    where id = ${claim.webhook_id} and (failing_since is null) <> ${state === 'taken'}`.execute(tx);
  return true;
}

/** Whether it has been failing for longer than is borne. */
export async function hasFailedTooLong(tx: Tx, webhook: WebhookId): Promise<boolean> {
  const { rows } = await sql`
    select from webhooks
    where id = ${webhook} and failing_since < now() - ${FAILING_MS} * interval '1 millisecond'`.execute(tx);
  return rows.length > 0;
}

/** What is claimed and what is recorded takes turns, so that no more than {@link AT_ONCE} are under way. */
async function lockWebhook(tx: Tx, webhook: WebhookId): Promise<boolean> {
  const { rows } = await sql`select from webhooks where id = ${webhook} for no key update`.execute(tx);
  return rows.length > 0;
}

/** Old events go, with their calls; what still waited belonged to a webhook that is off or gone. */
export async function deleteWebhookEvents(db: Db, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`delete from webhook_events where at < ${before}`.execute(db);
  return Number(numAffectedRows);
}
