import { describe, expect, test } from 'vitest';
import { decodeIssue, LARGEST_ISSUE_BYTES, readIssue } from '../../src/document/read-issue.ts';
import { Fault } from '../../src/result.ts';

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault');
}

const codeOf = (text: string) => faultOf(() => readIssue(text)).code;

describe('a file that is no issue is refused in one sentence that says what to do', () => {
  test.each([
    ['', 'empty_issue'],
    [' \n\t\n', 'empty_issue'],
    ['Dear readers,\n\nhello', 'unknown_form'],
    ['# Heading\n\nJust notes.', 'unknown_form'],
    ['{"title": "x"}', 'unknown_form'],
    ['<!doctype html><title>x</title>', 'unknown_form'],
    ['---\ntitle: x\n---\n\nOnly text.', 'no_items'],
    ['---\ntitle: x\n---\n\n# Section\n\nOnly text.', 'no_items'],
    ['---\ntitle: x\n---\n\n## Item\n\nNo link.', 'no_links'],
    ['---\nslug: abcd\n---\n\n## Item\n\n<https://example.com/>', 'no_title'],
    ['# Title\n\n> From: <https://example.com/>\n\nText', 'no_items'],
    ['# \n\n> From: <https://example.com/>\n\n# One\n\n<https://example.com/1>', 'no_title'],
  ])('%j', (text, code) => {
    const fault = faultOf(() => readIssue(text));
    expect(fault.code).toBe(code);
    expect(fault.kind).toBe('usage');
    expect(fault.message).toMatch(/^[A-Z].*\.$/s);
  });

  test('one of 50 MB, without reading it', () => {
    const fault = faultOf(() => decodeIssue(Buffer.alloc(50 * 1024 * 1024, 'x')));
    expect(fault.message).toBe(
      'This file has 50.0 MB, and an issue may have 2 MB: keep pictures as files beside it.',
    );
    expect(codeOf('x'.repeat(LARGEST_ISSUE_BYTES + 1))).toBe('issue_too_big');
  });

  test('a picture, UTF-16 and Latin-1', () => {
    expect(faultOf(() => decodeIssue(Buffer.from('\x89PNG\r\n\0\0', 'latin1'))).message).toContain(
      'not text',
    );
    expect(faultOf(() => decodeIssue(Buffer.from('\ufeff---\n', 'utf16le'))).message).toContain('UTF-16');
    expect(faultOf(() => decodeIssue(Buffer.from('caf\xe9', 'latin1'))).message).toContain(
      'save it as UTF-8',
    );
  });
});

function readOrRefuse(text: string): void {
  try {
    readIssue(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

describe('a file made to be slow is read or refused in a moment', () => {
  const size = 500_000;
  test.each([
    ['brackets', '['],
    ['links begun', '[a]('],
    ['pictures begun', '!['],
    ['stars', '*a '],
    ['backticks', '`'],
    ['quotes', '> '],
    ['lists', '- '],
    ['cards begun', '\n[](https://example.com/) [## x\n'],
    ['headings', '\n# x\n'],
    ['rules', '— '],
    ['bare addresses', 'https://a.example.com/'],
    ['entities', '&amp;'],
  ])('%s', (_, piece) => {
    const text = piece.repeat(Math.ceil(size / piece.length));
    const started = performance.now();
    for (const start of [
      '---\ntitle: x\n---\n\n## One\n\n<https://example.com/>\n\n',
      '# x\n\n> a: <https://example.com/>\n\n# One\n\n<https://example.com/1>\n\n',
    ])
      readOrRefuse(start + text);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
