import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../support/free-port.ts';
import { findMaterial } from '../support/require.ts';
import { until } from '../support/until.ts';
import { listens } from './postfix-server.ts';
import {
  fromOurs,
  type RealServer,
  type Received,
  SIZE_LIMIT,
  serverDirectory,
  withCrLf,
} from './real-server.ts';

/** Debian's user and group "mail". */
const MAIL = 8;

/** An `exim4` that is unpacked, not installed: its package and Postfix's exclude each other. */
export const exim = process.getuid?.() === 0 ? findMaterial('PRESSRUN_EXIM') : null;

/** An Exim that takes messages into a queue of its own and delivers none: what it took is read there. */
export async function startExim(program: string): Promise<RealServer> {
  const { directory, remove } = await serverDirectory('exim');
  const port = await freePort();
  await chmod(directory, 0o755);
  for (const name of ['spool', 'log']) {
    await mkdir(path.join(directory, name));
    await chown(path.join(directory, name), MAIL, MAIL);
  }
  await writeFile(path.join(directory, 'conf'), settings(program, directory));
  await withUser(directory);
  // Debian's binary wants a user Debian-exim: one that is seen by this process alone
  const script = `mount --bind passwd /etc/passwd && mount --bind group /etc/group &&
    exec ${program} -bdf -oX ${port} -C ${directory}/conf`;
  const daemon = spawn('unshare', ['--mount', 'sh', '-c', script], { cwd: directory, stdio: 'ignore' });
  await until('Exim listens', () => listens(port));
  return {
    port,
    auth: null,
    received: () => readSpool(path.join(directory, 'spool/input')),
    async stop() {
      daemon.kill();
      await once(daemon, 'exit');
      await remove();
    },
  };
}

const TAKEN_OUT = '*'.charCodeAt(0);

async function withUser(directory: string): Promise<void> {
  const add = async (name: string, line: string) =>
    writeFile(path.join(directory, name), `${await readFile(`/etc/${name}`, 'utf8')}${line}\n`);
  await add('passwd', `Debian-exim:x:${MAIL}:${MAIL}::/nonexistent:/bin/false`);
  await add('group', `Debian-exim:x:${MAIL}:`);
}

function settings(program: string, directory: string): string {
  return `
exim_path = ${program}
spool_directory = ${directory}/spool
log_file_path = ${directory}/log/%slog
pid_file_path = ${directory}/spool/exim.pid
primary_hostname = exim.test
local_interfaces = 127.0.0.1
keep_environment =
rfc1413_hosts =
host_lookup =
queue_only = true
smtp_accept_max_per_connection = 0
smtp_accept_max_nonmail = 10000
message_size_limit = ${SIZE_LIMIT}
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
acl_smtp_mail = check_mail
acl_smtp_rcpt = check_rcpt
acl_smtp_data = check_data
begin acl
check_mail:
  deny senders = stranger@example.com
       message = 5.7.1 Not yours
  accept
check_rcpt:
  deny local_parts = nouser
       message = 5.1.1 No such user
  defer local_parts = later
       message = 4.2.0 Later
  accept
check_data:
  deny condition = \${if match{$h_subject:}{^spam}}
       message = 5.7.1 Refused by policy
  accept
begin routers
none:
  driver = accept
  transport = none
begin transports
none:
  driver = appendfile
  file = /dev/null
`;
}

/** The spool's two files of a message (Exim's specification, "Format of spool files"). */
async function readSpool(input: string): Promise<Received[]> {
  const files = (await readdir(input)).filter((name) => name.endsWith('-H'));
  return Promise.all(
    files.map(async (file) => {
      const [envelope = '', headers = Buffer.alloc(0)] = cut(await readFile(path.join(input, file)));
      const data = await readFile(path.join(input, file.replace(/-H$/, '-D')), 'utf8');
      const body = data.slice(data.indexOf('\n') + 1);
      const to = /\n1\n(\S+)[^\n]*$/.exec(envelope)?.[1] ?? '';
      return { to, raw: fromOurs(withCrLf(`${headerText(headers)}\n${body}`)) };
    }),
  );
}

function cut(file: Buffer): [string, Buffer] {
  const end = file.indexOf('\n\n');
  return [file.toString('utf8', 0, end), file.subarray(end + 2)];
}

/** Each header has three digits of its length in bytes, a flag and a space before it; "*" is one that was taken out. */
function headerText(headers: Buffer): string {
  let text = '';
  for (let at = 0; at < headers.length; ) {
    const start = at + 5;
    const end = start + Number.parseInt(headers.toString('latin1', at, at + 3), 10);
    if (headers[at + 3] !== TAKEN_OUT) text += headers.toString('utf8', start, end);
    at = end;
  }
  return text;
}
