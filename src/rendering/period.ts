import type { Words } from './words.ts';
import { fillWords } from './words.ts';

/**
 * An issue's period as people say it: `2021-W06` a week (ISO 8601), `2020-12` a month, `2020` a year.
 * Anything else is the editor's own wording and stays as it is.
 */
export function showPeriod(period: string, locale: string, words: Words): string {
  const week = /^(\d{4})-W(\d{2})$/.exec(period);
  if (week) return fillWords(words.week, { year: String(week[1]), week: String(Number(week[2])) });
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(period);
  if (month) return showMonth(Number(month[1]), Number(month[2]), locale);
  return period;
}

function showMonth(year: number, month: number, locale: string): string {
  const known = Intl.DateTimeFormat.supportedLocalesOf([locale])[0] ?? 'en';
  const format = new Intl.DateTimeFormat(known, { year: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.format(new Date(Date.UTC(year, month - 1, 1)));
}
