import type { IssueDocument, Item } from '../../src/document/document.ts';
import type { Pictures } from '../../src/rendering/pictures.ts';
import type { PublicationFacts } from '../../src/rendering/publication-facts.ts';

export const publication: PublicationFacts = {
  slug: 'tidal-notes',
  name: 'Tidal Notes',
  description: 'What the sea left on the beach this week',
  locale: 'en',
  postal_address: 'Harbour Lane 4\n20457 Hamburg\nGermany',
  accent: '#0b6e99',
};

const PICTURE = '/assets/aa11.png';
export const pictures: Pictures = new Map([[PICTURE, { path: PICTURE, width: 1200, height: 600 }]]);

export function item(fields: Partial<Item> = {}): Item {
  return {
    headline: 'Why the tide is late on Tuesdays',
    url: 'https://tides.example.com/late?a=1&b=2',
    source_title: 'A century of gauges',
    image: { src: PICTURE, alt: 'A gauge at low water' },
    commentary: 'Old **gauges** drift. [The method](https://method.example.com/) is new.',
    card: null,
    ...fields,
  };
}

export const cardItem = item({
  headline: 'A harbour that sings',
  url: 'https://harbour.example.com/song',
  source_title: null,
  image: null,
  card: {
    url: 'https://harbour.example.com/song',
    title: 'The singing harbour',
    description: 'Wind, masts and a microphone.',
    domain: 'harbour.example.com',
    image: null,
  },
});

export function issue(fields: Partial<IssueDocument> = {}): IssueDocument {
  return {
    locale: 'en',
    title: 'Tidal Notes, sixth week',
    slug: 'week-6-2021',
    period: '2021-W06',
    preheader: 'Late tides and a harbour that sings.',
    intro: 'A calm week.\n\n## Housekeeping\n\nThe archive has moved.',
    picks: [{ title: 'The late tide', url: 'https://tides.example.com/late?a=1&b=2' }],
    sections: [
      { title: 'Water', items: [item(), item({ headline: 'No link at all', url: null, image: null })] },
      { title: 'Sound', items: [cardItem] },
    ],
    previous: { title: 'Week 5', url: 'https://letters.example.com/issues/week-5' },
    next: null,
    round_ups: [{ title: 'January', url: 'https://letters.example.com/issues/january' }],
    outro: 'Until *next* Monday.',
    source_url: null,
    ...fields,
  };
}

const SENTENCE =
  '他们提出了一种新的池化方法，在一个区域内按权重汇总，与现有方法相比，它可以在压缩特征图的同时保留更多的信息。';

/** Four sections with 18 items, nine pictures, nine cards, and about 570 Chinese characters on each item. */
export function longChineseIssue(): IssueDocument {
  const long = (at: number): Item => ({
    ...(at % 2 === 0 ? cardItem : item()),
    headline: `第 ${at} 条：明确考虑周期性的激活函数，以及它在图像分类中的表现`,
    commentary: Array.from({ length: 10 }, () => SENTENCE).join(''),
  });
  const items = Array.from({ length: 18 }, (_, at) => long(at + 1));
  return issue({
    locale: 'zh-Hans',
    title: '机器学习新闻，2021 年第 6 周',
    intro: SENTENCE,
    sections: [
      { title: '机器学习论文', items: items.slice(0, 9) },
      { title: '技术文章', items: items.slice(9, 13) },
      { title: '用例', items: items.slice(13, 16) },
      { title: '其他主题', items: items.slice(16) },
    ],
  });
}

/** Text that tries everything a template language, MJML and HTML could fall for. */
export const HOSTILE =
  '</mj-text></div><script>alert(1)</script><mj-include path="/etc/passwd" /> "onerror=x\' {{ 7 | times: 7 }} {% raw %} <!--[if mso]> ]]> \u{E000}unsubscribe\u{E001}';
