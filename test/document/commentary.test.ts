import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markdownToHtml, markdownToText } from '../../src/document/commentary.ts';

describe('HTML of commentary is harmless', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java&#x73;cript:alert(1))',
    '[x]( data:text/html;base64,AAAA)',
    '[x](vbscript:x)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
    '[x](/relative)',
    '[x](https://a.example.com/" onclick="alert(1))',
    '```"><script>\nx\n```',
    '[a]: javascript:alert(1)\n\n[a]',
  ])('%s', (markdown) => {
    const html = markdownToHtml(markdown);
    const tags = html.match(/<[^>]*>/g) ?? [];
    for (const tag of tags)
      expect(tag).toMatch(/^<\/?(p|pre|code|em|br)>$|^<a href="https:\/\/[^"<>]*">$|^<\/a>$/);
  });

  test('whatever is written, only known tags come out, with no attribute but an address', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '[a](',
      'javascript:',
      'https://a.example.com',
      ')',
      '`',
      '\n',
      '&#106;',
      'onload=',
      '![',
      '](',
      '*',
      '- ',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
        const html = markdownToHtml(pieces.join(''));
        for (const tag of html.match(/<[^>]*>/g) ?? [])
          expect(tag).toMatch(
            /^<\/?(p|em|strong|s|code|pre|ul|ol|li|blockquote|hr|br|h[4-6])( start="\d+")?>$|^<a href="(https?|mailto):[^"<>]*">$|^<\/a>$/i,
          );
      }),
    );
  });
});

describe('the dialect', () => {
  test('has emphasis, lists, quotes, code and links', () => {
    expect(markdownToHtml('**a** *b* `c` [d](https://example.com/)\n\n- e\n\n> f')).toBe(
      '<p><strong>a</strong> <em>b</em> <code>c</code> <a href="https://example.com/">d</a></p>\n' +
        '<ul>\n<li>e</li>\n</ul>\n<blockquote>\n<p>f</p>\n</blockquote>\n',
    );
  });

  test('links a bare address, and no bare domain or file name', () => {
    expect(markdownToHtml('see https://example.com/a, not setup.py')).toContain(
      '<a href="https://example.com/a">https://example.com/a</a>, not setup.py',
    );
  });

  test('ends a bare address before Chinese words and marks', () => {
    expect(markdownToHtml('见 https://example.com/a。然后')).toContain('<a href="https://example.com/a">');
  });

  test('puts headings below the headline', () => {
    expect(markdownToHtml('# a\n\n### b\n\n##### c')).toBe('<h4>a</h4>\n<h4>b</h4>\n<h5>c</h5>\n');
  });

  test('takes a link without an address as its words, and drops the titles of links', () => {
    expect(markdownToHtml('[a]() ![b]() [c](https://example.com/ "d")')).toBe(
      '<p>a b <a href="https://example.com/">c</a></p>\n',
    );
  });

  test('shows a picture as a link in its own words', () => {
    expect(markdownToHtml('![A *cat*](https://example.com/cat.png)')).toBe(
      '<p><a href="https://example.com/cat.png">A cat</a></p>\n',
    );
    expect(markdownToHtml('![A cat](cat.png)')).toBe('<p>![A cat](cat.png)</p>\n');
  });
});

describe('the text of commentary', () => {
  const cited = (markdown: string) => {
    const urls: string[] = [];
    return markdownToText(markdown, (url) => ` [${urls.push(url)}]`);
  };

  test('has the words, and a mark behind each link', () => {
    expect(cited('A **bold** [claim](https://example.com/1)\nand `x`, [more](https://example.com/2).')).toBe(
      'A bold claim [1] and x, more [2].',
    );
  });

  test('shows a bare address as it is', () => {
    expect(cited('See <https://example.com/1> and https://example.com/2')).toBe(
      'See https://example.com/1 and https://example.com/2',
    );
  });

  test('joins Chinese lines without a space', () => {
    expect(markdownToText('恢复\n图像\n**和** x')).toBe('恢复图像和 x');
  });

  test('has lists, quotes and code by their customary marks', () => {
    expect(
      markdownToText(
        'Two:\n\n- one\n- two\n  more\n\n3. three\n4. four\n\n> said\n>\n> again\n\n```\nx = 1\n```\n\n---\n\nend',
      ),
    ).toBe(
      'Two:\n\n- one\n- two more\n\n3. three\n4. four\n\n> said\n>\n> again\n\n    x = 1\n\n* * *\n\nend',
    );
  });
});
