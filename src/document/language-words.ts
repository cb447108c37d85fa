/** What an exported letter says in a language where its form alone does not tell: data, read by period.ts and the Medium importer. */
export interface LanguageWords {
  readonly locale: string;
  /** Heading of the table of topics. */
  readonly topics: RegExp;
  /** Heading of the editor's picks. */
  readonly picks: RegExp;
  /** Heading of the links to other issues. */
  readonly past: RegExp;
  /** In the name of a monthly or yearly issue. */
  readonly roundUp: RegExp;
  /** Named groups `year` and `week`. */
  readonly weeks: readonly RegExp[];
  /** Named groups `year` and `month`, the month in digits; months by name are asked of Intl. */
  readonly months: readonly RegExp[];
}

const MONTH_IN_DIGITS = /(?<year>\d{4})\s*年\s*(?<month>\d{1,2})\s*月/;

export const LANGUAGES: readonly LanguageWords[] = [
  {
    locale: 'zh',
    topics: /^(主题|主題|目录|目錄|话题)$/,
    picks: /精选|精選|推荐|推薦/,
    past: /过去的(文章|帖子)|往期|過去的文章/,
    roundUp: /汇总|彙總|总结|總結|回顾/,
    weeks: [/(?<year>\d{4})\s*年?\s*第\s*(?<week>\d{1,2})\s*[周週]/],
    months: [MONTH_IN_DIGITS],
  },
  {
    locale: 'ja',
    topics: /^(トピックス?|目次)$/,
    picks: /おすすめ|ピックアップ|注目/,
    past: /過去の(記事|投稿)|バックナンバー/,
    roundUp: /まとめ|総集編|振り返り/,
    weeks: [/(?<year>\d{4})\s*年?\s*第\s*(?<week>\d{1,2})\s*週/],
    months: [MONTH_IN_DIGITS],
  },
  {
    locale: 'en',
    topics: /^(topics|contents|in this issue)$/i,
    picks: /\b(editor.{0,2}s?|weekly|our)\b.*\b(picks?|choice)\b/i,
    past: /\b(past|previous|earlier|older) (articles|issues|posts|letters)\b/i,
    roundUp: /\b(summary|round-?up|recap|in review)\b/i,
    weeks: [
      /\bweek\s*#?\s*(?<week>\d{1,2})\b[\s,(]*(?:of\s*)?(?<year>\d{4})\b/i,
      /\b(?<year>\d{4})[\s,]+week\s*#?\s*(?<week>\d{1,2})\b/i,
    ],
    months: [],
  },
  {
    locale: 'de',
    topics: /^(themen|inhalt|in dieser ausgabe)$/i,
    picks: /empfehlungen|auswahl der (redaktion|woche)|lesetipps/i,
    past: /(frühere|ältere|vergangene|bisherige) (artikel|ausgaben|beiträge|briefe)/i,
    roundUp: /zusammenfassung|rückblick|überblick/i,
    weeks: [
      /\b(?:KW|(?:Kalender)?woche)\s*(?<week>\d{1,2})\b[\s,/(]*(?<year>\d{4})\b/i,
      /\b(?<week>\d{1,2})\.\s*(?:Kalender)?woche[\s,/(]*(?<year>\d{4})\b/i,
    ],
    months: [],
  },
];

/** Whether any language says this of a heading or a link's words. */
export function says(meaning: 'topics' | 'picks' | 'past' | 'roundUp', text: string): boolean {
  return LANGUAGES.some((language) => language[meaning].test(text));
}

/** The language of a letter: by its script, else by the words its headings use. */
export function languageOf(text: string, headings: readonly string[], otherwise: string): string {
  if (/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(text)) return 'ja';
  if (/\p{Script=Han}/u.test(text)) return 'zh';
  const known = LANGUAGES.find(({ topics, picks, past }) =>
    headings.some((heading) => topics.test(heading) || picks.test(heading) || past.test(heading)),
  );
  return known?.locale ?? otherwise;
}
