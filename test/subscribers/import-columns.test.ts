import { expect, test } from 'vitest';
import { readColumns } from '../../src/subscribers/import-columns.ts';

test('columns are found in any order, case and common spelling; the others are attributes', () => {
  const columns = readColumns(['Company', ' E-Mail Address ', 'FULL NAME', 'Subscribed_At', 'lang', '']);
  expect(columns.known).toEqual({
    email: 1,
    name: 2,
    status: null,
    locale: 4,
    timezone: null,
    subscribed_at: 3,
    followed_since: null,
  });
  expect(columns.attributes).toEqual([
    { name: 'Company', index: 0 },
    { name: 'column 6', index: 5 },
  ]);
});

test('a file without a column of addresses is refused, and the message shows what is there', () => {
  expect(() => readColumns(['Name', 'PK\u0003'])).toThrow(/no column "email".*Name, PK\?/);
});

test('two columns that mean the same are refused', () => {
  expect(() => readColumns(['email', 'e-mail'])).toThrow(/"email" and "e-mail"/);
  expect(() => readColumns(['email', 'city', 'city'])).toThrow(/"city" and "city"/);
});
