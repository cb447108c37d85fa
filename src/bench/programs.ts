import { accessSync, constants } from 'node:fs';
import path from 'node:path';

// Postfix's programs lie in sbin, which is not on every user's PATH
const ALSO = ['/usr/sbin', '/usr/local/sbin'];

/** Where the machine has a program, or null. */
export function findProgram(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(path.delimiter), ...ALSO];
  return directories.map((directory) => path.join(directory, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
