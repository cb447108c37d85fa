import type { Db } from '../db/database.ts';
import type { LinkId } from '../ids.ts';

/** All links of the edition that has this one: whoever opens a letter clicks on others of them next. */
export function linksBeside(db: Db, link: LinkId): Promise<{ readonly id: LinkId; readonly url: string }[]> {
  return db
    .selectFrom('links')
    .select(['id', 'url'])
    .where('edition_id', '=', (eb) => eb.selectFrom('links').select('edition_id').where('id', '=', link))
    .execute();
}
