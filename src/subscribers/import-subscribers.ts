import type { Db, Tx } from '../db/database.ts';
import { Fault } from '../result.ts';
import { type CsvRow, readCsv } from './csv-table.ts';
import { openChanges } from './import-changes-store.ts';
import { applyChanges, importChunk, twiceRefusal } from './import-chunk.ts';
import { type Columns, readColumns } from './import-columns.ts';
import { hasLeft } from './import-decision.ts';
import type { GoodRow, ImportParts, ImportRequest, Refusal } from './import-request.ts';
import { readImportRow } from './import-row.ts';
import { lockImports, openSeen } from './import-store.ts';
import { RefusalsFile } from './refusals-file.ts';

/** The contract's answer; the numbers after `rows` add up to it. */
export interface ImportReport {
  readonly rows: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly suppressed: number;
  readonly refused: number;
  readonly refusals_file: string | null;
}

const CHUNK_ROWS = 1000;

/**
 * Reads a CSV file as a stream, in one transaction: all of it or nothing. Mails nobody unless asked to.
 *
 * @throws {Fault} `bad_csv`
 */
export async function importSubscribers(parts: ImportParts, request: ImportRequest): Promise<ImportReport> {
  const rows = readCsv(request.stream);
  const header = await rows.next();
  if (header.done) throw new Fault('bad_csv', 'The file is empty: its first line must name the columns.');
  const columns = readColumns(header.value.fields);
  const refusals = new RefusalsFile(request.refusalsPath, columns);
  try {
    const counts = await inTransaction(parts.db, request.dryRun, (tx) =>
      importRows(tx, parts, { ...request, rows, columns, refusals }),
    );
    return { ...counts, refusals_file: await refusals.finish() };
  } catch (error) {
    await refusals.discard();
    throw error;
  }
}

type Counts = Omit<ImportReport, 'refusals_file'>;
interface Import extends ImportRequest {
  readonly rows: AsyncIterable<CsvRow>;
  readonly columns: Columns;
  readonly refusals: RefusalsFile;
}

async function importRows(tx: Tx, parts: ImportParts, all: Import): Promise<Counts> {
  await lockImports(tx, all.publication.id);
  await openSeen(tx);
  await openChanges(tx);
  const counts = { rows: 0, added: 0, updated: 0, unchanged: 0, suppressed: 0, refused: 0 };
  for await (const { good, bad } of chunks(all)) {
    const { twice, ...done } = await importChunk(tx, parts, good, all);
    const refused = [...bad, ...twice].sort((one, other) => one.row.line - other.row.line);
    await all.refusals.add(refused);
    for (const key of ['added', 'updated', 'unchanged', 'suppressed'] as const) counts[key] += done[key];
    counts.refused += refused.length;
    counts.rows += good.length + bad.length;
    all.onProgress?.(counts.rows);
  }
  await applyChanges(tx, all.now);
  return counts;
}

interface Chunk {
  readonly good: GoodRow[];
  readonly bad: Refusal[];
  /** Where each address of the chunk stands. */
  readonly lines: Map<string, number>;
}

/** An address stands in a chunk once, so that each chunk is a few set-based statements. */
async function* chunks({ rows, columns, consent }: Import): AsyncGenerator<Chunk> {
  let chunk = emptyChunk();
  for await (const source of rows) {
    const read = readImportRow(source, columns, consent !== null);
    const earlier = read.ok ? chunk.lines.get(read.value.address_key) : undefined;
    const full = chunk.good.length + chunk.bad.length >= CHUNK_ROWS;
    if (full || (earlier && read.ok && hasLeft(read.value.status))) {
      yield chunk;
      chunk = emptyChunk();
    }
    if (!read.ok) chunk.bad.push({ row: source, reason: read.error });
    else if (earlier && !hasLeft(read.value.status)) chunk.bad.push(twiceRefusal(source, earlier));
    else {
      chunk.good.push({ source, row: read.value });
      chunk.lines.set(read.value.address_key, source.line);
    }
  }
  yield chunk;
}

function emptyChunk(): Chunk {
  return { good: [], bad: [], lines: new Map() };
}

class DryRun extends Error {}

/** A dry run does all of the work and takes it back, so its numbers are those of the real one. */
async function inTransaction(db: Db, dryRun: boolean, work: (tx: Tx) => Promise<Counts>): Promise<Counts> {
  let counts: Counts | undefined;
  try {
    return await db.transaction().execute(async (tx) => {
      counts = await work(tx);
      if (dryRun) throw new DryRun();
      return counts;
    });
  } catch (error) {
    if (error instanceof DryRun && counts) return counts;
    throw error;
  }
}
