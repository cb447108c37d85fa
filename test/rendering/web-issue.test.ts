import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { renderWebIssue, WEB_ISSUE_CSS } from '../../src/rendering/web-issue.ts';
import { HOSTILE, issue, item, pictures, publication } from './documents.ts';

const render = (document = issue(), present = pictures) =>
  renderWebIssue({ document, publication, pictures: present, basePath: '/p/tides' });

describe('an issue’s page', () => {
  test('is one article with real structure: no table, no inline style, no slot', async () => {
    const html = await render();
    expect(html.trim()).toMatch(/^<article class="issue" lang="en" dir="ltr">[\s\S]*<\/article>$/);
    expect(html).not.toMatch(/<table|style=|<script|[\u{E000}-\u{E0FF}]/u);
    for (const tag of ['<h1>', '<nav', '<section', '<figure>', '<aside']) expect(html).toContain(tag);
  });

  test('has topics that lead to sections that are there', async () => {
    const html = await render();
    const anchors = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(anchors).toEqual(['s1', 's2']);
    for (const id of anchors) expect(html).toContain(`id="${id}"`);
  });

  test('has one h1 and skips no level of headings', async () => {
    const levels = [...(await render()).matchAll(/<h([1-6])[ >]/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  test('has pictures with their size and words, and only words where one is missing', async () => {
    expect(await render()).toContain(
      '<img src="/assets/aa11.png" alt="A gauge at low water" width="1200" height="600" loading="lazy">',
    );
    const without = await render(issue(), new Map());
    expect(without).not.toContain('<img');
    expect(without).toContain('<figcaption>A gauge at low water</figcaption>');
  });

  test('leads on to its neighbours and to the archive of its publication', async () => {
    const html = await render();
    expect(html).toContain('rel="prev"');
    expect(html).not.toContain('rel="next"');
    expect(html).toContain('href="/p/tides/archive"');
  });

  test('takes hostile text as words', async () => {
    const items = [
      item({ headline: HOSTILE, commentary: HOSTILE, image: { src: '/assets/aa11.png', alt: HOSTILE } }),
    ];
    const html = await render(issue({ title: HOSTILE, sections: [{ title: HOSTILE, items }] }));
    expect(html).not.toMatch(/<script|<mj-|49/);
    expect(html).toContain('{{ 7 | times: 7 }}');
  });

  test('uses no class that its style sheet does not know', async () => {
    const css = await readFile(WEB_ISSUE_CSS, 'utf8');
    const html = await render();
    const classes = new Set(
      [...html.matchAll(/class="([^"]+)"/g)].flatMap(([, names]) => names?.split(' ') ?? []),
    );
    for (const name of classes) expect(css).toContain(`.${name}`);
  });
});
