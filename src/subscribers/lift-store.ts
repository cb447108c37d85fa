import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';
import type { SuppressionReason } from '../db/leaving-tables.ts';
import type { SubscriberStatus } from '../db/schema.ts';
import type { EditorId, SubscriberId } from '../ids.ts';
import { readSuppression, type Suppression } from './suppression-store.ts';

/** Who lifts a suppression: the reader, an editor, or whoever runs commands on the machine. */
export type LiftedBy =
  | { readonly via: 'confirmation' | 'command line' }
  | { readonly via: 'desk'; readonly editor: { readonly id: EditorId; readonly email: string } };

export interface Lift {
  readonly by: LiftedBy;
  /** In words; empty where the reader did it. */
  readonly why: string;
  readonly now: Date;
}

export interface TakenSuppression {
  readonly reason: SuppressionReason;
  /** Only the hash was there: the person had asked to be erased. */
  readonly erased: boolean;
}

/** Lifts a suppression that has one of these reasons, and keeps it as one that was. Null: there is none such (any more). */
export async function takeSuppression(
  tx: Tx,
  addressHash: Buffer,
  reasons: readonly SuppressionReason[],
  { by, why, now }: Lift,
): Promise<TakenSuppression | null> {
  const { rows } = await sql<TakenSuppression>`
    with gone as (
      delete from suppressions where address_hash = ${addressHash} and reason = any(${reasons}::text[])
      returning address_hash, email, reason, evidence, since, replaced
    )
    insert into lifted_suppressions
      (address_hash, email, reason, evidence, since, replaced, lifted_at, via, editor_id, why)
    select gone.*, ${now}, ${by.via}, ${by.via === 'desk' ? by.editor.id : null}, ${why} from gone
    returning reason, email is null as erased`.execute(tx);
  return rows[0] ?? null;
}

/** A suppression that was, and who lifted it. */
export interface LiftedSuppression extends Suppression {
  readonly lifted_at: Date;
  readonly via: LiftedBy['via'];
  /** The editor's address; null where it was none, or one who is gone. */
  readonly editor: string | null;
  readonly why: string;
}

/** Newest first. */
export async function liftedSuppressions(db: Db, addressHash: Buffer): Promise<LiftedSuppression[]> {
  const rows = await db
    .selectFrom('lifted_suppressions as l')
    .leftJoin('editors', 'editors.id', 'l.editor_id')
    .select(['l.reason', 'l.since', 'l.evidence', 'l.replaced'])
    .select(['l.lifted_at', 'l.via', 'l.why', 'editors.email as editor'])
    .where('l.address_hash', '=', addressHash)
    .orderBy('l.id', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, ...readSuppression(row) }));
}

/** For one who is erased. */
export async function eraseLifted(tx: Tx, addressHash: Buffer): Promise<void> {
  await tx.deleteFrom('lifted_suppressions').where('address_hash', '=', addressHash).execute();
}

/**
 * What those of them were whom a suppression made `bounced` or `complained`. A subscription that ended otherwise (by an
 * import, or by soft bounces on many days) was not ended by a suppression, and has no line here.
 */
export async function statusesBefore(
  db: Db,
  ids: readonly SubscriberId[],
): Promise<Map<SubscriberId, SubscriberStatus>> {
  const { rows } = await sql<{ id: SubscriberId; was: SubscriberStatus }>`
    select id, was from (
      select distinct on (s.id) s.id, e.detail->>'from' as was,
        e.detail ? 'evidence' and not e.detail->'evidence' ? 'days' as by_suppression
      from subscribers s join subscriber_events e on e.subscriber_id = s.id and e.event = s.status
      where s.id = any(${ids}::bigint[]) and s.status in ('bounced', 'complained')
      order by s.id, e.id desc
    ) last
    where by_suppression and was in ('pending', 'active')`.execute(db);
  return new Map(rows.map(({ id, was }) => [id, was]));
}
