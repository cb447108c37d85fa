import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { ja } from './words/ja.ts';
import { zh } from './words/zh.ts';

/** What the readers' pages say, in the reader's or the publication's locale. The desk speaks English. */
export interface PageWords {
  readonly email: string;
  readonly name: string;
  readonly optional: string;
  readonly language: string;
  readonly subscribe: string;
  readonly promise: string;
  readonly leaveEmpty: string;
  readonly latest: string;
  readonly archive: string;
  readonly allIssues: string;
  readonly nothingSent: string;
  readonly home: string;
  readonly previous: string;
  readonly next: string;
  readonly corrected: (date: string) => string;
  readonly asSent: string;
  readonly showsAsSent: string;
  readonly newestVersion: string;
  readonly checkMail: { readonly title: string; readonly text: string };
  readonly badAddress: string;
  readonly tooQuick: string;
  readonly tooMany: { readonly title: string; readonly text: string };
  readonly confirm: {
    readonly title: string;
    readonly text: (publication: string) => string;
    readonly button: string;
    readonly done: string;
    readonly doneText: (publication: string) => string;
    readonly over: string;
    readonly overText: string;
  };
  readonly leave: {
    readonly title: (publication: string) => string;
    readonly text: string;
    readonly button: string;
    readonly done: string;
    readonly doneText: (publication: string) => string;
    readonly undo: string;
    readonly undone: string;
    readonly undoneText: (publication: string) => string;
    readonly undoAsk: (publication: string) => string;
  };
  readonly preferences: {
    readonly title: string;
    readonly text: (publication: string) => string;
    readonly save: string;
    readonly saved: string;
    readonly leave: string;
  };
  readonly notFound: { readonly title: string; readonly text: string };
  readonly badLink: { readonly title: string; readonly text: string };
  readonly fault: { readonly title: string; readonly text: string };
}

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
