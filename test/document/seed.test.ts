import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readIssueMarkdown, writeIssueMarkdown } from '../../src/document/issue-markdown.ts';
import { missingPictures } from '../../src/document/pictures.ts';
import { readIssue } from '../../src/document/read-issue.ts';
import { findMaterial } from '../support/require.ts';

const material = findMaterial('PRESSRUN_SEED');

/** The variable names the file or the folder it lies in. */
async function readSeed(place: string) {
  if (!statSync(place).isDirectory()) return readIssue(readFileSync(place, 'utf8'));
  const [name = ''] = (await readdir(place)).filter((entry) => entry.endsWith('.txt'));
  return readIssue(readFileSync(path.join(place, name), 'utf8'));
}

describe.skipIf(material === null)('a real export, machine-translated and irregular', async () => {
  const { document, warnings } =
    material === null
      ? readIssue('---\ntitle: x\n---\n## x\n<https://example.com/>')
      : await readSeed(material);
  const items = document.sections.flatMap((section) => section.items);

  test('has its counts, slug and week', () => {
    expect(document.sections.map((section) => section.items.length)).toEqual([9, 4, 3, 2]);
    expect(document.picks).toHaveLength(3);
    expect(missingPictures(document, new Map())).toHaveLength(9);
    expect(document).toMatchObject({ slug: 'akiras-ml-news-week-6-2021', period: '2021-W06', locale: 'zh' });
  });

  test('has each item’s link', () => {
    expect(items.map(({ url }) => url)).toEqual([
      'https://arxiv.org/abs/2101.05791',
      'https://arxiv.org/abs/2101.00440',
      'https://arxiv.org/abs/2101.07235',
      'https://arxiv.org/abs/2006.16067',
      'https://openreview.net/forum?id=tW4QEInpni',
      'https://arxiv.org/abs/2101.06871',
      'https://arxiv.org/abs/2101.11605',
      'https://arxiv.org/abs/2101.08987',
      'https://arxiv.org/abs/2006.08195',
      'https://venturebeat.com/2021/01/06/ai-models-from-microsoft-and-google-already-surpass-human-performance-on-the-superglue-language-benchmark/',
      'https://medium.com/spikelab/machine-learning-plumbery-data-leakage-6537bf287f2f',
      'https://ai.googleblog.com/2021/01/google-research-looking-back-at-2020.html',
      'https://ruder.io/research-highlights-2020/index.html',
      'https://www.mcgill.ca/newsroom/channels/news/using-artificial-intelligence-manage-extreme-weather-events-327770',
      'https://pitchfork.com/news/new-spotify-patent-involves-monitoring-users-speech-to-recommend-music/',
      'https://www.technologyreview.com/2021/01/15/1016183/ai-ethics-startups/',
      null,
      'https://lambdalabs.com/gpu-benchmarks',
    ]);
  });

  test('has a picture and a source title for each paper, a card for each article, commentary for all', () => {
    for (const item of items.slice(0, 9))
      expect(item).toMatchObject({
        image: { src: expect.stringMatching(/^img\/\w{32}\.png$/) },
        source_title: expect.any(String),
        card: null,
      });
    for (const { source_title } of items.slice(0, 9))
      expect(source_title).not.toMatch(/https?:|[*[\]【】\n]/);
    for (const { url, card } of items.slice(9).filter((item) => item.url !== null))
      expect(card).toMatchObject({
        url,
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
        domain: new URL(String(url)).hostname,
      });
    for (const { commentary } of items) expect(commentary).not.toMatch(/https?:|^$|\]\(/);
  });

  test('puts a title back together that stands around its address', () => {
    expect(items[1]?.source_title).toBe('用软池细化激活下采样');
    expect(items[7]?.source_title).toBe('通过求解恢复图像');
  });

  test('has picks that are its items, the week before, no week after, and three round-ups', () => {
    const urls = items.map(({ url }) => url);
    for (const { url } of document.picks) expect(urls).toContain(url);
    expect(document.previous?.url).toBe(
      'https://medium.com/analytics-vidhya/akiras-ml-news-week-5-2021-86248878c4c3',
    );
    expect(document.next).toBeNull();
    expect(document.round_ups.map(({ url }) => url)).toEqual([
      'https://medium.com/analytics-vidhya/akiras-ml-news-december-2020-44f9235fb250',
      'https://medium.com/analytics-vidhya/akiras-ml-news-november-2020-a48a3cb75285',
      'https://towardsdatascience.com/machine-learning-2020-summary-84-interesting-papers-articles-45bd45c0d35b',
    ]);
  });

  test('tells the card of the sign-up page, the open bracket, the item without a link, and two issues named without one', () => {
    expect(warnings.map(({ line }) => line)).toEqual([9, 57, 203, 221, 223]);
  });

  test('comes back from the house form as it was', () => {
    const written = writeIssueMarkdown(document);
    expect(readIssueMarkdown(written).document).toEqual(document);
  });
});
