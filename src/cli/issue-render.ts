import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { showId } from '../ids.ts';
import { findIssue } from '../issues/issue-store.ts';
import { findPublication } from '../publications/publication-store.ts';
import { Fault } from '../result.ts';
import { defineCommand, publicationOption } from './command.ts';
import { renderedFiles } from './rendered-files.ts';
import { withParts } from './with-parts.ts';

export const issueRender = defineCommand({
  args: ['ISSUE'],
  about: 'Writes the letter as issue.html, issue.txt and issue.eml, and its page as web.html.',
  options: {
    ...publicationOption,
    out: { value: 'DIR', about: 'where to; made if it is not there' },
    locale: { value: 'LOCALE', about: "another edition than the publication's own" },
  },
  async run({ args: [reference = ''], options: { out, locale, publication: slug } }) {
    if (out === undefined) throw new Fault('missing_option', 'Say where the files go: --out DIR.');
    return withParts(async (parts) => {
      const { db } = parts.database;
      const publication = await findPublication(db, slug ?? null);
      const issue = await findIssue(db, publication.id, reference);
      const files = await renderedFiles(parts, { publication, issue, locale: locale ?? null });
      for (const [name, content] of files) await writeBelow(out, name, content);
      const written = [...files.keys()].map((name) => path.join(out, name));
      const value = { issue: showId('issue', issue.id), files: written };
      return {
        value,
        text: written.filter((file) => !file.includes(`${path.sep}assets${path.sep}`)).join('\n'),
      };
    });
  },
});

async function writeBelow(directory: string, name: string, content: string | Buffer): Promise<void> {
  const file = path.join(directory, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}
