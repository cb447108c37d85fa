import { Fault } from '../result.ts';
import { type IssueDocument, issueDocument } from './document.ts';

/** What an importer could not place, or placed in another way than it stands; lines count from 1. */
export interface Warning {
  readonly line: number;
  readonly message: string;
}

export interface ReadIssue {
  readonly document: IssueDocument;
  readonly warnings: readonly Warning[];
}

/** What a file may leave open and the publication knows. */
export interface Defaults {
  readonly locale: string;
}

/** Collects warnings while a file is read, and gives them in the order of its lines. */
export interface Warnings {
  add(line: number, message: string): void;
  inOrder(): Warning[];
}

export function collectWarnings(): Warnings {
  const all: Warning[] = [];
  return {
    add: (line, message) => void all.push({ line, message }),
    inOrder: () => all.toSorted((a, b) => a.line - b.line),
  };
}

/**
 * The checked document of what a reader found.
 *
 * @throws {Fault} `no_items`, `no_links`, `bad_issue` (names the field).
 */
export function finishDocument(draft: unknown, itemForm: string): IssueDocument {
  const parsed = issueDocument.safeParse(draft);
  if (!parsed.success) {
    const [problem] = parsed.error.issues;
    throw new Fault(
      'bad_issue',
      `This issue cannot be taken: its ${problem?.path.join('.')} ${problem?.message}.`,
    );
  }
  const items = parsed.data.sections.flatMap((section) => section.items);
  if (items.length === 0) throw new Fault('no_items', `This file has no items: ${itemForm}.`);
  if (items.every((item) => item.url === null))
    throw new Fault('no_links', `No item of this file has a link: ${itemForm}.`);
  return parsed.data;
}
