import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { depsOf, type Parts } from '../main.ts';
import { createPublication } from '../publications/edit-publications.ts';
import { addressHasher } from '../publications/installation.ts';
import { importSubscribers } from '../subscribers/import-subscribers.ts';
import { median, type Stop, type Tell } from './bench-request.ts';
import { copyReaders, settleReaders } from './bench-store.ts';
import { onOwnPress } from './own-press.ts';

export interface ImportBench {
  readonly rows: number;
  readonly rounds: number;
}

/** Rates in rows a second, medians of the rounds. */
export interface ImportReport {
  readonly rows: number;
  readonly rounds: number;
  readonly pressrun: { readonly per_second: number };
  readonly beside: readonly { readonly what: string; readonly per_second: number; readonly ratio: number }[];
  /** What did not add up; empty where each row became a reader. */
  readonly faults: readonly string[];
}

interface Round {
  readonly press: number;
  readonly copy: number;
  readonly added: number;
}

/**
 * Measures an import with consent against Postgres reading the same file by itself, in a directory of its own of which
 * nothing stays.
 */
export async function benchImport(request: ImportBench, stop: Stop, tell: Tell): Promise<ImportReport> {
  return onOwnPress({}, tell, async (parts, directory) => {
    const file = path.join(directory, 'readers.csv');
    await writeFile(file, Readable.from(csv(request.rows)));
    return reportOf(request, await playRounds(parts, file, request, stop, tell));
  });
}

const LINES_AT_ONCE = 1000;

function* csv(rows: number): Generator<string> {
  yield 'email,name,locale\n';
  for (let from = 1; from <= rows; from += LINES_AT_ONCE) {
    const count = Math.min(LINES_AT_ONCE, rows - from + 1);
    const line = (n: number) => `reader${n}@d${n % 1000}.example.test,Reader Number ${n},en\n`;
    yield Array.from({ length: count }, (_, at) => line(from + at)).join('');
  }
}

async function playRounds(
  parts: Parts,
  file: string,
  { rows, rounds }: ImportBench,
  stop: Stop,
  tell: Tell,
): Promise<Round[]> {
  const { db } = parts.database;
  const played: Round[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    tell(`round ${number} of ${rounds}: ${rows} rows`);
    const imported = await Promise.race([importOnce(parts, file, `round-${number}`), stop.interrupted]);
    await settleReaders(db);
    const began = performance.now();
    await Promise.race([copyReaders(db, file), stop.interrupted]);
    played.push({ ...imported, copy: rateOf(rows, began) });
  }
  return played;
}

/** As `pressrun subscribers import --consent` does it. */
async function importOnce(parts: Parts, file: string, slug: string): Promise<Omit<Round, 'copy'>> {
  const { db, clock } = depsOf(parts);
  const publication = await createPublication(db, { slug, name: slug, from_address: 'letter@example.test' });
  const hashAddress = await addressHasher(db);
  const began = performance.now();
  const { rows, added } = await importSubscribers(
    { db, hashAddress, askToConfirm: async () => {} },
    {
      publication,
      stream: createReadStream(file),
      consent: 'generated to be measured',
      ask: false,
      dryRun: false,
      refusalsPath: null,
      now: clock.now(),
    },
  );
  return { press: rateOf(rows, began), added };
}

function rateOf(rows: number, began: number): number {
  return rows / ((performance.now() - began) / 1000);
}

function reportOf({ rows }: ImportBench, rounds: readonly Round[]): ImportReport {
  const copy = {
    what: 'COPY into a table with one key',
    per_second: Math.round(median(rounds.map((round) => round.copy))),
    ratio: Math.round(median(rounds.map((round) => round.press / round.copy)) * 1000) / 1000,
  };
  return {
    rows,
    rounds: rounds.length,
    pressrun: { per_second: Math.round(median(rounds.map((round) => round.press))) },
    beside: [copy],
    faults: rounds
      .filter(({ added }) => added !== rows)
      .map(({ added }) => `${rows} readers should have been added, and ${added} were.`),
  };
}
