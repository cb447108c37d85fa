import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { letGo } from '../support/handover.ts';
import { findProgram } from '../support/require.ts';
import { ACCOUNT, startNpmServer } from './npm-server.ts';

/** From connecting to signed in: what is offered is used, and a password goes nowhere that is not proven. */

const openssl = findProgram('openssl');
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

let key = '';
let cert = '';
beforeAll(async () => {
  if (!openssl) return;
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mail.test';
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', '-', '-out', '-'];
  const { stdout } = await promisify(execFile)(openssl, [...request.split(' '), ...names]);
  [key = '', cert = ''] = stdout.split(/(?=-----BEGIN CERTIFICATE)/);
});

const message = {
  from: 'a@example.com',
  to: 'b@example.com',
  raw: Buffer.from('Subject: x\r\n\r\nHello.\r\n'),
};

async function serve(options: Parameters<typeof startNpmServer>[0]) {
  const server = await startNpmServer(options);
  open.push(server.stop);
  return server;
}

async function sendTo(
  port: number,
  auth: typeof ACCOUNT | null = ACCOUNT,
  { secure = false, host = '127.0.0.1' } = {},
) {
  const timeouts = { greeting: 2000, command: 2000 };
  const pool = new SmtpPool({ host, port, secure, auth, connections: 1, depth: 1, timeouts });
  open.push(() => pool.close());
  return await pool.send(message, letGo);
}

function trust(certificates: readonly string[]): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, ...certificates]);
  open.push(() => setDefaultCACertificates(before));
}

test.each([['PLAIN'], ['LOGIN'], ['CRAM-MD5']])('it signs in by AUTH %s', async (method) => {
  const { port } = await serve({ authMethods: [method] });
  expect(await sendTo(port)).toMatchObject({ kind: 'accepted' });
});

test.each([['PLAIN'], ['LOGIN'], ['CRAM-MD5']])(
  'a wrong password is a fault that does not show it: %s',
  async (method) => {
    const { port } = await serve({ authMethods: [method] });
    const attempt = await sendTo(port, { user: 'press', pass: 'no such secret' });
    expect(attempt).toEqual({
      kind: 'server fault',
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+: AUTH: 535/),
    });
    expect(JSON.stringify(attempt)).not.toContain('secret');
  },
);

test('a server that offers no AUTH is at fault where there is a password', async () => {
  const { port } = await serve({});
  expect(await sendTo(port)).toMatchObject({
    kind: 'server fault',
    reason: expect.stringContaining('no AUTH'),
  });
  expect(await sendTo(port, null)).toMatchObject({ kind: 'accepted' });
});

test.skipIf(openssl === null)(
  'with a password the certificate must be valid, without one TLS is better than none',
  async () => {
    const { port } = await serve({ tls: { key, cert }, authMethods: ['PLAIN'] });
    const untrusted = await sendTo(port);
    expect(untrusted).toMatchObject({
      kind: 'server fault',
      reason: expect.stringContaining('STARTTLS: self'),
    });
    trust([cert]);
    expect(await sendTo(port)).toMatchObject({ kind: 'accepted' });

    const relay = await serve({ tls: { key, cert } });
    setDefaultCACertificates([]);
    expect(await sendTo(relay.port, null)).toMatchObject({ kind: 'accepted' });
  },
);

test.skipIf(openssl === null)(
  'smtps:// speaks TLS from the first byte, to a valid certificate alone',
  async () => {
    const { port } = await serve({ tls: { key, cert }, secure: true });
    const secure = { secure: true };
    expect(await sendTo(port, null, secure)).toMatchObject({ kind: 'server fault' });
    trust([cert]);
    expect(await sendTo(port, null, secure)).toMatchObject({ kind: 'accepted' });
  },
);

test('a password is not sent in the clear to a server that is not on this machine', async () => {
  const heard: string[] = [];
  const port = await listen((line) => {
    heard.push(line);
    return '250-here\r\n250 AUTH PLAIN\r\n';
  });
  // another name for this machine, which nobody can know to be one
  const attempt = await sendTo(port, ACCOUNT, { host: '0.0.0.0' });
  expect(attempt).toMatchObject({ kind: 'server fault', reason: expect.stringContaining('no STARTTLS') });
  expect(heard).toEqual([expect.stringMatching(/^EHLO/)]);
});

test('what a server says between STARTTLS and TLS is not believed (CVE-2011-0411)', async () => {
  for (const more of ['250 AUTH PLAIN\r\n', '250-AUTH']) {
    const port = await listen((line) =>
      line.startsWith('EHLO') ? '250-here\r\n250 STARTTLS\r\n' : `220 go\r\n${more}`,
    );
    expect(await sendTo(port, null)).toMatchObject({
      kind: 'server fault',
      reason: expect.stringContaining('before TLS'),
    });
  }
});

/** A server that answers each line. */
async function listen(answer: (line: string) => string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 here\r\n');
    socket.on('data', (data) => socket.write(answer(data.toString())));
    open.push(() => socket.destroy());
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  open.push(() => server.close());
  return (server.address() as AddressInfo).port;
}
