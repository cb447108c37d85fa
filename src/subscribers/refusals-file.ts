import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import type { CsvRow } from './csv-table.ts';
import type { Columns } from './import-columns.ts';

/**
 * Each refused row as it stood in the file, with its line and the reason in front, so that it can be mended
 * and imported again. Made with the first refusal, and under its name only once the import is done.
 */
export class RefusalsFile {
  readonly #path: string | null;
  readonly #columns: Columns;
  #handle: FileHandle | null = null;

  constructor(path: string | null, columns: Columns) {
    this.#path = path;
    this.#columns = columns;
  }

  async add(refusals: readonly { readonly row: CsvRow; readonly reason: string }[]): Promise<void> {
    if (this.#path === null || refusals.length === 0) return;
    const { header, known } = this.#columns;
    const line = (first: string, email: string, reason: string, fields: readonly string[]) => [
      first,
      email,
      reason,
      ...fields.filter((_, index) => index !== known.email),
    ];
    const rows = refusals.map(({ row, reason }) =>
      line(String(row.line), row.fields[known.email ?? 0] ?? '', reason, row.fields),
    );
    if (!this.#handle) {
      // addresses of people: for the operator's eyes only
      this.#handle = await open(`${this.#path}.part`, 'w', 0o600);
      rows.unshift(line('line', 'email', 'reason', header));
    }
    await this.#handle.appendFile(stringify(rows));
  }

  /** @returns the file's path, or null where nothing was refused. */
  async finish(): Promise<string | null> {
    if (this.#path === null || !this.#handle) return null;
    await this.#handle.close();
    await rename(`${this.#path}.part`, this.#path);
    return this.#path;
  }

  async discard(): Promise<void> {
    if (this.#path === null || !this.#handle) return;
    await this.#handle.close();
    await rm(`${this.#path}.part`, { force: true });
  }
}
