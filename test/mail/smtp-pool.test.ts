import { afterAll, expect, test } from 'vitest';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { letGo } from '../support/handover.ts';
import { startSink } from '../support/sink.ts';

const sink = await startSink({ connections: 1 });
afterAll(() => sink.stop());

const raw = Buffer.from('Message-ID: <a@example.com>\r\nSubject: x\r\n\r\nHello.\r\n.dot\r\n');
const to = (address: string) => ({ from: 'press@example.com', to: address, raw });

async function sendOnce(
  address: string,
  mark: () => Promise<boolean> = letGo.mark,
  target = sink.target,
): ReturnType<SmtpPool['send']> {
  const pool = new SmtpPool(target);
  try {
    return await pool.send(to(address), { ...letGo, mark });
  } finally {
    pool.close();
  }
}

test('an accepted message carries the reply and the id of the server', async () => {
  const attempt = await sendOnce('ada@example.com');
  expect(attempt).toMatchObject({ kind: 'accepted', code: 250, enhanced: '2.0.0', server_id: '00000001' });
});

test('nothing is delivered when the mark is refused, and the next message goes all the same', async () => {
  const before = sink.taken.length;
  const pool = new SmtpPool(sink.target);
  const withheld = pool.send(to('eve@example.com'), { ...letGo, mark: async () => false });
  const next = pool.send(to('next@example.com'), letGo);
  expect(await withheld).toEqual({ kind: 'withheld' });
  expect(await next).toMatchObject({ kind: 'accepted' });
  expect(sink.recipients().slice(before)).toEqual(['next@example.com']);
  pool.close();
});

test('the final dot waits for the mark', async () => {
  const before = sink.taken.length;
  let marked = false;
  await sendOnce('bob@example.com', async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(sink.taken).toHaveLength(before);
    marked = true;
    return true;
  });
  expect(marked).toBe(true);
  expect(sink.taken).toHaveLength(before + 1);
});

test('a mark that fails is thrown, and nothing is delivered', async () => {
  const before = sink.taken.length;
  const failing = sendOnce('carol@example.com', () => Promise.reject(new Error('database away')));
  await expect(failing).rejects.toThrow('database away');
  expect(sink.taken).toHaveLength(before);
});

test.each([
  ['nouser@example.com', { stage: 'rcpt', permanent: true, code: 550, enhanced: '5.1.1' }],
  ['full@example.com', { stage: 'rcpt', permanent: true, code: 552, enhanced: '5.2.2' }],
  ['later@example.com', { stage: 'rcpt', permanent: false, code: 451, enhanced: '4.2.0' }],
  ['spam@example.com', { stage: 'dot', permanent: true, code: 554, enhanced: '5.7.1' }],
  ['slow@example.com', { stage: 'dot', permanent: false, code: 451, enhanced: '4.3.0' }],
])(
  'a refusal of %s says where it came, and the connection serves the next reader',
  async (address, refusal) => {
    const pool = new SmtpPool(sink.target);
    const refused = pool.send(to(address), letGo);
    const next = pool.send(to('next@example.com'), letGo);
    expect(await refused).toMatchObject({ kind: 'refused', ...refusal });
    expect(await next).toMatchObject({ kind: 'accepted' });
    pool.close();
  },
);

test('who is refused at RCPT is never marked, at depth 1', async () => {
  let marks = 0;
  const attempt = await sendOnce('nouser@example.com', async () => {
    marks += 1;
    return true;
  });
  expect(attempt).toMatchObject({ kind: 'refused', stage: 'rcpt' });
  expect(marks).toBe(0);
});

test('a refused sender is a fault of the server, not of the reader', async () => {
  const strict = await startSink({
    answer: (stage) => (stage === 'mail' ? { code: 550, text: '5.7.1 Not yours' } : null),
  });
  expect(await sendOnce('ada@example.com', letGo.mark, strict.target)).toEqual({
    kind: 'server fault',
    reason: `127.0.0.1:${strict.target.port}: MAIL FROM: 550 5.7.1 Not yours`,
  });
  await strict.stop();
});

test('a connection that breaks before the final dot is lost, and after it unknown', async () => {
  const flaky = await startSink({ onTaken: () => flaky.cut() });
  const after = await sendOnce('ada@example.com', letGo.mark, flaky.target);
  expect(after).toMatchObject({ kind: 'lost', after_final_dot: true });
  const cutNow = async () => {
    flaky.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return true;
  };
  const before = await sendOnce('bob@example.com', cutNow, flaky.target);
  expect(before).toMatchObject({ kind: 'lost', after_final_dot: false });
  expect(flaky.recipients()).toEqual(['ada@example.com']);
  await flaky.stop();
});

test('a server that is not there is named in the fault, without credentials', async () => {
  const gone = await startSink();
  await gone.stop();
  const target = { ...gone.target, auth: { user: 'u', pass: 'secret' } };
  const attempt = await sendOnce('ada@example.com', letGo.mark, target);
  expect(attempt).toMatchObject({ kind: 'server fault' });
  expect(JSON.stringify(attempt)).toContain(`127.0.0.1:${gone.target.port}`);
  expect(JSON.stringify(attempt)).not.toContain('secret');
});

test('a server that has had enough of one connection gets the next message on another', async () => {
  let senders = 0;
  const limited = await startSink({
    connections: 1,
    answer: (stage) => {
      if (stage === 'mail') senders += 1;
      return stage === 'mail' && senders === 2 ? { code: 421, text: '4.7.0 Too many messages' } : null;
    },
  });
  const pool = new SmtpPool(limited.target);
  for (const address of ['ada@example.com', 'bob@example.com']) {
    expect(await pool.send(to(address), letGo)).toMatchObject({ kind: 'accepted' });
  }
  expect(limited.recipients()).toEqual(['ada@example.com', 'bob@example.com']);
  pool.close();
  await limited.stop();
});

test('a server that refuses on a fresh connection too is at fault', async () => {
  const down = await startSink({
    connections: 1,
    answer: (stage) =>
      stage === 'mail' && down.taken.length > 0 ? { code: 421, text: '4.3.2 Going down' } : null,
  });
  const pool = new SmtpPool(down.target);
  await pool.send(to('ada@example.com'), letGo);
  expect(await pool.send(to('bob@example.com'), letGo)).toMatchObject({ kind: 'server fault' });
  pool.close();
  await down.stop();
});
