import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { depsOf } from '../main.ts';
import { askToConfirm } from '../notices/reader-notices.ts';
import { addressHasher } from '../publications/installation.ts';
import { findPublication } from '../publications/publication-store.ts';
import { Fault } from '../result.ts';
import type { ImportReport } from '../subscribers/import-subscribers.ts';
import { importSubscribers } from '../subscribers/import-subscribers.ts';
import { type Answer, defineCommand, publicationOption } from './command.ts';
import { openProgress } from './progress.ts';
import { facts } from './table.ts';
import { withParts } from './with-parts.ts';
import { workWaitingNotices } from './work-notices.ts';

export const subscribersImport = defineCommand({
  args: ['FILE.csv'],
  about: 'Reads readers from CSV; mails nobody, and never brings back one who left.',
  options: {
    ...publicationOption,
    consent: {
      value: 'TEXT',
      about: 'how they agreed, kept as evidence; makes rows without a status active',
    },
    ask: { about: 'send the confirm mail to those who are pending' },
    'dry-run': { about: 'only say what it would do' },
  },
  async run({ args: [file = ''], options }) {
    if ((await stat(file)).isDirectory())
      throw new Fault('not_a_file', `${file} is a directory: name a CSV file.`);
    return withParts(async (parts, signal) => {
      const { db, clock } = depsOf(parts);
      const publication = await findPublication(db, options.publication ?? null);
      const progress = openProgress();
      const report = await importSubscribers(
        { db, hashAddress: await addressHasher(db), askToConfirm },
        {
          publication,
          stream: createReadStream(file),
          consent: options.consent ?? null,
          ask: options.ask,
          dryRun: options['dry-run'],
          refusalsPath: `${file}.refused.csv`,
          now: clock.now(),
          onProgress: (rows) => progress.show(`${rows} rows`),
        },
      ).finally(progress.end);
      if (options.ask && !options['dry-run']) await workWaitingNotices(parts, signal);
      return importAnswer(report, options['dry-run']);
    });
  },
});

function importAnswer(report: ImportReport, dryRun: boolean): Answer {
  const { rows, added, updated, unchanged, suppressed, refused, refusals_file } = report;
  const text = facts([
    ['Rows', rows],
    ['Added', added],
    ['Updated', updated],
    ['Unchanged', unchanged],
    ['Suppressed', suppressed],
    ['Refused', refused],
    ['Reasons in', refusals_file],
  ]);
  return { value: report, text: dryRun ? `${text}\nA dry run: nothing is changed.` : text };
}
