import { IANAZone } from 'luxon';

/** The canonical BCP 47 form (`de-AT`), also of `de_at`; null for what is no language tag. */
export function readLocale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text.trim().replaceAll('_', '-'))[0] ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** An IANA zone by its name; offsets such as `+01:00` know no daylight saving and are refused. */
export function readTimezone(text: string): string | null {
  const name = text.trim();
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name) ? name : null;
}
