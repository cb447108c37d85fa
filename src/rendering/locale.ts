/** Scripts written from right to left, by the language that is written in them. */
const RIGHT_TO_LEFT = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

export function language(locale: string): string {
  return locale.split(/[-_]/)[0]?.toLowerCase() ?? '';
}

export function direction(locale: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(language(locale)) ? 'rtl' : 'ltr';
}

export function isEastAsian(locale: string): boolean {
  return ['zh', 'ja', 'ko'].includes(language(locale));
}

// unquoted, as CSS allows: in a style attribute each quote would be an entity of five bytes, per cell
const LATIN = '-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial';
const SIMPLIFIED = 'PingFang SC,Hiragino Sans GB,Microsoft YaHei,Noto Sans CJK SC';
const TRADITIONAL = 'PingFang TC,Hiragino Sans CNS,Microsoft JhengHei,Noto Sans CJK TC';
const JAPANESE = 'Hiragino Sans,Yu Gothic,Meiryo,Noto Sans CJK JP';
const KOREAN = 'Apple SD Gothic Neo,Malgun Gothic,Noto Sans CJK KR';

/** System fonts only. Han characters have one code and four shapes: the locale's own fonts come first. */
export function fontStack(locale: string): string {
  return `${LATIN},${eastAsian(locale)},sans-serif`;
}

function eastAsian(locale: string): string {
  if (language(locale) === 'ja') return JAPANESE;
  if (language(locale) === 'ko') return KOREAN;
  return /^zh[-_](hant|tw|hk|mo)/i.test(locale) ? TRADITIONAL : SIMPLIFIED;
}
