import { showId } from '../ids.ts';
import { exportIssue } from '../issues/export-issue.ts';
import { findIssue } from '../issues/issue-store.ts';
import { findPublication } from '../publications/publication-store.ts';
import { defineCommand, publicationOption } from './command.ts';
import { withParts } from './with-parts.ts';

export const issueExport = defineCommand({
  args: ['ISSUE'],
  about: 'Prints an issue as Markdown, in the form that "issue import" reads.',
  options: {
    ...publicationOption,
    locale: { value: 'LOCALE', about: "another edition than the publication's own" },
  },
  run: ({ args: [reference = ''], options }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const issue = await findIssue(db, publication.id, reference);
      const markdown = await exportIssue(db, issue.id, options.locale ?? null);
      return { value: { issue: showId('issue', issue.id), markdown }, text: markdown.replace(/\n$/, '') };
    }),
});
