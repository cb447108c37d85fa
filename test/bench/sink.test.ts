import { connect } from 'node:net';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { startSink } from '../../src/bench/sink.ts';
import { until } from '../support/until.ts';

const own = { smtp: null, ownSink: true };
const sink = await startSink({ ...own, chunking: false }, '/nowhere');
const chunking = await startSink({ ...own, chunking: true }, '/nowhere');
afterAll(async () => {
  await sink.close();
  await chunking.close();
});
beforeEach(() => sink.begin());

/** Everything that is said at once, and the codes of the answers, up to that of QUIT. */
async function talk(port: number, said: string): Promise<string[]> {
  let answers = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(`${said}QUIT\r\n`));
  socket.on('data', (chunk) => {
    answers += chunk.toString();
  });
  await until('the sink said goodbye', () => answers.includes('221 '));
  return [...answers.matchAll(/^(\d{3}) /gm)].map(([, code = '']) => code);
}

const envelope = (reader: number) =>
  `MAIL FROM:<letter@example.test>\r\nRCPT TO:<reader${reader}@d1.example.test>\r\n`;
const body = 'Subject: x\r\n\r\n..\r\nline\r\n';

test('pipelined messages are answered in order and counted, with their bytes and their readers', async () => {
  const message = (reader: number) => `${envelope(reader)}DATA\r\n${body}.\r\n`;
  const codes = await talk(sink.port, `EHLO x\r\n${message(1)}${message(70_000)}${message(1)}`);
  const each = ['250', '250', '354', '250'];
  expect(codes).toEqual(['220', '250', ...each, ...each, ...each, '221']);
  expect(await sink.tell()).toMatchObject({ messages: 3, bytes: 3 * body.length, readers: 2 });
});

test('the time of the first message is told, and counting begins anew', async () => {
  expect(await sink.tell()).toMatchObject({ messages: 0, first_at_ms: null });
  const before = Date.now();
  await talk(sink.port, `EHLO x\r\n${envelope(1)}DATA\r\n.\r\n`);
  const taken = await sink.tell();
  expect(taken).toMatchObject({ messages: 1, bytes: 0 });
  expect(taken?.first_at_ms).toBeGreaterThanOrEqual(before);
});

test('BDAT is taken where it is offered, in one chunk or in several (RFC 3030)', async () => {
  await chunking.begin();
  const whole = `${envelope(1)}BDAT ${body.length} LAST\r\n${body}`;
  const parted = `${envelope(2)}BDAT 5\r\n${body.slice(0, 5)}BDAT ${body.length - 5}\r\n${body.slice(5)}BDAT 0 LAST\r\n`;
  const codes = await talk(chunking.port, `EHLO x\r\n${whole}${parted}`);
  expect(codes).toEqual([
    '220',
    '250',
    ...['250', '250', '250'],
    ...['250', '250', '250', '250', '250'],
    '221',
  ]);
  expect(await chunking.tell()).toMatchObject({ messages: 2, bytes: 2 * body.length, readers: 2 });
});

test('where CHUNKING is not offered BDAT is not known', async () => {
  expect(await talk(sink.port, `EHLO x\r\n${envelope(1)}BDAT 0 LAST\r\n`)).toContain('502');
  expect(await sink.tell()).toMatchObject({ messages: 0 });
});

test('another mail server must be one that needs no password', async () => {
  const elsewhere = (smtp: string) => startSink({ smtp, chunking: false, ownSink: false }, '/nowhere');
  await expect(elsewhere('smtp://a:b@mail.example.com')).rejects.toMatchObject({ code: 'bad_smtp_url' });
  await expect(elsewhere('nonsense')).rejects.toMatchObject({ code: 'bad_smtp_url' });
  expect(await elsewhere('smtp://mail.example.com:2525')).toMatchObject({
    host: 'mail.example.com',
    port: 2525,
  });
});
