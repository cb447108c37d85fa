import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * The first of these programs that the machine has. Null where it has none: what needs it is skipped with
 * one loud line, and with REQUIRE_ALL=1 that is a failure.
 *
 *     test.skipIf(chromium === null)('...', ...)
 */
export function findProgram(...names: readonly string[]): string | null {
  const directories = (process.env.PATH ?? '').split(path.delimiter);
  const found = names
    .flatMap((name) => directories.map((directory) => path.join(directory, name)))
    .find(isExecutable);
  return found ?? skipLoudly(`${names.join(' or ')} is not installed`);
}

/** A file or directory that an environment variable names, under the same rule. */
export function findMaterial(variable: string): string | null {
  return process.env[variable] || skipLoudly(`${variable} is not set`);
}

/** As {@link findProgram}, for what only root may run. */
export function findRootProgram(name: string): string | null {
  return process.getuid?.() === 0 ? findProgram(name) : skipLoudly(`${name} needs root`);
}

function skipLoudly(reason: string): null {
  if (process.env.REQUIRE_ALL === '1') throw new Error(`${reason}, and REQUIRE_ALL=1 asks for it`);
  console.warn(`\n!!! SKIPPED: ${reason}: what needs it is not tested here.\n`);
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
