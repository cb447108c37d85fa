import { PERIOD } from './document.ts';
import { LANGUAGES, says } from './language-words.ts';

/**
 * What a title says it is the number of: `2021-W06`, `2021-01`, or, for one that calls itself a summary,
 * `2021`; null where it says nothing.
 */
export function readPeriod(title: string): string | null {
  const found = readWeek(title) ?? readMonth(title) ?? readYear(title);
  return found !== null && PERIOD.test(found) ? found : null;
}

export function namesWeek(title: string): boolean {
  return readWeek(title) !== null;
}

function readWeek(title: string): string | null {
  const groups = firstGroups(
    title,
    LANGUAGES.flatMap(({ weeks }) => weeks),
  );
  return groups ? `${groups.year}-W${String(groups.week).padStart(2, '0')}` : null;
}

function readMonth(title: string): string | null {
  const groups = firstGroups(
    title,
    LANGUAGES.flatMap(({ months }) => months),
  );
  if (groups) return `${groups.year}-${String(groups.month).padStart(2, '0')}`;
  for (const { locale } of LANGUAGES) {
    const month = monthNames(locale).findIndex((name) => new RegExp(`\\b${name}\\b`, 'i').test(title));
    const year = month < 0 ? null : /\b(\d{4})\b/.exec(title)?.[1];
    if (year) return `${year}-${String(month + 1).padStart(2, '0')}`;
  }
  return null;
}

function readYear(title: string): string | null {
  return says('roundUp', title) ? (/(?<!\d)((?:19|20)\d{2})(?!\d)/.exec(title)?.[1] ?? null) : null;
}

function firstGroups(title: string, patterns: readonly RegExp[]): Record<string, string> | null {
  for (const pattern of patterns) {
    const groups = pattern.exec(title)?.groups;
    if (groups) return groups;
  }
  return null;
}

/** January first; languages that count their months have none that a word boundary could find. */
function monthNames(locale: string): string[] {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
  const names = Array.from({ length: 12 }, (_, month) => format.format(new Date(Date.UTC(2021, month, 1))));
  return names.filter((name) => /^\p{Script=Latin}+$/u.test(name));
}
