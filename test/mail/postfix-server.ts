import { execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { findRootProgram } from '../support/require.ts';
import { until } from '../support/until.ts';
import {
  fromOurs,
  type RealServer,
  type Received,
  SIZE_LIMIT,
  serverDirectory,
  withCrLf,
} from './real-server.ts';

const run = promisify(execFile);
const NOBODY = 65_534;

export const postfix = findRootProgram('postfix');

export interface PostfixServer extends RealServer {
  /** What Postfix keeps in its queue for `held@`, as postcat prints the envelope. */
  heldEnvelope(): Promise<string>;
}

/** A Postfix with a queue and settings of its own; the machine's is not touched. */
export async function startPostfix(settings: readonly string[] = []): Promise<PostfixServer> {
  const { directory, remove } = await serverDirectory('postfix');
  const etc = path.join(directory, 'etc');
  const mail = path.join(directory, 'mail');
  const port = await freePort();
  await layOut(directory, port, settings);
  // it goes on in a session of its own, and is ended by `postfix stop`
  spawn('postfix', ['-c', etc, 'start-fg'], { stdio: 'ignore' });
  await until('Postfix listens', () => listens(port));
  return {
    port,
    auth: null,
    async received() {
      await until('Postfix has delivered', async () => {
        const waiting = await readdir(path.join(directory, 'spool/incoming'));
        return waiting.length === 0 && (await readdir(path.join(directory, 'spool/active'))).length === 0;
      });
      return readMaildir(path.join(mail, 'all/new'));
    },
    async heldEnvelope() {
      const [id = ''] = await readdir(path.join(directory, 'spool/hold'));
      return (await run('postcat', ['-c', etc, '-qe', id])).stdout;
    },
    async stop() {
      await run('postfix', ['-c', etc, 'stop']).catch(() => {});
      await remove();
    },
  };
}

async function layOut(directory: string, port: number, settings: readonly string[]): Promise<void> {
  await chmod(directory, 0o755);
  for (const name of ['etc', 'spool', 'data', 'mail']) await mkdir(path.join(directory, name));
  await run('chown', ['postfix', path.join(directory, 'data')]);
  await chown(path.join(directory, 'mail'), NOBODY, NOBODY);
  await writeFile(path.join(directory, 'etc/main.cf'), mainCf(directory, settings));
  await writeFile(path.join(directory, 'etc/master.cf'), masterCf(port));
  await writeFile(
    path.join(directory, 'etc/header_checks'),
    '/^Subject: spam/ REJECT 5.7.1 Refused by policy\n',
  );
}

function mainCf(directory: string, settings: readonly string[]): string {
  return `
compatibility_level = 3.6
queue_directory = ${directory}/spool
data_directory = ${directory}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
maillog_file = ${directory}/log
maillog_file_prefixes = ${directory}
myhostname = postfix.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.com, xn--bcher-kva.example
virtual_mailbox_base = ${directory}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:${NOBODY}
virtual_gid_maps = static:${NOBODY}
message_size_limit = ${SIZE_LIMIT}
smtpd_delay_reject = no
smtpd_hard_error_limit = 10000
smtpd_soft_error_limit = 10000
smtpd_sender_restrictions = check_sender_access inline:{{stranger@example.com = 550 5.7.1 Not yours}}
smtpd_recipient_restrictions = check_recipient_access inline:{
  {nouser@example.com = 550 5.1.1 No such user}, {later@example.com = 451 4.2.0 Later}, {held@example.com = HOLD}},
  permit_mynetworks, reject
header_checks = regexp:${directory}/etc/header_checks
${settings.join('\n')}
`;
}

function masterCf(port: number): string {
  return `
127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;
}

async function readMaildir(directory: string): Promise<Received[]> {
  const files = await readdir(directory).catch(() => []);
  return Promise.all(
    files.map(async (file) => {
      const text = withCrLf(await readFile(path.join(directory, file), 'utf8'));
      return { to: /^Delivered-To: (.*)\r$/m.exec(text)?.[1] ?? '', raw: fromOurs(text) };
    }),
  );
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('data', () => socket.end('QUIT\r\n'));
  });
}
