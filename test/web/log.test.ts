import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../support/database.ts';
import { makePublication, makeReader, openPress } from './press.ts';

const lines: string[] = [];
const press = await openPress(await testDatabase(), {
  log: pino({ level: 'debug' }, { write: (line) => lines.push(line) }),
});
const { app, tokens } = press;
const weekly = await makePublication(press, 'weekly');

test('the log names routes by their pattern: no token, no address, no name ever stands in it', async () => {
  const { id } = await makeReader(press, weekly, 'reader@example.com');
  const token = tokens.make('unsubscribe', id);
  await app.inject({ url: `/unsubscribe/${token}?email=reader@example.com` });
  await app.inject({ method: 'POST', url: `/unsubscribe/${token}`, payload: 'List-Unsubscribe=One-Click' });
  await app.inject({
    method: 'POST',
    url: '/subscribe',
    payload: { email: 'new@example.com', name: 'Ada Lovelace' },
  });
  await app.inject({ url: `/nothing/${token}` });
  await app.inject({ method: 'POST', url: `/p/weekly/unsubscribe/${token}`, payload: 'x'.repeat(99_999) });
  const log = lines.join('');
  expect(log).toContain('"route":"/unsubscribe/:token"');
  expect(log).not.toContain(token);
  expect(log).not.toMatch(/@|Lovelace/);
});
