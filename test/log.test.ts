import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';
import { testDatabase } from './support/database.ts';
import { makePublication } from './support/press.ts';

const { db } = await testDatabase();

test('an error in the log quotes no row of the database', async () => {
  const publication = await makePublication(db);
  const broken = sql`
    insert into subscribers (publication_id, email, address_key, address_hash, status, locale)
    values (${publication}, 'ada@example.com', 'ada@example.com', 'x', 'no status', 'en')`.execute(db);
  const error = await broken.catch((caught) => caught);
  expect(error.detail).toContain('ada@example.com');

  const lines: string[] = [];
  createLog('info', { write: (text) => void lines.push(text) }).error({ event: 'job failed', err: error });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'job failed', err: { code: '23514' } });
  expect(lines[0]).toContain('subscribers_status_check');
  expect(lines[0]).not.toContain('ada@');
});
