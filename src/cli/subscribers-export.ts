import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { findPublication } from '../publications/publication-store.ts';
import { exportSubscribers } from '../subscribers/export-subscribers.ts';
import { unguardFormula } from '../subscribers/formula-guard.ts';
import { defineCommand, publicationOption } from './command.ts';
import { withParts } from './with-parts.ts';

export const subscribersExport = defineCommand({
  args: [],
  about: 'Prints all readers as CSV, in the form that "subscribers import" reads.',
  options: publicationOption,
  run: ({ options, json }) =>
    withParts(async ({ database: { db } }) => {
      const publication = await findPublication(db, options.publication ?? null);
      const write = (output: Writable) => exportSubscribers(db, publication, output);
      if (json) await writeJson(write, process.stdout);
      else await write(process.stdout);
      return null;
    }),
});

/** The same rows as one JSON array, as they come: there may be millions. */
async function writeJson(write: (output: Writable) => Promise<unknown>, output: Writable): Promise<void> {
  const rows = parse({ columns: true, cast: unguardFormula });
  const written = write(rows).then(() => rows.end());
  await Promise.all([written, pipeline(rows, jsonArray, output, { end: false })]);
}

async function* jsonArray(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = '[';
  for await (const row of rows) {
    yield before + JSON.stringify(row);
    before = ',\n';
  }
  yield before === '[' ? '[]\n' : ']\n';
}
