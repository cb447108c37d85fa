import { type RawBuilder, sql } from 'kysely';
import type { SendId } from '../ids.ts';
import type { Claim } from './batch-store.ts';

// One flush writes the rows of several batches, each under its own claim.

/** What one statement writes: rows of one send, and each claim that they stand under, once. */
export interface Part<Item> {
  readonly send: SendId;
  readonly claims: readonly Claim[];
  readonly items: readonly Item[];
}

interface Claimed {
  readonly claim: Claim;
}

/**
 * Writes items a send at a time. A statement writes nothing unless all of its claims are held; when one of them is
 * not (another worker has the batch, or it was cancelled), each claim's items are written by themselves.
 *
 * @param write answers whether all of the part's claims were held.
 */
export async function writeUnderClaims<Item extends Claimed>(
  items: readonly Item[],
  write: (part: Part<Item>) => Promise<boolean>,
): Promise<void> {
  for (const part of partsBy(items, ({ send }) => `${send}`)) {
    if ((await write(part)) || part.claims.length === 1) continue;
    for (const alone of partsBy(part.items, keyOf)) await write(alone);
  }
}

function keyOf({ send, batch, fence }: Claim): string {
  return `${send}/${batch}/${fence}`;
}

function partsBy<Item extends Claimed>(items: readonly Item[], by: (claim: Claim) => string): Part<Item>[] {
  return [...Map.groupBy(items, ({ claim }) => by(claim)).values()].flatMap(([first, ...more]) => {
    if (!first) return [];
    const claims = new Map([first, ...more].map(({ claim }) => [keyOf(claim), claim]));
    return { send: first.claim.send, claims: [...claims.values()], items: [first, ...more] };
  });
}

/**
 * The batches of a part whose fences are still those of the claims, each kept so to the end of the statement: whoever
 * takes one over, or changes its rows for an editor, waits, or has gone first and is seen. In the order in which
 * batches are always taken, so that nobody waits in a circle.
 */
export function heldBatches({ send, claims }: Part<unknown>, also = sql`true`): RawBuilder<unknown> {
  const numbers = claims.map(({ batch }) => batch);
  const fences = claims.map(({ fence }) => fence);
  return sql`
      select number from batches
      where send_id = ${send} and number = any(${numbers}::int[])
        and fence = (${fences}::int[])[array_position(${numbers}::int[], number)] and ${also}
      order by number for share`;
}

/** Whether the statement's part `held` found all batches of a part. */
export function allHeld({ claims }: Part<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(select count(*) from held) = ${claims.length}`;
}
