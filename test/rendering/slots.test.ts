import { describe, expect, test } from 'vitest';
import { fillHtml, fillText, slot, withoutMarks } from '../../src/rendering/slots.ts';

const values = {
  origin: 'https://press.example.com',
  base: 'https://press.example.com/p/tides',
  unsubscribe: 'https://press.example.com/unsubscribe/abc?a=1&b="2"',
  preferences: 'https://press.example.com/preferences/abc',
};

describe('slots', () => {
  test('every occurrence of a mark is filled with the value of its name', () => {
    const template = `${slot('base')}/issues/x ${slot('origin')}/assets/y ${slot('base')}`;
    expect(fillText(template, values)).toBe(
      'https://press.example.com/p/tides/issues/x https://press.example.com/assets/y https://press.example.com/p/tides',
    );
  });

  test('HTML gets escaped values, text gets them as they are', () => {
    const mark = slot('unsubscribe');
    expect(fillHtml(mark, values)).toBe('https://press.example.com/unsubscribe/abc?a=1&amp;b=&quot;2&quot;');
    expect(fillText(mark, values)).toBe(values.unsubscribe);
  });

  test('a value that looks like a replacement pattern is put in as it is', () => {
    expect(fillText(slot('base'), { ...values, base: "$& $1 $'" })).toBe("$& $1 $'");
  });

  test('a mark that nobody fills stops the letter', () => {
    expect(() => fillText('\u{E000}nobody\u{E001}', values)).toThrow('nobody');
  });

  test('text cannot bring a mark of its own', () => {
    expect(withoutMarks(`a${slot('unsubscribe')}b`)).toBe('aunsubscribeb');
  });
});
