import { describe, expect, test } from 'vitest';
import { direction, fontStack } from '../../src/rendering/locale.ts';
import { showPeriod } from '../../src/rendering/period.ts';
import { fillWords, words } from '../../src/rendering/words.ts';

const english = Object.entries(words('en'));
const placeholders = (text: string) => (text.match(/\{[a-z]+\}/g) ?? []).toSorted();

describe('words', () => {
  test.each(['de', 'zh', 'ja'])('%s fills the same places as English', (locale) => {
    const said = new Map(Object.entries(words(locale)));
    for (const [name, text] of english)
      expect({ name, places: placeholders(String(said.get(name))) }).toEqual({
        name,
        places: placeholders(text),
      });
  });

  test('a regional locale speaks its language, an unknown one English', () => {
    expect(words('zh-Hant-TW')).toBe(words('zh'));
    expect(words('de_AT')).toBe(words('de'));
    expect(words('fi')).toBe(words('en'));
  });

  test('a value that holds a placeholder is not filled again', () => {
    expect(fillWords('{name}!', { name: '{name}' })).toBe('{name}!');
  });
});

describe('locale', () => {
  test('Arabic, Hebrew and Persian are written from right to left', () => {
    expect(['ar', 'he-IL', 'fa', 'en', 'zh-Hans'].map(direction)).toEqual([
      'rtl',
      'rtl',
      'rtl',
      'ltr',
      'ltr',
    ]);
  });

  test('each East Asian language gets its own fonts', () => {
    const first = (locale: string) => fontStack(locale).split(',')[6];
    expect(['zh-Hans', 'zh-TW', 'ja', 'ko'].map(first)).toEqual([
      'PingFang SC',
      'PingFang TC',
      'Hiragino Sans',
      'Apple SD Gothic Neo',
    ]);
  });
});

describe('period', () => {
  test.each([
    ['2021-W06', 'en', 'Week 6, 2021'],
    ['2021-W06', 'zh-Hans', '2021 年第 6 周'],
    ['2020-12', 'de', 'Dezember 2020'],
    ['2020-12', 'en', 'December 2020'],
    ['2020', 'en', '2020'],
  ])('%s in %s is "%s"', (period, locale, shown) => {
    expect(showPeriod(period, locale, words(locale))).toBe(shown);
  });
});
