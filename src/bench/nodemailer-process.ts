import { createTransport, type SendMailOptions } from 'nodemailer';
import { obeyOrders } from './bench-child.ts';
import { SAMPLE_TOKEN } from './bench-letter.ts';
import { type NodemailerAnswer, type NodemailerOrder, nodemailerOrder } from './nodemailer-order.ts';

/** nodemailer's pool as its own manual uses it, in a process of its own. */

const FROM = 'letter@example.test';

obeyOrders((message) => sendAll(nodemailerOrder.parse(message)));

function sendAll(order: NodemailerOrder): Promise<NodemailerAnswer> {
  const { host, port, connections, messages, dkim } = order;
  const pool = createTransport({
    pool: true,
    host,
    port,
    ignoreTLS: true,
    maxConnections: connections,
    maxMessages: Number.POSITIVE_INFINITY,
    ...(dkim ? { dkim } : {}),
  });
  const letterFor = order.how === 'raw' ? joined(order.letter) : composed(order.letter);
  const began = { at: performance.now(), cpu: process.cpuUsage() };
  let given = 0;
  let sent = 0;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null) => {
      if (error) return reject(error);
      sent += 1;
      if (sent < messages) return;
      const { user, system } = process.cpuUsage(began.cpu);
      pool.close();
      resolve({ seconds: (performance.now() - began.at) / 1000, cpu_us: (user + system) / messages });
    };
    const feed = () => {
      while (given < messages && pool.isIdle()) pool.sendMail(letterFor(++given), done);
    };
    pool.on('idle', feed);
    feed();
  });
}

type LetterFor = (reader: number) => SendMailOptions;

function tokenOf(reader: number): string {
  return String(reader).padStart(SAMPLE_TOKEN.length, 'x');
}

function addressOf(reader: number): string {
  return `reader${reader}@d${reader % 1000}.example.test`;
}

function composed({ subject, html, text }: NodemailerOrder['letter']): LetterFor {
  const [htmlParts, textParts] = [html.split(SAMPLE_TOKEN), text.split(SAMPLE_TOKEN)];
  return (reader) => {
    const token = tokenOf(reader);
    return {
      from: FROM,
      to: { name: `Reader ${reader}`, address: addressOf(reader) },
      subject,
      html: htmlParts.join(token),
      text: textParts.join(token),
      headers: {
        'List-Unsubscribe': `<https://letters.example.test/unsubscribe/${token}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
    };
  };
}

function joined({ raw }: NodemailerOrder['letter']): LetterFor {
  const parts = raw.split(SAMPLE_TOKEN);
  return (reader) => ({
    envelope: { from: FROM, to: [addressOf(reader)] },
    raw: parts.join(tokenOf(reader)),
  });
}
