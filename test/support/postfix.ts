import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { freePort } from './free-port.ts';
import { findProgram } from './require.ts';

export interface Postfix {
  /** Takes mail for everybody at example.com, and finds out later who is not there. */
  readonly port: number;
  /** Mails that arrived in a mailbox, as they lie there. */
  mailsOf(mailbox: string): Promise<string[]>;
}

export interface PostfixOrders {
  /** Mailboxes at example.com, by local part. */
  readonly mailboxes: readonly string[];
  /** Mail to this domain goes to that port on loopback. */
  readonly bounces: { readonly domain: string; readonly port: number };
}

const DAEMONS = '/usr/lib/postfix/sbin';

/** Debian's postfix-files name the services that a mail server of one's own needs; none of them in a chroot. */
const services = (port: number) => `${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

const settings = (directory: string, { mailboxes, bounces }: PostfixOrders) => `compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
command_directory = /usr/sbin
daemon_directory = ${DAEMONS}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.test
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.com
virtual_mailbox_maps = inline:{ ${mailboxes.map((name) => `${name}@example.com=${name}/`).join(', ')} }
virtual_mailbox_base = ${directory}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_reject_unlisted_recipient = no
relay_domains = ${bounces.domain}
transport_maps = inline:{ ${bounces.domain}=smtp:[127.0.0.1]:${bounces.port} }
smtp_dns_support_level = disabled
maillog_file = ${directory}/log
maillog_file_prefixes = ${directory}
`;

/** A real Postfix in a directory of its own, until the file ends; null where it is not installed, or we are not root, which it needs. */
export async function startPostfix(orders: PostfixOrders): Promise<Postfix | null> {
  const postfix = findProgram('postfix');
  if (postfix === null || process.getuid?.() !== 0) return null;
  const directory = await mkdtemp(path.join(tmpdir(), 'pressrun-postfix-'));
  // its processes run as a user of their own
  await chmod(directory, 0o755);
  for (const name of ['conf', 'queue', 'data', 'mail']) await mkdir(path.join(directory, name));
  execFileSync('chown', ['postfix', path.join(directory, 'data')]);
  await chmod(path.join(directory, 'mail'), 0o777);
  const port = await freePort();
  const conf = path.join(directory, 'conf');
  await writeFile(path.join(conf, 'main.cf'), settings(directory, orders));
  await writeFile(path.join(conf, 'master.cf'), services(port));
  execFileSync(postfix, ['-c', conf, 'start'], { stdio: 'pipe' });
  afterAll(async () => {
    execFileSync(postfix, ['-c', conf, 'stop'], { stdio: 'pipe' });
    await rm(directory, { recursive: true, force: true });
  });
  return { port, mailsOf: (mailbox) => mailsIn(path.join(directory, 'mail', mailbox, 'new')) };
}

/** A Maildir's; none as long as it is not there. */
async function mailsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return Promise.all(names.map((name) => readFile(path.join(directory, name), 'utf8')));
}
