import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { HOUR_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';

const SALT_BYTES = 32;
/** Clocks of several machines differ, and a visit of the day's last second is written a little later. */
const GRACE_MS = HOUR_MS;

/** "2026-11-23", in UTC. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/** The day's salt, the same for all processes; whoever asks first makes it. */
export async function saltOfDay(db: Db, day: string): Promise<Buffer> {
  const { rows } = await sql<{ salt: Buffer }>`
    insert into visit_salts (day, salt) values (${day}::date, ${randomBytes(SALT_BYTES)})
    on conflict (day) do update set salt = visit_salts.salt
    returning salt`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('no salt for the day');
  return row.salt;
}

/** Deletes the salts of days that are over. @returns how many. */
export async function deleteOldSalts(db: Db, now: Date): Promise<number> {
  const today = dayOf(new Date(now.getTime() - GRACE_MS));
  const result = await db.deleteFrom('visit_salts').where('day', '<', today).executeTakeFirst();
  return Number(result.numDeletedRows);
}
