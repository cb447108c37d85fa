import type { Db } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import { readLocale, readTimezone } from '../publications/locale.ts';
import { ok, type Result, refuse } from '../result.ts';
import { cleanName } from './clean-text.ts';
import { addHistory, lockSubscriber, setProfile } from './subscriber-store.ts';

export interface Preferences {
  readonly name: string;
  readonly locale: string;
  /** Empty: the publication's. */
  readonly timezone: string;
}

/** What a reader says of themselves. To read it: `findSubscriber`. */
export async function writePreferences(
  db: Db,
  id: SubscriberId,
  given: Preferences & { readonly now: Date },
): Promise<Result<null, 'unknown reader' | 'bad locale' | 'bad timezone'>> {
  const locale = readLocale(given.locale);
  if (locale === null) return refuse('bad locale');
  const timezone = given.timezone === '' ? null : readTimezone(given.timezone);
  if (timezone === null && given.timezone !== '') return refuse('bad timezone');
  const name = cleanName(given.name);
  return db.transaction().execute(async (tx) => {
    const reader = await lockSubscriber(tx, id);
    if (!reader) return refuse('unknown reader');
    if (reader.name === name && reader.locale === locale && reader.timezone === timezone) return ok(null);
    await setProfile(tx, id, { name, locale, timezone });
    await addHistory(tx, id, 'preferences changed', {}, given.now);
    return ok(null);
  });
}
