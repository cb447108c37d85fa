import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COLUMNS, textWidth, wrapText } from '../../src/rendering/wrap-text.ts';

const lines = (text: string) => text.split('\n');

describe('wrapping', () => {
  test('a Chinese character counts two columns, a combining mark none', () => {
    expect(textWidth('ab')).toBe(2);
    expect(textWidth('论文，')).toBe(6);
    expect(textWidth('e\u0301')).toBe(1);
  });

  test('English breaks at spaces within 72 columns', () => {
    const wrapped = lines(wrapText('a tide that comes in late '.repeat(12)));
    expect(wrapped.length).toBeGreaterThan(3);
    for (const line of wrapped) expect(textWidth(line)).toBeLessThanOrEqual(COLUMNS);
  });

  test('Chinese breaks between characters, and no line begins with a closing mark or ends with an opening one', () => {
    const wrapped = lines(wrapText('他们提出了一种方法（软池化），在区域内汇总。'.repeat(20)));
    for (const line of wrapped) {
      expect(textWidth(line)).toBeLessThanOrEqual(COLUMNS);
      expect(line).not.toMatch(/^[，。）]/u);
      expect(line).not.toMatch(/（$/u);
    }
  });

  test('an address longer than a line stays whole', () => {
    const url = `https://long.example.com/${'x'.repeat(100)}`;
    expect(lines(wrapText(`see ${url} there`))).toContain(url);
  });

  test('the number of a link stays with the words before it', () => {
    const words = 'x'.repeat(COLUMNS - 1);
    expect(wrapText(`a ${words} [12] b`)).toContain(`${words} [12]`);
  });

  test('quotes and list items go on under their first word', () => {
    const wrapped = lines(wrapText(`- ${'one tide '.repeat(20)}`, { first: '  ' }));
    expect(wrapped[0]).toMatch(/^ {2}- one/);
    expect(wrapped[1]).toMatch(/^ {4}\S/);
    const quoted = lines(wrapText(`> ${'one tide '.repeat(20)}`));
    expect(quoted.every((line) => line.startsWith('> '))).toBe(true);
  });

  test('wrapping loses and adds nothing but spaces', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '论', '，', '（', 'é', '-', '.', ')'),
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, (given) => {
        expect(wrapText(given).replaceAll(/[ \n]/g, '')).toBe(given.replaceAll(' ', ''));
      }),
    );
  });
});
