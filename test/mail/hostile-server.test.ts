import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Attempt } from '../../src/mail/attempt.ts';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { letGo } from '../support/handover.ts';
import { startModelServer } from './model-server.ts';

/** Servers that nobody would want, and what becomes of a message there: an answer each time, and nothing endless. */

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server that is one function of its socket. */
async function startServer(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const TIMEOUTS = { greeting: 150, command: 150, data: 150, dot: 150, block: 150, idle: 150 };
const MESSAGE = {
  from: 'a@example.com',
  to: 'b@example.com',
  raw: Buffer.from('Subject: x\r\n\r\nHello.\r\n'),
};

async function sendTo(port: number, message = MESSAGE): Promise<Attempt> {
  const target = { host: '127.0.0.1', port, secure: false, auth: null, connections: 1, depth: 1 };
  const pool = new SmtpPool({ ...target, timeouts: TIMEOUTS });
  open.push(() => pool.close());
  return await pool.send(message, letGo);
}

/** Answers each line by what comes first in it. */
function answering(answers: Readonly<Record<string, string>>, greeting = '220 here\r\n') {
  return (socket: Socket) => {
    socket.write(greeting);
    socket.on('data', (data) => {
      for (const line of data.toString('latin1').split('\r\n').filter(Boolean)) {
        socket.write(answers[line.split(' ')[0] ?? ''] ?? '250 yes\r\n');
      }
    });
  };
}

test.each([
  ['never says a word', () => {}],
  ['greets with garbage', (socket: Socket) => socket.write(Buffer.from([0, 255, 10, 13, 10]))],
  ['greets with 554', (socket: Socket) => socket.write('554 no\r\n')],
  ['greets with a line that never ends', (socket: Socket) => flood(socket, '220'.padEnd(4096, 'x'))],
  ['greets with lines that never end', (socket: Socket) => flood(socket, '220-more\r\n'.repeat(400))],
  ['greets twice', (socket: Socket) => socket.write('220 here\r\n220 here\r\n')],
  ['closes after the greeting', (socket: Socket) => socket.end('220 here\r\n')],
  ['refuses EHLO for now', answering({ EHLO: '451 busy\r\n' })],
  ['answers EHLO with two codes', answering({ EHLO: '250-here\r\n550 there\r\n' })],
  ['refuses EHLO and HELO', answering({ EHLO: '502 what\r\n', HELO: '502 what\r\n' })],
])('a server that %s is at fault, and no reader', async (_, serve) => {
  const attempt = await sendTo(await startServer(serve as (socket: Socket) => void));
  expect(attempt).toMatchObject({
    kind: 'server fault',
    reason: expect.stringMatching(/^127\.0\.0\.1:\d+: ./),
  });
});

/** As much as the other side takes. */
function flood(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
}

test('a server that knows HELO alone is spoken to as in 1982', async () => {
  const heard: string[] = [];
  const port = await startServer((socket) => {
    socket.on('data', (data) => heard.push(data.toString()));
    answering({ EHLO: '502 what\r\n', DATA: '354 go\r\n', 'Subject:': '', 'Hello.': '' })(socket);
  });
  expect(await sendTo(port)).toMatchObject({ kind: 'accepted', code: 250, enhanced: null });
  expect(heard.slice(1)).toEqual([
    expect.stringMatching(/^HELO /),
    'MAIL FROM:<a@example.com>\r\n',
    'RCPT TO:<b@example.com>\r\n',
    'DATA\r\n',
    'Subject: x\r\n\r\nHello.\r\n.\r\n',
  ]);
});

const PIPELINING = '250-here\r\n250 PIPELINING\r\n';
const quiet = { 'Subject:': '', 'Hello.': '' };

test.each<[string, Record<string, string>, object]>([
  ['is silent at MAIL', { MAIL: '' }, { kind: 'lost', after_final_dot: false }],
  ['is silent at RCPT', { RCPT: '' }, { kind: 'lost', after_final_dot: false }],
  ['is silent at DATA', { DATA: '' }, { kind: 'lost', after_final_dot: false }],
  ['is silent after the dot', { DATA: '354 go\r\n', '.': '' }, { kind: 'lost', after_final_dot: true }],
  ['says garbage at RCPT', { RCPT: 'hello\r\n' }, { kind: 'lost', after_final_dot: false }],
  [
    'says garbage after the dot',
    { DATA: '354 go\r\n', '.': '\0\xff\r\n' },
    { kind: 'lost', after_final_dot: true },
  ],
  ['says 354 to RCPT', { RCPT: '354 go\r\n' }, { kind: 'lost', after_final_dot: false }],
  ['says 999 to RCPT', { RCPT: '999 go\r\n' }, { kind: 'lost', after_final_dot: false }],
  ['answers MAIL five times', { MAIL: '250 yes\r\n'.repeat(5) }, { kind: 'lost', after_final_dot: false }],
  ['says more after the dot', { DATA: '354 go\r\n', '.': '250 yes\r\n250 yes\r\n' }, { kind: 'accepted' }],
  ['ends its lines with \\n alone', { DATA: '354 go\n', '.': '250 yes\n' }, { kind: 'accepted' }],
  ['has no text', { MAIL: '250\r\n', DATA: '354\r\n', '.': '250\r\n' }, { kind: 'accepted', reply: '250' }],
  ['says 250 for 354', { DATA: '250 go\r\n' }, { kind: 'accepted' }],
  ['says 450 to DATA', { DATA: '450 4.3.0 no\r\n' }, { kind: 'refused', stage: 'data', permanent: false }],
  ['says 503 to RCPT', { RCPT: '503 5.5.1 no\r\n' }, { kind: 'refused', stage: 'rcpt', permanent: false }],
])('a server that %s', async (_, answers, attempt) => {
  const well = { DATA: '354 go\r\n', ...quiet };
  for (const ehlo of ['250 here\r\n', PIPELINING]) {
    const port = await startServer(answering({ EHLO: ehlo, ...well, ...answers }));
    // five answers to three commands are three answers and two that nobody asked for
    if (!(ehlo === PIPELINING && answers.MAIL?.length === 55))
      expect(await sendTo(port)).toMatchObject(attempt);
  }
});

test('replies that come one byte at a time are replies', async () => {
  const port = await startServer((socket) => {
    const said: string[] = [];
    const timer = setInterval(() => {
      const byte = said.shift();
      if (byte !== undefined && !socket.destroyed) socket.write(byte);
    }, 1);
    socket.on('close', () => clearInterval(timer));
    const answers: Record<string, string> = { EHLO: PIPELINING, DATA: '354 go\r\n', ...quiet };
    said.push(...'220-here\r\n220 there\r\n');
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean))
        said.push(...(answers[line.split(' ')[0] ?? ''] ?? '250-2.0.0 yes\r\n250 2.0.0 indeed\r\n'));
    });
  });
  expect(await sendTo(port)).toMatchObject({ kind: 'accepted', reply: '250 2.0.0 yes indeed' });
});

test('a server that reads no further does not hold a message for ever', async () => {
  const port = await startServer((socket) => {
    answering({ EHLO: PIPELINING, DATA: '354 go\r\n' })(socket);
    socket.on('data', (data) => data.includes('DATA') && socket.pause());
  });
  const raw = Buffer.alloc(30_000_000, 'x'.repeat(70).concat('\r\n'));
  expect(await sendTo(port, { ...MESSAGE, raw })).toMatchObject({
    kind: 'lost',
    reason: expect.stringContaining('being written'),
  });
});

test.each([
  'evil@example.com>\r\nRCPT TO:<other@example.com',
  'evil@example.com> NOTIFY=NEVER',
  'evil\0@example.com',
  'a\ud800@example.com',
  `${'x'.repeat(300)}@example.com`,
  'a@exa mple.\u00fc',
  '',
])('an address that would say more than an address is refused before a word is said: %j', async (to) => {
  const server = await startModelServer();
  open.push(() => server.close());
  expect(await sendTo(server.target.port, { ...MESSAGE, to })).toMatchObject({
    kind: 'refused',
    permanent: true,
    code: 553,
    enhanced: '5.1.3',
  });
  expect(server.lines.map((line) => line.slice(0, 4))).toEqual(['EHLO']);
});

test('an idle connection is left, and a server that leaves one is not asked for it again', async () => {
  let connections = 0;
  const server = await startModelServer({}, { timeouts: { idle: 50 } });
  open.push(() => server.close());
  const pool = new SmtpPool(server.target);
  await pool.send(MESSAGE, letGo);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(server.lines.at(-1)).toBe('QUIT');
  expect(await pool.send(MESSAGE, letGo)).toMatchObject({ kind: 'accepted' });
  pool.close();

  const port = await startServer((socket) => {
    connections += 1;
    answering({ EHLO: PIPELINING, DATA: '354 go\r\n', ...quiet })(socket);
    socket.on('data', (data) => {
      if (data.toString().endsWith('.\r\n')) socket.end('421 4.4.2 Idle\r\n');
    });
  });
  const other = new SmtpPool({ ...server.target, port, timeouts: TIMEOUTS });
  expect(await other.send(MESSAGE, letGo)).toMatchObject({ kind: 'accepted' });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(await other.send(MESSAGE, letGo)).toMatchObject({ kind: 'accepted' });
  expect(connections).toBe(2);
  other.close();
});
