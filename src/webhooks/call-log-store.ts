import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { WebhookCallState } from '../db/webhook-tables.ts';
import type { WebhookCallId, WebhookId } from '../ids.ts';

/** A call as the log shows it. */
export interface LoggedCall {
  readonly id: WebhookCallId;
  readonly type: string;
  /** When it happened. */
  readonly at: Date;
  readonly state: WebhookCallState;
  readonly attempts: number;
  readonly tried_at: Date | null;
  /** Of the next try; null: there is none. */
  readonly due_at: Date | null;
  /** Of the last answer; null: there was none, and `answer` says why. */
  readonly code: number | null;
  readonly answer: string | null;
}

/** Newest first. */
export async function callLog(db: Db, webhook: WebhookId, limit: number): Promise<LoggedCall[]> {
  const { rows } = await sql<LoggedCall>`
    select c.id, e.type, e.at, c.state, c.attempts, c.tried_at, c.code, c.answer,
      case when c.state = 'waiting' then c.due_at end as due_at
    from webhook_calls c join webhook_events e on e.id = c.event_id
    where c.webhook_id = ${webhook} order by c.id desc limit ${limit}`.execute(db);
  return rows;
}

/**
 * Due now, whatever became of it before, with all tries before it; one that is under way is left alone.
 *
 * @returns its webhook; null where there is no such call, or it is under way.
 */
export async function makeDueAgain(db: Db, id: WebhookCallId): Promise<WebhookId | null> {
  const { rows } = await sql<{ webhook_id: WebhookId }>`
    update webhook_calls set state = 'waiting', due_at = now(), tries = 0, lease_until = null
    where id = ${id} and (lease_until is null or lease_until <= now())
    returning webhook_id`.execute(db);
  return rows[0]?.webhook_id ?? null;
}

/** All that a webhook has not taken of what happened since: what failed, and what waits for another try. */
export async function makeDueSince(db: Db, webhook: WebhookId, since: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update webhook_calls c set state = 'waiting', due_at = now(), tries = 0, lease_until = null
    from webhook_events e
    where c.webhook_id = ${webhook} and e.id = c.event_id and e.at >= ${since}
      and (c.state = 'failed' or (c.state = 'waiting' and c.tries > 0))
      and (c.lease_until is null or c.lease_until <= now())`.execute(db);
  return Number(numAffectedRows);
}

export async function webhookOfCall(db: Db, id: WebhookCallId): Promise<WebhookId | null> {
  const row = db.selectFrom('webhook_calls').select('webhook_id').where('id', '=', id);
  return (await row.executeTakeFirst())?.webhook_id ?? null;
}
