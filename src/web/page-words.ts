import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { ja } from './words/ja.ts';
import type { PageWords } from './words/words.ts';
import { zh } from './words/zh.ts';

const ALL: Readonly<Record<string, PageWords>> = { en, de, zh, ja };

/** Locales that pages can be read in, for a reader's choice. */
export const PAGE_LOCALES: readonly string[] = Object.keys(ALL);

/** By the language of a BCP 47 tag; English where there are no words in it. */
export function pageWords(locale: string): PageWords {
  return ALL[pageLocale(locale)] ?? en;
}

/** The language in which a page for that locale really speaks, for `<html lang>`. */
export function pageLocale(locale: string): string {
  const language = locale.toLowerCase().split(/[-_]/)[0] ?? 'en';
  return language in ALL ? language : 'en';
}

/** "9. Februar 2021" in the locale's own form. */
export function showDate(date: Date, locale: string, timezone: string): string {
  return new Intl.DateTimeFormat(localeOr(locale), { dateStyle: 'long', timeZone: timezone }).format(date);
}

/** A language's name in itself: "Deutsch". */
export function languageName(locale: string): string {
  return new Intl.DisplayNames([localeOr(locale)], { type: 'language' }).of(localeOr(locale)) ?? locale;
}

/** Postgres holds the tag as a person wrote it; Intl throws at a malformed one. */
function localeOr(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
