import { afterAll, expect, test } from 'vitest';
import { ServerFault, SmtpSession } from '../../src/mail/smtp-session.ts';
import { startSink } from '../support/sink.ts';

const sink = await startSink();
afterAll(() => sink.stop());

const yes = async () => true;
const raw = Buffer.from('Message-ID: <a@example.com>\r\nSubject: x\r\n\r\nHello.\r\n.dot\r\n');
const to = (address: string) => ({ from: 'press@example.com', to: address, raw });

test('an accepted message carries the reply and the id of the server', async () => {
  const session = await SmtpSession.open(sink.target);
  const attempt = await session.send(to('ada@example.com'), yes);
  expect(attempt).toMatchObject({ kind: 'accepted', code: 250, enhanced: '2.0.0', server_id: '00000001' });
  session.quit();
});

test('nothing is delivered when the mark is refused, and the session is not used again', async () => {
  const before = sink.taken.length;
  const session = await SmtpSession.open(sink.target);
  expect(await session.send(to('eve@example.com'), async () => false)).toEqual({ kind: 'withheld' });
  expect(session.usable).toBe(false);
  expect(sink.taken).toHaveLength(before);
});

test('the final dot waits for the mark', async () => {
  const before = sink.taken.length;
  const session = await SmtpSession.open(sink.target);
  let marked = false;
  await session.send(to('bob@example.com'), async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sink.taken).toHaveLength(before);
    marked = true;
    return true;
  });
  expect(marked).toBe(true);
  expect(sink.taken).toHaveLength(before + 1);
  session.quit();
});

test('a mark that fails is thrown, and nothing is delivered', async () => {
  const before = sink.taken.length;
  const session = await SmtpSession.open(sink.target);
  const failing = session.send(to('carol@example.com'), () => Promise.reject(new Error('database away')));
  await expect(failing).rejects.toThrow('database away');
  expect(sink.taken).toHaveLength(before);
});

test.each([
  ['nouser@example.com', { stage: 'rcpt', permanent: true, code: 550, enhanced: '5.1.1' }],
  ['full@example.com', { stage: 'rcpt', permanent: true, code: 552, enhanced: '5.2.2' }],
  ['later@example.com', { stage: 'rcpt', permanent: false, code: 451, enhanced: '4.2.0' }],
  ['spam@example.com', { stage: 'dot', permanent: true, code: 554, enhanced: '5.7.1' }],
  ['slow@example.com', { stage: 'dot', permanent: false, code: 451, enhanced: '4.3.0' }],
])('a refusal of %s says where it came, and the session serves the next reader', async (address, refusal) => {
  const session = await SmtpSession.open(sink.target);
  expect(await session.send(to(address), yes)).toMatchObject({ kind: 'refused', ...refusal });
  expect(await session.send(to('next@example.com'), yes)).toMatchObject({ kind: 'accepted' });
  session.quit();
});

test('a refused sender is a fault of the server, not of the reader', async () => {
  const strict = await startSink({
    answer: (stage) => (stage === 'mail' ? { code: 550, text: '5.7.1 Not yours' } : null),
  });
  const session = await SmtpSession.open(strict.target);
  expect(await session.send(to('ada@example.com'), yes)).toMatchObject({ kind: 'server fault' });
  await strict.stop();
});

test('a connection that breaks before the final dot is lost, and after it unknown', async () => {
  const flaky = await startSink({ onTaken: () => flaky.cut() });
  const session = await SmtpSession.open(flaky.target);
  const after = await session.send(to('ada@example.com'), yes);
  expect(after).toMatchObject({ kind: 'lost', after_final_dot: true });

  const other = await SmtpSession.open(flaky.target);
  const before = await other.send(to('bob@example.com'), async () => {
    flaky.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return true;
  });
  expect(before).toMatchObject({ kind: 'lost', after_final_dot: false });
  expect(flaky.recipients()).toEqual(['ada@example.com']);
  await flaky.stop();
});

test('a server that is not there is named in the fault, without credentials', async () => {
  const gone = await startSink();
  await gone.stop();
  const target = { ...gone.target, auth: { user: 'u', pass: 'secret' } };
  await expect(SmtpSession.open(target)).rejects.toThrow(ServerFault);
  await expect(SmtpSession.open(target)).rejects.toThrow(`127.0.0.1:${gone.target.port}`);
  await expect(SmtpSession.open(target)).rejects.not.toThrow('secret');
});
