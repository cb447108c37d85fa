import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { receipt } from '../../src/delivery/receipt.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import { testDatabase } from '../support/database.ts';
import { batchDeps, makePublication, makeReaders, makeSend } from '../support/press.ts';

/** What a mail server says is a stranger's text. */

const { db } = await testDatabase();
let server: Server;
afterEach(() => {
  server.close();
});

/** A server that says to RCPT what no decent one would; npm's smtp-server cleans its answers. */
async function startServer(toRcpt: string): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 here\r\n');
    socket.on('data', (data) => {
      for (const line of data.toString().split('\r\n').filter(Boolean)) {
        socket.write(line.startsWith('RCPT') ? `550 ${toRcpt}\r\n` : '250 yes\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** The reply as it stands in the ledger and in the outcome event. */
async function recorded(toRcpt: string): Promise<string> {
  const port = await startServer(toRcpt);
  const publication = await makePublication(db);
  await makeReaders(db, publication, ['ada@example.com']);
  const send = await makeSend(db, publication);
  const deps = batchDeps(db, [
    { host: '127.0.0.1', port, secure: false, auth: null, connections: 1, depth: 1, rate: null, weight: 1 },
  ]);
  await workBatch(deps, send, 1);
  await deps.outbound.close();
  expect(await receipt(db, send)).toMatchObject({ state: 'finished', rejected: 1 });
  const { rows } = await sql<{ reply: string }>`
    select reply from deliveries where send_id = ${send}
    union select reply from outcome_events where send_id = ${send}`.execute(db);
  expect(rows).toHaveLength(1);
  return rows[0]?.reply ?? '';
}

test('a refusal with bytes that no text column takes is recorded all the same', async () => {
  expect(await recorded('5.1.1 No\u0000such\u0007user')).toBe('550 5.1.1 No such user');
});

test("nobody's address stays in the ledger, not even one that the reader's mail is forwarded to", async () => {
  const said = '5.1.1 <Ada@example.com> goes to ada.l+post@mail.home.example: no mailbox';
  expect(await recorded(said)).toBe('550 5.1.1 <ADDRESS> goes to ADDRESS: no mailbox');
});

test('a refusal that goes on and on is cut', async () => {
  expect((await recorded(`5.7.1 ${'no '.repeat(900)}`)).length).toBeLessThan(520);
});
