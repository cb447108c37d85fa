import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { freePort } from './free-port.ts';
import { findRootProgram } from './require.ts';
import { until } from './until.ts';

export const PASSWORD = 'let-me-in';

export interface Dovecot {
  readonly port: number;
  /** Into the inbox of a user, who need not be made. */
  deliver(user: string, mails: readonly (string | Buffer)[]): Promise<void>;
  /** How many mails lie in a folder, or in the inbox. */
  count(user: string, folder?: string): Promise<number>;
  /** Of each mail in the inbox, as a Maildir's letters: `S` is seen. */
  flags(user: string): Promise<string[]>;
  /** As after a restore from a backup: the same mails, under other UIDs. */
  renumber(user: string, uidValidity: number): void;
  /** What lies where the folder's directory would be. */
  forbidFolder(user: string, folder: string): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Debian's nobody: mails are never root's. */
const OWNER = 65_534;

const settings = (directory: string, port: number) => `protocols = imap
listen = 127.0.0.1
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${directory}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 50
default_vsz_limit = 0
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
service anvil {
  chroot =
}
namespace inbox {
  inbox = yes
  separator = /
}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${OWNER} gid=${OWNER} home=${directory}/home/%u
}
`;

/** A real Dovecot in a directory of its own, until the file ends; null where it is not installed, or we are not root, which its processes need. */
export async function startDovecot(): Promise<Dovecot | null> {
  const [program, doveadm] = [findRootProgram('dovecot'), findRootProgram('doveadm')];
  if (program === null || doveadm === null) return null;
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-dovecot-'));
  await chmod(directory, 0o755);
  for (const name of ['run', 'state', 'home', 'mail']) await mkdir(path.join(directory, name));
  for (const name of ['home', 'mail']) await chown(path.join(directory, name), OWNER, OWNER);
  const port = await freePort();
  const conf = path.join(directory, 'dovecot.conf');
  await writeFile(conf, settings(directory, port));
  const mailOf = (user: string) => path.join(directory, 'mail', user);
  const run = () => spawn(program, ['-F', '-c', conf], { stdio: 'ignore', detached: true });
  let server = run();
  const stop = async () => {
    if (server.exitCode !== null) return;
    const ended = once(server, 'exit');
    // with those who serve its connections: they would go on for half a minute
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
    await ended;
  };
  const dovecot: Dovecot = {
    port,
    deliver: (user, mails) => deliver(mailOf(user), mails),
    count: async (user, folder = '') => (await namesIn(mailOf(user), folder)).length,
    flags: async (user) => (await namesIn(mailOf(user), '')).map((name) => name.split(':2,')[1] ?? ''),
    renumber(user, uidValidity) {
      const args = ['mailbox', 'update', '-u', user, '--uid-validity', String(uidValidity), 'INBOX'];
      execFileSync(doveadm, ['-c', conf, ...args], { stdio: 'pipe' });
    },
    forbidFolder: (user, folder) => writeFile(folderIn(mailOf(user), folder), 'not a directory'),
    stop,
    async start() {
      server = run();
      await listening(directory);
    },
  };
  afterAll(async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  });
  await listening(directory);
  return dovecot;
}

function listening(directory: string): Promise<void> {
  return until('Dovecot listens', async () =>
    (await readdir(path.join(directory, 'run'))).includes('master.pid'),
  );
}

let delivered = 0;

/** As a mail server delivers to a Maildir: written elsewhere, then moved to where it is seen. */
async function deliver(directory: string, mails: readonly (string | Buffer)[]): Promise<void> {
  for (const name of ['', 'tmp', 'new', 'cur']) {
    await mkdir(path.join(directory, name), { recursive: true });
    await chown(path.join(directory, name), OWNER, OWNER);
  }
  for (const mail of mails) {
    const name = `${Date.now()}.M${++delivered}P${process.pid}.mx`;
    const written = path.join(directory, 'tmp', name);
    await writeFile(written, mail);
    await chown(written, OWNER, OWNER);
    await rename(written, path.join(directory, 'new', name));
  }
}

/** Maildir++: a folder is a directory with dots for slashes. */
function folderIn(directory: string, folder: string): string {
  return path.join(directory, `.${folder.replaceAll('/', '.')}`);
}

async function namesIn(directory: string, folder: string): Promise<string[]> {
  const place = folder === '' ? directory : folderIn(directory, folder);
  const names = await Promise.all(
    ['new', 'cur'].map((name) => readdir(path.join(place, name)).catch((): string[] => [])),
  );
  return names.flat();
}
