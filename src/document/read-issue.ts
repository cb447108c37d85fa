import { Fault } from '../result.ts';
import { readIssueMarkdown } from './issue-markdown.ts';
import { isMediumExport, readMediumExport } from './medium-export.ts';
import type { Defaults, ReadIssue } from './read-result.ts';

/** A letter of 1,000 items is a tenth of it; pictures are files of their own. */
export const LARGEST_ISSUE_BYTES = 2 * 1024 * 1024;

/**
 * The text of an issue's file.
 *
 * @throws {Fault} `issue_too_big`, `not_text`
 */
export function decodeIssue(bytes: Uint8Array): string {
  refuseBig(bytes.length);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw new Fault('not_text', 'This file is in UTF-16: save it as UTF-8 and import it again.');
  if (bytes.includes(0))
    throw new Fault('not_text', 'This file is not text: an issue is a Markdown file in UTF-8.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Fault('not_text', 'This file is not in UTF-8: save it as UTF-8 and import it again.');
  }
}

/**
 * Reads an issue in whichever form it has: our own (issue-markdown.ts) or a Medium export.
 *
 * @throws {Fault} as either reader; `issue_too_big`, `empty_issue`, `unknown_form`
 */
export function readIssue(text: string, defaults?: Defaults): ReadIssue {
  refuseBig(text.length);
  const start = text.replace(/^\ufeff/, '');
  if (start.trim() === '')
    throw new Fault('empty_issue', 'This file is empty: write an issue into it first.');
  if (/^---[ \t]*\r?\n/.test(start)) return readIssueMarkdown(start, defaults);
  if (isMediumExport(start)) return readMediumExport(start, defaults);
  throw new Fault(
    'unknown_form',
    'This is no issue that pressrun can read: begin it with front matter (a line ---, "title: ...", a line ---), or give a Medium export, which begins with "# Title".',
  );
}

function refuseBig(size: number): void {
  if (size <= LARGEST_ISSUE_BYTES) return;
  const megabytes = (size / 1024 / 1024).toFixed(1);
  throw new Fault(
    'issue_too_big',
    `This file has ${megabytes} MB, and an issue may have 2 MB: keep pictures as files beside it.`,
  );
}
