import { pipeline, Readable } from 'node:stream';
import { CsvError, type Options, parse } from 'csv-parse';
import { Fault } from '../result.ts';
import { decodeCsv } from './csv-decode.ts';

export interface CsvRow {
  /** Of the file, counted from 1, where the row begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

const DELIMITERS = [',', ';', '\t'];
const LONGEST_RECORD = 1_000_000;
/** Excel's own hint, which it understands and never shows. */
const SEP_LINE = /^sep=(.)\r?\n/i;
const BEGUN_SEP_LINE = /^sep=.?\r?$/i;

/**
 * The rows of a CSV file as a stream, its header first, empty lines left out; whatever the encoding, and
 * with comma, semicolon or tab, whichever the header has most of.
 *
 * @throws {Fault} `bad_csv`
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow> {
  const text = decodeCsv(chunks);
  const head = await readHead(text);
  const hint = SEP_LINE.exec(head);
  const start = hint ? head.slice(hint[0].length) : head;
  const parser = parse(options(hint?.[1] ?? commonest(start)));
  // a fault of the source arrives here as the parser's own
  pipeline(Readable.from(prepend(start, text)), parser, () => {});
  const linesBefore = hint ? 1 : 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      yield { line: info.lines + linesBefore - lineBreaks(record), fields: record };
    }
  } catch (error) {
    throw asFault(error);
  }
}

function options(delimiter: string): Options {
  return {
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: LONGEST_RECORD,
  };
}

/** Enough text for the header: to the first line break outside of quotes. */
async function readHead(text: AsyncGenerator<string>): Promise<string> {
  let head = '';
  while (head.length < LONGEST_RECORD) {
    const { value, done } = await text.next();
    if (done) break;
    head += value;
    const line = SEP_LINE.exec(head)?.[0].length ?? 0;
    if (/[^\r\n][\r\n]/.test(unquoted(head.slice(line))) && !BEGUN_SEP_LINE.test(head)) break;
  }
  return head;
}

async function* prepend(start: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (start) yield start;
  for await (const piece of rest) if (piece) yield piece;
}

function commonest(text: string): string {
  const header = /[^\r\n]+/.exec(unquoted(text))?.[0] ?? '';
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** With a letter in place of what stands in quotes. */
function unquoted(text: string): string {
  return text.replace(/"[^"]*("|$)/g, 'x');
}

function lineBreaks(record: readonly string[]): number {
  return record.reduce((sum, field) => sum + (field.match(/\r\n?|\n/g)?.length ?? 0), 0);
}

function asFault(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return new Fault(
      'bad_csv',
      `The file cannot be read: a quotation mark is never closed (noticed at line ${error.lines ?? '?'}). Close it, or double those inside a field.`,
    );
  }
  return new Fault('bad_csv', `The file cannot be read as CSV: ${error.message}.`);
}
