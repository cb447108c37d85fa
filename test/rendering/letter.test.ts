import { describe, expect, test } from 'vitest';
import { CLIP_BYTES, renderLetter } from '../../src/rendering/letter.ts';
import { fillHtml, slot } from '../../src/rendering/slots.ts';
import { cardItem, HOSTILE, issue, item, longChineseIssue, pictures, publication } from './documents.ts';

const render = (document = issue(), facts = publication) =>
  renderLetter({ document, publication: facts, pictures });
const count = (text: string, part: string) => text.split(part).length - 1;
const headings = (html: string) => [...html.matchAll(/<h([1-6])[ >]/g)].map((match) => Number(match[1]));
const values = {
  origin: 'https://press.example.com',
  base: 'https://press.example.com',
  unsubscribe: `https://press.example.com/unsubscribe/${'a'.repeat(40)}`,
  preferences: `https://press.example.com/preferences/${'a'.repeat(40)}`,
};

describe('a letter', () => {
  test('is called by its title and has the editor’s preheader', async () => {
    const letter = await render();
    expect(letter.subject).toBe('Tidal Notes, sixth week');
    expect(letter.preheader).toBe('Late tides and a harbour that sings.');
    expect(letter.html).toContain('<title>Tidal Notes, sixth week</title>');
  });

  test('without a preheader of its own opens with its introduction, cut to 140 characters', async () => {
    const intro = `A [calm](https://calm.example.com) week. ${'And more. '.repeat(40)}`;
    const { preheader } = await render(issue({ preheader: '', intro }));
    expect(preheader).toMatch(/^A calm week\. And more\./);
    expect(preheader.length).toBeLessThanOrEqual(140);
  });

  test('shows the preheader hidden at the top, with filler that keeps the body out of the inbox line', async () => {
    const { html } = await render();
    const body = html.slice(html.indexOf('<body'));
    const hidden = body.indexOf('Late tides and a harbour that sings.');
    expect(hidden).toBeGreaterThan(0);
    expect(hidden).toBeLessThan(body.indexOf('<table'));
    expect(body).toContain('mso-hide:all');
    expect(body).toMatch(/aria-hidden="true"[^>]*display:none[^>]*>(&#847;&zwnj;&nbsp;){50,}/);
  });

  test.each([
    ['en', 'ltr'],
    ['zh-Hans', 'ltr'],
    ['ar', 'rtl'],
  ])('in %s says so, and that it runs %s', async (locale, dir) => {
    const { html } = await render(issue({ locale }));
    expect(html).toMatch(new RegExp(`<html lang="${locale}" dir="${dir}"`));
    expect(html).toMatch(new RegExp(`role="article" lang="${locale}" dir="${dir}"`));
  });

  test('from right to left begins its lines on the right', async () => {
    const { html } = await render(issue({ locale: 'he' }));
    expect(html).toContain('text-align:right');
    expect(html).not.toMatch(/direction:ltr|<div\n? style="[^"]*text-align:left/);
  });

  test('from right to left keeps a Latin address in its own order', async () => {
    const { html } = await render(issue({ locale: 'ar' }));
    expect(html).toMatch(
      /dir="auto"[^>]*><strong[^>]*>Tidal Notes<\/strong><br>Harbour Lane 4<br>20457 Hamburg/,
    );
  });

  test('gives Word, which sets everything in one line, breaks between the lines of a card', async () => {
    const { html } = await render();
    const card = html.slice(html.indexOf('The singing harbour'), html.indexOf('>harbour.example.com<'));
    expect(count(card, '<!--[if mso]><br><![endif]-->')).toBe(2);
  });

  test('uses tables for the layout only, and says so on each', async () => {
    const { html } = await render(longChineseIssue());
    const tables = html.match(/<table[^>]*>/g) ?? [];
    expect(tables.length).toBeGreaterThan(20);
    for (const table of tables) expect(table).toContain('role="presentation"');
  });

  test('has one h1 and skips no level of headings', async () => {
    const levels = headings((await render()).html);
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels[0]).toBe(1);
    for (const [at, level] of levels.entries()) expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  test('with headings in its commentary, or without sections, still skips no level', async () => {
    const items = [item({ commentary: '###### Deep\n\nText' })];
    for (const title of ['Water', '']) {
      const levels = headings((await render(issue({ sections: [{ title, items }] }))).html);
      for (const [at, level] of levels.entries())
        expect(level - (levels[at - 1] ?? 0)).toBeLessThanOrEqual(1);
    }
  });

  test('is drawn for light and dark', async () => {
    const { html } = await render();
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme:dark)');
    expect(html).toContain('[data-ogsc]');
  });

  test('carries the publication’s accent and nothing from an accent that is none', async () => {
    expect((await render()).html).toContain('#0b6e99');
    const odd = await render(issue(), { ...publication, accent: '</style><script>' });
    expect(odd.html).not.toContain('<script');
  });

  test('keeps its style sheet under the 16 KB that Gmail reads', async () => {
    const styles = (await render()).html.match(/<style[\s\S]*?<\/style>/g) ?? [];
    expect(Buffer.byteLength(styles.join(''))).toBeLessThan(16 * 1024);
  });

  test('has a footer with postal address, unsubscribe, preferences and view on the web', async () => {
    const { html } = await render();
    for (const line of ['Harbour Lane 4', '20457 Hamburg', 'Germany']) expect(html).toContain(line);
    expect(html).toContain(`href="${slot('unsubscribe')}"`);
    expect(html).toContain(`href="${slot('preferences')}"`);
    expect(count(html, `href="${slot('base')}/issues/week-6-2021"`)).toBe(2);
  });

  test('holds no slot but those, and none is left once filled', async () => {
    const { html } = await render();
    expect(count(html, '\u{E000}')).toBe(5);
    expect(count(html, slot('origin'))).toBe(1);
    expect(fillHtml(html, values)).not.toMatch(/[\u{E000}-\u{E0FF}]/u);
  });

  test('names nothing that depends on a web font, a script, or an included file', async () => {
    const { html } = await render();
    expect(html).not.toMatch(/fonts\.googleapis|@import|<script|<link/);
  });
});

describe('pictures', () => {
  test('stand at the size of the column, by their address on this press, with their words', async () => {
    const { html } = await render();
    const [image] = html.match(/<img[^>]*>/) ?? [];
    expect(image).toContain(`src="${slot('origin')}/assets/aa11.png"`);
    expect(image).toContain('alt="A gauge at low water"');
    expect(image).toContain('width="544"');
    expect(image).not.toContain('height="auto"');
  });

  test('smaller than the column are not blown up', async () => {
    const small = new Map([['/assets/aa11.png', { path: '/assets/aa11.png', width: 200, height: 100 }]]);
    const { html } = await renderLetter({ document: issue(), publication, pictures: small });
    expect(html).toContain('width="200"');
    expect(html).toContain('max-width:200px');
  });

  test('that are missing show their alt text and no broken image', async () => {
    const { html } = await renderLetter({ document: issue(), publication, pictures: new Map() });
    expect(html).not.toContain('<img');
    expect(html).toContain('A gauge at low water');
  });

  test('without words of their own are named after the headline', async () => {
    const items = [item({ image: { src: '/assets/aa11.png', alt: ' ' } })];
    const { html } = await render(issue({ sections: [{ title: 'Water', items }] }));
    expect(html).toContain('alt="Picture: Why the tide is late on Tuesdays"');
  });

  test('called "false" or "true" keep that word', async () => {
    const items = [item({ image: { src: '/assets/aa11.png', alt: 'false' } })];
    expect((await render(issue({ sections: [{ title: 'Water', items }] }))).html).toContain('alt="false"');
  });
});

describe('text in a letter', () => {
  test('cannot become markup, template, MJML or a slot, wherever it stands', async () => {
    const bad = item({
      headline: HOSTILE,
      source_title: HOSTILE,
      image: { src: '/assets/aa11.png', alt: HOSTILE },
      commentary: HOSTILE,
      card: {
        ...cardItem,
        url: 'https://x.example.com/"><b>',
        title: HOSTILE,
        description: HOSTILE,
        domain: HOSTILE,
      },
    });
    const link = { title: HOSTILE, url: 'https://x.example.com/' };
    const document = issue({
      title: HOSTILE,
      preheader: HOSTILE,
      intro: HOSTILE,
      outro: HOSTILE,
      picks: [link],
      previous: link,
      next: link,
      round_ups: [link],
      sections: [{ title: HOSTILE, items: [bad] }],
    });
    const { html, text, subject } = await render(document, {
      ...publication,
      name: HOSTILE,
      postal_address: HOSTILE,
    });
    expect(html).not.toMatch(/<script|<mj-|root:|49|mj-include denied/);
    expect(html).toContain('{{ 7 | times: 7 }}');
    expect(html).toContain('&lt;script&gt;');
    for (const tag of html.match(/<img[^>]*>/g) ?? []) expect(tag).not.toMatch(/[^;]"onerror/);
    expect(count(html, slot('unsubscribe'))).toBe(1);
    expect(count(text, slot('unsubscribe'))).toBe(1);
    expect(subject).not.toContain('\u{E000}');
  });

  test('leads nowhere but to the web and to mail', async () => {
    const items = [
      item({ url: 'javascript:alert(1)', commentary: '[x](javascript:alert(1)) [y](data:text/html,x)' }),
    ];
    const { html, text } = await render(issue({ sections: [{ title: 'Water', items }] }));
    for (const [, href] of html.matchAll(/href="([^"]*)"/g))
      expect(href).toMatch(/^(https?:|mailto:|#s\d|[\u{E000}])/u);
    expect(text).not.toContain('] javascript:');
  });

  test('keeps the ampersands of an address', async () => {
    expect((await render()).html).toContain('href="https://tides.example.com/late?a=1&amp;b=2"');
  });

  test('keeps the lines of code as they are', async () => {
    const items = [item({ commentary: '```\nif tide:\n    wait()\n```' })];
    const { html } = await render(issue({ sections: [{ title: 'Water', items }] }));
    expect(html).toContain('if tide:\n    wait()\n');
  });
});

describe('the size of a letter', () => {
  test('of 18 items with long Chinese commentary is under what Gmail clips', async () => {
    const html = fillHtml((await render(longChineseIssue())).html, values);
    expect(Buffer.byteLength(html)).toBeLessThan(CLIP_BYTES);
  });

  test('grows by at most 2.5 KB an item beyond the item’s own text', async () => {
    const sized = async (items: number) => {
      const sections = [
        { title: 'Water', items: Array.from({ length: items }, () => item({ commentary: 'x' })) },
      ];
      return Buffer.byteLength((await render(issue({ sections }))).html);
    };
    expect(((await sized(20)) - (await sized(10))) / 10).toBeLessThan(2560);
  });
});
