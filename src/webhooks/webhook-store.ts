import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { Schema } from '../db/schema.ts';
import type { PublicationId, WebhookCallId, WebhookId } from '../ids.ts';
import { TEST_EVENT } from './event-types.ts';

type Row = Selectable<Schema['webhooks']>;

/** A webhook without its secrets: they are shown once, and signed with. */
export type Webhook = Omit<Row, 'secret' | 'old_secret'>;

const WEBHOOK = [
  ...(['id', 'publication_id', 'url', 'events', 'plain_http', 'is_on', 'off_reason'] as const),
  ...(['old_secret_until', 'failing_since', 'created_at'] as const),
] as const;

export function listWebhooks(db: Db, publication: PublicationId): Promise<Webhook[]> {
  const rows = db.selectFrom('webhooks').select(WEBHOOK).where('publication_id', '=', publication);
  return rows.orderBy('id').execute();
}

export async function findWebhook(db: Db, id: WebhookId): Promise<Webhook | null> {
  const row = db.selectFrom('webhooks').select(WEBHOOK).where('id', '=', id);
  return (await row.executeTakeFirst()) ?? null;
}

export function insertWebhook(
  db: Db,
  webhook: Pick<Row, 'publication_id' | 'url' | 'events' | 'plain_http' | 'secret'>,
): Promise<Webhook> {
  return db.insertInto('webhooks').values(webhook).returning(WEBHOOK).executeTakeFirstOrThrow();
}

export async function updateWebhook(
  db: Db,
  id: WebhookId,
  webhook: Pick<Row, 'url' | 'events' | 'plain_http'>,
): Promise<void> {
  await db.updateTable('webhooks').set(webhook).where('id', '=', id).execute();
}

/** Off, what waits for it goes on waiting, and what happens meanwhile is not kept for it. */
export async function switchOff(db: Db, id: WebhookId, reason: string | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks')
    .set({ is_on: false, off_reason: reason })
    .where('id', '=', id)
    .where('is_on', '=', true)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Its five days begin anew. */
export async function switchOn(db: Db, id: WebhookId): Promise<void> {
  await db
    .updateTable('webhooks')
    .set({ is_on: true, off_reason: null, failing_since: null })
    .where('id', '=', id)
    .where('is_on', '=', false)
    .execute();
}

/** The secret of now signs beside the new one for a while. */
export async function putSecret(db: Db, id: WebhookId, secret: Buffer, oldForMs: number): Promise<void> {
  await sql`
    update webhooks set secret = ${secret}, old_secret = secret,
      old_secret_until = now() + ${oldForMs} * interval '1 millisecond'
    where id = ${id}`.execute(db);
}

export async function deleteWebhook(tx: Tx, id: WebhookId): Promise<void> {
  await tx.deleteFrom('webhooks').where('id', '=', id).execute();
  await tx.deleteFrom('webhook_calls').where('webhook_id', '=', id).execute();
}

/** An event for this webhook alone. */
export async function insertTestCall(tx: Tx, webhook: Webhook): Promise<WebhookCallId> {
  const event = { publication_id: webhook.publication_id, type: TEST_EVENT };
  const { id } = await tx
    .insertInto('webhook_events')
    .values(event)
    .returning('id')
    .executeTakeFirstOrThrow();
  const call = { webhook_id: webhook.id, event_id: id };
  return (await tx.insertInto('webhook_calls').values(call).returning('id').executeTakeFirstOrThrow()).id;
}
