import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { VisitKind } from '../db/visit-tables.ts';
import type { NamedDelivery } from '../delivery/unknown-store.ts';
import type { LinkId, SendId, SubscriberId } from '../ids.ts';

/** What is kept of a visit. */
export interface NewVisit {
  readonly at: Date;
  readonly kind: VisitKind;
  readonly method: 'GET' | 'HEAD';
  readonly send: SendId;
  readonly link: LinkId | null;
  readonly subscriber: SubscriberId | null;
  readonly visitor: Buffer;
  readonly agent: string;
  readonly network: string | null;
  readonly prefetch: boolean;
}

/**
 * Writes visits, all in one statement. What the publication counts and what its readers agreed to is asked as it is now,
 * whatever the letter was stamped with: where counting is off nothing is written, and who is not followed any more is not
 * named. Of a send that is condensed nothing is counted either.
 *
 * @returns the deliveries that followed readers showed to have arrived.
 */
export async function insertVisits(db: Db, visits: readonly NewVisit[]): Promise<NamedDelivery[]> {
  const { rows } = await sql<NamedDelivery>`
    with written as (
      insert into visits (at, kind, method, send_id, link_id, subscriber_id, visitor, agent, network, prefetch, since_send_s)
      select g.at, g.kind, g.method, g.send_id, g.link_id, r.id, g.visitor, g.agent, g.network, g.prefetch,
        extract(epoch from g.at - ${acceptedAt(visits)})
      from ${given(visits)}
      join sends s on s.id = g.send_id and s.condensed_at is null
      join publications p on p.id = s.publication_id and p.tracking <> 'off'
      left join subscribers r
        on r.id = g.subscriber_id and r.followed_since is not null and p.tracking = 'individual'
      returning send_id, subscriber_id
    )
    select distinct send_id as send, subscriber_id as subscriber from written where subscriber_id is not null`.execute(
    db,
  );
  return rows;
}

/** When this reader's letter was accepted; where that is not known, when the send started. The sends are named as values, so
 * that the other sends' parts of the ledger are left out of the plan. */
function acceptedAt(visits: readonly NewVisit[]): RawBuilder<Date> {
  const sends = [...new Set(visits.filter(({ subscriber }) => subscriber !== null).map(({ send }) => send))];
  if (sends.length === 0) return sql`s.started_at`;
  return sql`coalesce((
          select d.updated_at from deliveries d
          where d.send_id = g.send_id and d.subscriber_id = r.id and d.state = 'accepted' and d.send_id = any(${sends}::bigint[])
        ), s.started_at)`;
}

/** The visits as rows `g`. */
function given(visits: readonly NewVisit[]): RawBuilder<unknown> {
  const column = <Key extends keyof NewVisit>(key: Key) => visits.map((visit) => visit[key]);
  return sql`unnest(
        ${column('at')}::timestamptz[], ${column('kind')}::text[], ${column('method')}::text[], ${column('send')}::bigint[],
        ${column('link')}::bigint[], ${column('subscriber')}::bigint[], ${column('visitor')}::bytea[],
        ${column('agent')}::text[], ${column('network')}::text[], ${column('prefetch')}::boolean[]
      ) as g(at, kind, method, send_id, link_id, subscriber_id, visitor, agent, network, prefetch)`;
}

/** What was known of a reader's visits stays as visits of nobody: the reader is erased, or takes the consent back. */
export async function forgetVisitsOf(db: Db, subscribers: readonly SubscriberId[]): Promise<void> {
  await sql`
    update visits set subscriber_id = null where subscriber_id = any(${subscribers}::bigint[])`.execute(db);
}
