import { issueView } from './issue-view.ts';
import type { LetterInput } from './letter.ts';
import { renderTemplate } from './templates.ts';

/** The style sheet for the classes of {@link renderWebIssue}; it takes `--accent` and the like from the page. */
export const WEB_ISSUE_CSS = `${import.meta.dirname}/web-issue.css`;

export interface WebIssueInput extends LetterInput {
  /** '' or `/p/SLUG`, before the publication's own pages. */
  readonly basePath: string;
}

/** An issue as a page's `<article>`: real HTML, no inline styles, no slots; pictures from `/assets/`. */
export async function renderWebIssue({ basePath, ...input }: WebIssueInput): Promise<string> {
  const view = issueView(input);
  return renderTemplate(
    'web-issue',
    { issue: view, archive: `${basePath}/archive` },
    { lang: view.lang, dir: view.dir, words: view.words },
  );
}
