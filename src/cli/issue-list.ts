import { listSends } from '../delivery/send-store.ts';
import type { IssueId } from '../ids.ts';
import { showId } from '../ids.ts';
import { type Issue, listIssues } from '../issues/issue-store.ts';
import { findPublication } from '../publications/publication-store.ts';
import { defineCommand, publicationOption } from './command.ts';
import { table } from './table.ts';
import { withParts } from './with-parts.ts';

interface ListedSend {
  readonly send: string;
  readonly state: string;
}

export const issueList = defineCommand({
  args: [],
  about: 'Lists the issues and their sends.',
  options: publicationOption,
  run: ({ options }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const issues = await listIssues(db, publication.id);
      const sends = await listSends(db, publication.id, 1000);
      const sendsOf = (id: IssueId) =>
        sends
          .filter((send) => send.issue_id === id)
          .map(({ id, state }) => ({ send: showId('send', id), state }));
      const rows = issues.map((issue) => ({ issue, sends: sendsOf(issue.id) }));
      const head = ['Issue', 'Slug', 'Title', 'Ready', 'Sends'];
      return {
        value: rows.map(listValue),
        text:
          rows.length > 0
            ? table(head, rows.map(listRow))
            : 'There is no issue yet: "pressrun issue import FILE" brings one.',
      };
    }),
});

interface ListRow {
  readonly issue: Issue;
  readonly sends: readonly ListedSend[];
}

function listValue({ issue, sends }: ListRow) {
  const { id, slug, period, title, ready_at } = issue;
  return { issue: showId('issue', id), slug, period, title, ready: ready_at !== null, sends };
}

function listRow({ issue, sends }: ListRow): string[] {
  const shown = sends.map(({ send, state }) => `${send} ${state}`).join(', ');
  return [showId('issue', issue.id), issue.slug, issue.title, issue.ready_at ? 'ready' : '', shown];
}
