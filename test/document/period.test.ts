import { expect, test } from 'vitest';
import { readPeriod } from '../../src/document/period.ts';

test.each([
  ['Akira 的 ML 新闻# 2021 年第 6 周', '2021-W06'],
  ['2021 第 5 周', '2021-W05'],
  ['2026年 第12週', '2026-W12'],
  ['A letter — #Week 6, 2021', '2021-W06'],
  ['Kitchen news (week 41 of 2025)', '2025-W41'],
  ['2021, week 7', '2021-W07'],
  ['Werkstattbrief KW 3/2026', '2026-W03'],
  ['Brief der 12. Kalenderwoche 2026', '2026-W12'],
  ['2020 年 12 月汇总', '2020-12'],
  ['2025年1月まとめ', '2025-01'],
  ['A letter (December 2020)', '2020-12'],
  ['Rückblick auf März 2026', '2026-03'],
  ['2020 年总结', '2020'],
  ['Machine learning 2020 summary', '2020'],
  ['Benchmarks of 2021', null],
  ['Week 60, 2021', null],
  ['The maybe letter 2021', null],
  ['A special', null],
])('"%s" is the number of %s', (title, period) => {
  expect(readPeriod(title)).toBe(period);
});
