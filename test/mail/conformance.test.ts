import { spawn } from 'node:child_process';
import { domainToASCII } from 'node:url';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutgoingMessage } from '../../src/mail/attempt.ts';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { freePort } from '../support/free-port.ts';
import { letGo } from '../support/handover.ts';
import { findProgram } from '../support/require.ts';
import { until } from '../support/until.ts';
import { asSent } from '../support/wire.ts';
import { exim, startExim } from './exim-server.ts';
import { startNpmServer } from './npm-server.ts';
import { listens, postfix, startPostfix } from './postfix-server.ts';
import { type RealServer, SIZE_LIMIT } from './real-server.ts';

/** One table of behaviours for our client and for nodemailer's, against servers that others wrote. */

interface Client {
  /** The code that it was answered with; null: none, the message was not even offered. */
  send(message: OutgoingMessage): Promise<number | null>;
  close(): void;
}

/** On one connection, each of them. */
const clients: Readonly<Record<string, (server: RealServer) => Client>> = {
  'ours, one ahead': (server) => ours(server, 1),
  'ours, ten ahead': (server) => ours(server, 10),
  "nodemailer's": (server) => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: server.port,
      pool: true,
      maxConnections: 1,
      maxMessages: 100_000,
      tls: { rejectUnauthorized: false },
      ...(server.auth ? { auth: server.auth } : {}),
    });
    return {
      send: ({ from, to, raw }) =>
        transport.sendMail({ envelope: { from, to: [to] }, raw: asSent(raw) }).then(
          ({ response }) => Number.parseInt(response, 10),
          (error: { responseCode?: number }) => error.responseCode ?? null,
        ),
      close: () => transport.close(),
    };
  },
};

function ours({ port, auth }: RealServer, depth: number): Client {
  const pool = new SmtpPool({ host: '127.0.0.1', port, secure: false, auth, connections: 1, depth });
  return {
    async send(message) {
      const attempt = await pool.send(message, letGo);
      if (attempt.kind === 'accepted' || attempt.kind === 'refused') return attempt.code;
      // a refused sender is nobody's outcome; of a message that was marked ahead it is "lost before its dot"
      const said = attempt.kind === 'withheld' ? null : /MAIL FROM: (\d+)/.exec(attempt.reason)?.[1];
      return said ? Number(said) : null;
    },
    close: () => pool.close(),
  };
}

const servers: readonly [name: string, skip: boolean, start: () => Promise<RealServer>][] = [
  ["npm's smtp-server", false, () => startNpmServer()],
  ["npm's smtp-server under TLS", false, () => startNpmServer({ tls: true })],
  ["npm's smtp-server with a password", false, () => startNpmServer({ authMethods: ['PLAIN'] })],
  ['Postfix', postfix === null, () => startPostfix()],
  ['Postfix without CHUNKING', postfix === null, () => startPostfix([without('CHUNKING')])],
  ['Postfix without PIPELINING', postfix === null, () => startPostfix([without('PIPELINING')])],
  ['Exim under TLS', exim === null, () => startExim(exim ?? '')],
];

function without(extension: string): string {
  return `smtpd_discard_ehlo_keywords = ${extension}`;
}

let numbers = 0;

function messageTo(to: string, body: string | Buffer = 'Hello.\r\n', subject = 'A letter'): OutgoingMessage {
  const head = [
    `Message-ID: <conformance-${numbers++}@example.com>`,
    'Date: Mon, 23 Nov 2026 08:00:00 +0000',
    'From: press@example.com',
    'To: reader@example.com',
    `Subject: ${subject}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  const raw = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
  return { from: 'press@example.com', to, raw };
}

const bodies: Readonly<Record<string, string>> = {
  'with dots at its lines’ beginnings': '.\r\n..\r\n.hidden\r\n...\r\nend.\r\n.\r\n',
  'in eight bits': 'Grüße aus Köln, 新聞紙 📰\r\n',
  'of lines as long as they may be': `${'x'.repeat(998)}\r\n`.repeat(3),
  'of one byte short of what the server takes': 'y'.repeat(70).concat('\r\n').repeat(26_000),
};

describe.each(servers.filter(([, skip]) => !skip))('%s', (_, _skip, start) => {
  let server: RealServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());

  describe.each(Object.entries(clients))('%s', (_, open) => {
    let client: Client;
    beforeAll(() => {
      client = open(server);
    });
    afterAll(() => client.close());

    const arrived = async (message: OutgoingMessage) => {
      const raw = asSent(message.raw).toString();
      const arrived = (await server.received()).filter((one) => one.raw === raw);
      // npm's smtp-server reads domains for us
      return arrived.map(({ to }) => to.replace(/[^@]+$/, domainToASCII));
    };

    test.each(Object.entries(bodies))('a body %s arrives byte for byte', async (_, body) => {
      const message = messageTo('reader@example.com', body);
      expect(await client.send(message)).toBe(250);
      expect(await arrived(message)).toEqual(['reader@example.com']);
    });

    test('a message in pieces arrives as a whole', async () => {
      const { raw, ...envelope } = messageTo(
        'reader@example.com',
        `${'common to all readers\r\n'.repeat(2000)}`,
      );
      const whole = asSent(raw);
      const pieces = [
        whole.subarray(0, 400),
        whole.subarray(400).toString('latin1'),
        "one's own\r\n",
        'end\r\n',
      ];
      const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
      const message = { ...envelope, raw: { pieces, bytes, ascii: true } };
      expect(await client.send(message)).toBe(250);
      expect(await arrived(message)).toEqual(['reader@example.com']);
    });

    test('a refused recipient, sender or message says so, and the next message goes', async () => {
      expect(await client.send(messageTo('nouser@example.com'))).toBe(550);
      expect(await client.send(messageTo('later@example.com'))).toBe(451);
      expect(await client.send(messageTo('reader@example.com', 'x\r\n', 'spam'))).toBe(550);
      expect(await client.send({ ...messageTo('reader@example.com'), from: 'stranger@example.com' })).toBe(
        550,
      );
      const next = messageTo('next@example.com');
      expect(await client.send(next)).toBe(250);
      expect(await arrived(next)).toEqual(['next@example.com']);
    });

    test('a message that is too large is not even offered', async () => {
      const code = await client.send(
        messageTo('reader@example.com', Buffer.alloc(1.1 * SIZE_LIMIT, 'z'.repeat(70).concat('\r\n'))),
      );
      expect([null, 552]).toContain(code);
    });

    test('a domain with an umlaut arrives in ASCII, an address with one as it is', async () => {
      const abroad = messageTo('reader@bücher.example');
      expect(await client.send(abroad)).toBe(250);
      expect(await arrived(abroad)).toEqual(['reader@xn--bcher-kva.example']);
      const reader = messageTo('jürgen@example.com');
      expect(await client.send(reader)).toBe(250);
      expect(await arrived(reader)).toEqual(['jürgen@example.com']);
    });

    test('a thousand messages on one connection arrive byte for byte, once, and refused ones not at all', async () => {
      const messages = Array.from({ length: 1000 }, (_, n) =>
        messageTo(
          n % 50 === 7 ? 'nouser@example.com' : `reader${n}@example.com`,
          `.${n}\r\n`.repeat(n % 400),
        ),
      );
      const codes = await Promise.all(messages.map((message) => client.send(message)));
      const sent = messages.filter((_, n) => codes[n] === 250).map(({ to, raw }) => `${to} ${asSent(raw)}`);
      expect(sent).toHaveLength(980);
      const got = (await server.received()).map(({ to, raw }) => `${to} ${raw}`);
      const counts = Map.groupBy(got, (one) => one);
      expect(sent.filter((one) => counts.get(one)?.length !== 1).map((one) => one.slice(0, 80))).toEqual([]);
    });
  });
});

test.skipIf(postfix === null)(
  'a server that offers DSN is asked to report failure and delay, with our name for the message',
  async () => {
    const server = await startPostfix();
    const client = ours(server, 1);
    await client.send({ ...messageTo('held@example.com'), envid: 'send+1=a' });
    const envelope = await server.heldEnvelope();
    expect(envelope).toContain('envelope_id=send+1=a\n');
    expect(envelope).toContain('dsn_orig_rcpt=rfc822;held@example.com\n');
    // Postfix's numbers for RET=HDRS, and NOTIFY=FAILURE,DELAY
    expect(envelope).toContain('ret_flags=2\n');
    expect(envelope).toContain('notify_flags=12\n');
    client.close();
    await server.stop();
  },
);

const smtpSink = findProgram('smtp-sink');

test.skipIf(smtpSink === null)("Postfix's load sink takes thousands on several connections", async () => {
  const port = await freePort();
  const sink = spawn(smtpSink ?? '', ['-u', 'nobody', `127.0.0.1:${port}`, '100'], { stdio: 'ignore' });
  await until('smtp-sink listens', () => listens(port));
  const target = { host: '127.0.0.1', port, secure: false, auth: null, connections: 5, depth: 2 };
  const pool = new SmtpPool(target);
  const attempts = await Promise.all(
    Array.from({ length: 3000 }, (_, n) => pool.send(messageTo(`reader${n}@example.com`), letGo)),
  );
  expect(attempts.filter(({ kind }) => kind === 'accepted')).toHaveLength(3000);
  pool.close();
  sink.kill();
});
