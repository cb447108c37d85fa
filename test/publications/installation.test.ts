import { beforeEach, expect, test } from 'vitest';
import { addressHasher, checkSecret } from '../../src/publications/installation.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const [OLD, NEW, FOREIGN] = ['o', 'n', 'f'].map((letter) => letter.repeat(32)) as [string, string, string];

beforeEach(async () => {
  await db.updateTable('installation').set({ secret_fingerprint: null }).execute();
});

test('the first secret is remembered, and is right from then on', async () => {
  await checkSecret(db, [OLD]);
  await checkSecret(db, [OLD]);
  await expect(checkSecret(db, [FOREIGN])).rejects.toMatchObject({ code: 'wrong_app_secret', kind: 'usage' });
});

test('the message about a foreign secret says where the old one goes, and shows none', async () => {
  await checkSecret(db, [OLD]);
  const fault = await checkSecret(db, [FOREIGN]).catch((error: Error) => error.message);
  expect(fault).toContain('after a comma');
  expect(fault).not.toContain(FOREIGN);
});

test('a new secret is taken when the old one stands behind it, and then suffices alone', async () => {
  await checkSecret(db, [OLD]);
  await expect(checkSecret(db, [NEW])).rejects.toThrow();
  await checkSecret(db, [NEW, OLD]);
  await checkSecret(db, [NEW]);
});

test('two first starts with different secrets: one of them is refused', async () => {
  const starts = await Promise.allSettled([checkSecret(db, [OLD]), checkSecret(db, [NEW])]);
  expect(starts.map((start) => start.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('an address has one hash here, and it is not the hash of another', async () => {
  const [hash, again] = [await addressHasher(db), await addressHasher(db)];
  expect(hash('a@example.com')).toEqual(again('a@example.com'));
  expect(hash('a@example.com')).toHaveLength(32);
  expect(hash('a@example.com')).not.toEqual(hash('b@example.com'));
});
