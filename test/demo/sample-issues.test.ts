import { access, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readIssueMarkdown, writeIssueMarkdown } from '../../src/document/issue-markdown.ts';

const directory = new URL('../../src/demo/sample/', import.meta.url);
const files = ['issue.md', 'next-issue.md'] as const;

async function readSample(file: (typeof files)[number]) {
  const text = await readFile(new URL(file, directory), 'utf8');
  return { text, ...readIssueMarkdown(text) };
}

test.each(files)('%s is an issue without a warning, in the form that an export has', async (file) => {
  const { text, document, warnings } = await readSample(file);
  expect(warnings).toEqual([]);
  expect(writeIssueMarkdown(document)).toBe(text);
});

test.each(files)(
  '%s: every item has a link and words, every pick an item, every picture its file',
  async (file) => {
    const { document } = await readSample(file);
    const items = document.sections.flatMap((section) => section.items);
    for (const item of items) {
      expect(item.url, item.headline).toMatch(/^https:/);
      expect(item.commentary.split(/[.?!](?:\s|$)/).length, item.headline).toBeGreaterThanOrEqual(3);
      if (item.image) await access(new URL(item.image.src, directory));
    }
    const urls = items.map((item) => item.url);
    for (const pick of document.picks) expect(urls).toContain(pick.url);
  },
);

test('the sample is a whole letter: three picks, nine pictures, sections of nine, four, three and two items', async () => {
  const { document } = await readSample('issue.md');
  expect(document.picks).toHaveLength(3);
  expect(document.sections.map((section) => section.items.length)).toEqual([9, 4, 3, 2]);
  expect(document.sections.flatMap((section) => section.items).filter((item) => item.image)).toHaveLength(9);
});

test('the two sample issues are of different weeks, and of none that a test or a person is likely to import', async () => {
  const periods = await Promise.all(files.map(async (file) => (await readSample(file)).document.period));
  expect(periods).toEqual(['2021-W07', '2021-W08']);
});
