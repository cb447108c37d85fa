import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../result.ts';

const LEAST_LENGTH = 32;

/**
 * The APP_SECRET of an embedded press: made once, kept readable by its owner only. A hard link makes the
 * whole file appear at once and never replaces one, so that processes which start together agree on it.
 *
 * @throws {Fault} `bad_app_secret` if the file was cut or emptied.
 */
export async function embeddedSecret(dataDir: string): Promise<string> {
  const file = path.join(path.resolve(dataDir), 'app-secret');
  const secret = (await read(file)) ?? (await make(file));
  if (secret.length >= LEAST_LENGTH) return secret;
  throw new Fault(
    'bad_app_secret',
    `${file} is damaged: put back a copy of it; without one remove it, and links in mail already sent stop working.`,
    'failure',
  );
}

async function read(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function make(file: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await writeDurably(draft, `${randomBytes(32).toString('hex')}\n`);
    await link(draft, file).catch((error) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await read(file)) ?? '';
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
