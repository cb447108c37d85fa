import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Db, Tx } from '../db/database.ts';
import type { SubscriberId } from '../ids.ts';
import type { Publication } from '../publications/publication.ts';
import { attributeNames, type ExportedReader, exportPage } from './export-store.ts';
import { guardFormula } from './formula-guard.ts';
import { KNOWN_COLUMNS } from './import-columns.ts';

/**
 * Writes all readers as CSV (UTF-8), in the form that the import reads, attributes as columns of their own;
 * one snapshot, a page at a time. Leaves the stream open.
 */
export async function exportSubscribers(
  db: Db,
  publication: Pick<Publication, 'id'>,
  output: Writable,
): Promise<{ readonly rows: number }> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return snapshot.execute((tx) => writeAll(tx, publication, output));
}

async function writeAll(tx: Tx, publication: Pick<Publication, 'id'>, output: Writable) {
  const names = await attributeNames(tx, publication.id);
  await write(output, [[...KNOWN_COLUMNS, ...names]]);
  let rows = 0;
  let after: SubscriberId | null = null;
  for (;;) {
    const page: ExportedReader[] = await exportPage(tx, publication.id, after);
    const last = page.at(-1);
    if (!last) return { rows };
    await write(
      output,
      page.map((reader) => cells(reader, names)),
    );
    rows += page.length;
    after = last.id;
  }
}

function cells(reader: ExportedReader, names: readonly string[]): string[] {
  const { email, name, status, locale, timezone, attributes } = reader;
  const times = [reader.subscribed_at, reader.followed_since].map((time) => time?.toISOString() ?? '');
  const known = [email, name, status, locale, timezone ?? '', ...times];
  const own = (attribute: string) => (Object.hasOwn(attributes, attribute) ? attributes[attribute] : '');
  return [...known, ...names.map((attribute) => own(attribute) ?? '')];
}

async function write(output: Writable, rows: readonly (readonly string[])[]): Promise<void> {
  const text = stringify(rows.map((row) => row.map(guardFormula)));
  // a reader that went away: no drain would ever come, and the snapshot would stay open
  if (output.destroyed) throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  if (!output.write(text)) await once(output, 'drain');
}
