import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../result.ts';
import { bundledMajor, launch, launchFault } from './postgres-binaries.ts';
import { isRunning } from './postmaster.ts';

/** Where a server of ours listens. Its port stands in postmaster.pid, its password in a file; both are 0600. */
export interface PostgresAddress {
  readonly port: number;
  readonly password: string;
}

const SUPERUSER = 'pressrun';
const PASSWORD_FILE = 'pressrun.password';

export function urlOf(address: PostgresAddress, database: string): string {
  return `postgres://${SUPERUSER}:${address.password}@127.0.0.1:${address.port}/${database}`;
}

export function readPassword(directory: string): Promise<string> {
  return readFile(path.join(directory, PASSWORD_FILE), 'utf8');
}

/**
 * The Postgres data directory inside `home`, made if there is none: initdb writes it under another name, and
 * the rename makes it appear whole or not at all, however many processes try at once.
 *
 * Its name is new each time. A server writes pg_control by its absolute path: one that still ran when somebody
 * removed everything and began anew would else write into the new data (tried: "could not locate a valid
 * checkpoint record").
 *
 * @throws {Fault} `other_postgres_version`, `not_a_cluster`, `disk_full`, or what initdb said.
 */
export async function ensureCluster(home: string): Promise<string> {
  const found = await findCluster(home);
  if (found) return found;
  await mkdir(path.dirname(home), { recursive: true, mode: 0o700 });
  await removeDeadDrafts(home);
  const draft = `${home}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await makeCluster(path.join(draft, `data-${randomBytes(4).toString('hex')}`));
    await rename(draft, home).catch(ignoreIfTaken);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return (await findCluster(home)) ?? raiseNoCluster(home);
}

/** @throws {Fault} `other_postgres_version`, `not_a_cluster` */
export async function findCluster(home: string): Promise<string | null> {
  const names = (await readdir(home).catch(nullIfMissing)) ?? [];
  if (names.length === 0) return null;
  const directory = path.join(home, names.find((entry) => entry.startsWith('data-')) ?? 'data');
  const version = (await readFile(path.join(directory, 'PG_VERSION'), 'utf8').catch(nullIfMissing))?.trim();
  if (version === undefined) return raiseNoCluster(home);
  if (version === bundledMajor()) return directory;
  throw new Fault(
    'other_postgres_version',
    `${home} was made by Postgres ${version}, and this pressrun brings Postgres ${bundledMajor()}: run the pressrun that made it, or set DATA_DIR to another directory.`,
    'failure',
  );
}

async function makeCluster(directory: string): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const passwordFile = `${directory}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  const user = ['-U', SUPERUSER, '--pwfile', passwordFile, '-A', 'scram-sha-256'];
  const initdb = launch('initdb', ['-D', directory, ...user, '-E', 'UTF8', '--locale=C'], {
    detached: false,
    owner: null,
  });
  if ((await initdb.ended) !== 0) throw launchFault('initdb', initdb.output());
  await rename(passwordFile, path.join(directory, PASSWORD_FILE));
}

function ignoreIfTaken(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}

function raiseNoCluster(home: string): never {
  throw new Fault(
    'not_a_cluster',
    `${home} is there but holds no Postgres data: put back a copy of it, or move it away to begin anew.`,
    'failure',
  );
}

/** What a process that was killed in the middle of an initdb left behind. */
async function removeDeadDrafts(home: string): Promise<void> {
  const parent = path.dirname(home);
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(`${path.basename(home)}.new-`) && /\.new-(\d+)-/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
