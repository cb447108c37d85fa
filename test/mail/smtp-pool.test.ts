import { expect, test } from 'vitest';
import { SmtpPool } from '../../src/mail/smtp-pool.ts';
import { letGo } from '../support/handover.ts';
import { startSink } from '../support/sink.ts';

const to = (address: string) => ({
  from: 'press@example.com',
  to: address,
  raw: Buffer.from('Message-ID: <a@example.com>\r\n\r\nHello.\r\n'),
});

test('a server that has had enough of one connection gets the next message on another', async () => {
  let senders = 0;
  const sink = await startSink({
    answer: (stage) => {
      if (stage === 'mail') senders += 1;
      return stage === 'mail' && senders === 2 ? { code: 421, text: '4.7.0 Too many messages' } : null;
    },
  });
  const pool = new SmtpPool({ ...sink.target, connections: 1 });
  for (const address of ['ada@example.com', 'bob@example.com']) {
    expect(await pool.send(to(address), letGo)).toMatchObject({ kind: 'accepted' });
  }
  expect(sink.recipients()).toEqual(['ada@example.com', 'bob@example.com']);
  pool.close();
  await sink.stop();
});

test('a server that refuses on a fresh connection too is at fault', async () => {
  const sink = await startSink({
    answer: (stage) =>
      stage === 'mail' && sink.taken.length > 0 ? { code: 421, text: '4.3.2 Going down' } : null,
  });
  const pool = new SmtpPool({ ...sink.target, connections: 1 });
  await pool.send(to('ada@example.com'), letGo);
  expect(await pool.send(to('bob@example.com'), letGo)).toMatchObject({ kind: 'server fault' });
  pool.close();
  await sink.stop();
});
