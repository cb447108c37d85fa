import type { Db } from '../db/database.ts';
import type { HashAddress } from '../publications/installation.ts';
import type { Publication } from '../publications/publication.ts';
import type { CsvRow } from './csv-table.ts';
import type { ImportRow } from './import-row.ts';
import type { AskToConfirm } from './sign-up.ts';

export interface ImportParts {
  readonly db: Db;
  readonly hashAddress: HashAddress;
  readonly askToConfirm: AskToConfirm;
}

export interface ImportRequest {
  readonly publication: Publication;
  readonly stream: AsyncIterable<Uint8Array>;
  /** The words by which these people agreed; null: nobody is made active. */
  readonly consent: string | null;
  /** Send the confirm mail to the pending ones of the file. */
  readonly ask: boolean;
  /** Same numbers, nothing changed (the refusals file is written). */
  readonly dryRun: boolean;
  readonly refusalsPath: string | null;
  readonly now: Date;
  readonly onProgress?: (rows: number) => void;
}

export interface Refusal {
  readonly row: CsvRow;
  readonly reason: string;
}

/** A row as it stands in the file, and as it was understood. */
export interface GoodRow {
  readonly source: CsvRow;
  readonly row: ImportRow;
}

/** What importing one chunk did; the numbers add up to its rows, but for duplicates. */
export interface ChunkCounts {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly suppressed: number;
}
