import { beforeEach, expect, test } from 'vitest';
import { listEditors } from '../../src/publications/editor-store.ts';
import {
  addEditor,
  changePassword,
  endSession,
  findSession,
  signIn,
} from '../../src/publications/editors.ts';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();
const NOW = new Date('2026-11-23T08:00:00Z');
const DAYS_15 = 15 * 24 * 3_600_000;

async function signedIn(email: string, password: string): Promise<string> {
  const signed = await signIn(db, email, password, NOW);
  if (!signed.ok) throw new Error('not signed in');
  return signed.value.session.token;
}

beforeEach(async () => {
  await db.deleteFrom('editors').execute();
});

test('a new editor signs in with the printed password and must change it', async () => {
  const { password } = await addEditor(db, 'Ada@Example.com');
  expect(password).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
  const signed = await signIn(db, 'ada@example.com', password, NOW);
  expect(signed).toMatchObject({ ok: true, value: { editor: { must_change_password: true } } });
});

test('a wrong password and an unknown address are refused alike', async () => {
  await addEditor(db, 'ada@example.com');
  expect(await signIn(db, 'ada@example.com', 'nope', NOW)).toEqual({ ok: false, error: 'wrong' });
  expect(await signIn(db, 'eve@example.com', 'nope', NOW)).toEqual({ ok: false, error: 'wrong' });
  expect(await signIn(db, 'no address', 'nope', NOW)).toEqual({ ok: false, error: 'wrong' });
});

test('an unknown address is refused after the same work as a known one', async () => {
  await addEditor(db, 'ada@example.com');
  const timed = async (email: string) => {
    let least = Number.POSITIVE_INFINITY;
    for (let time = 1; time <= 3; time += 1) {
      const begun = performance.now();
      await signIn(db, email, 'nope', NOW);
      least = Math.min(least, performance.now() - begun);
    }
    return least;
  };
  const [known, unknown] = [await timed('ada@example.com'), await timed('eve@example.com')];
  expect(unknown).toBeGreaterThan(known / 4);
});

test('neither password nor cookie lies in the database', async () => {
  const { password } = await addEditor(db, 'ada@example.com');
  const token = await signedIn('ada@example.com', password);
  const rows = JSON.stringify([
    await db.selectFrom('editors').selectAll().execute(),
    await db.selectFrom('editor_sessions').selectAll().execute(),
  ]);
  expect(rows).not.toContain(password);
  expect(rows).not.toContain(token);
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
});

test('changing the password ends the other sessions and keeps this one', async () => {
  const { editor, password } = await addEditor(db, 'ada@example.com');
  const [here, elsewhere] = [
    await signedIn('ada@example.com', password),
    await signedIn('ada@example.com', password),
  ];
  const change = { editor: editor.id, current: password, next: 'a better password', token: here };
  expect(await changePassword(db, change)).toEqual({ ok: true, value: null });
  expect(await findSession(db, here, NOW)).toMatchObject({ must_change_password: false });
  expect(await findSession(db, elsewhere, NOW)).toBeNull();
  expect(await signIn(db, 'ada@example.com', password, NOW)).toMatchObject({ ok: false });
  await signedIn('ada@example.com', 'a better password');
});

test.each([
  ['wrong', { current: 'guess', next: 'a better password' }],
  ['too short', { next: 'short' }],
  ['too long', { next: 'x'.repeat(201) }],
  ['the same', {}],
])('a change is refused as %s', async (error, given) => {
  const { editor, password } = await addEditor(db, 'ada@example.com');
  const change = { editor: editor.id, current: password, next: password, token: 'x', ...given };
  expect(await changePassword(db, change)).toEqual({ ok: false, error });
});

test('adding an editor again makes a new one-time password and signs them out', async () => {
  const first = await addEditor(db, 'ada@example.com');
  const token = await signedIn('ada@example.com', first.password);
  const second = await addEditor(db, 'ADA@example.com');
  expect(second.editor.id).toBe(first.editor.id);
  expect(await findSession(db, token, NOW)).toBeNull();
  expect(await signIn(db, 'ada@example.com', first.password, NOW)).toMatchObject({ ok: false });
  expect(await listEditors(db)).toEqual([second.editor]);
});

test('a session ends by signing out and by running out', async () => {
  const { password } = await addEditor(db, 'ada@example.com');
  const token = await signedIn('ada@example.com', password);
  expect(await findSession(db, token, new Date(NOW.getTime() + DAYS_15))).toBeNull();
  expect(await findSession(db, token, NOW)).not.toBeNull();
  await endSession(db, token);
  expect(await findSession(db, token, NOW)).toBeNull();
  expect(await findSession(db, 'made up', NOW)).toBeNull();
});

test('an editor needs an address', async () => {
  await expect(addEditor(db, 'nobody')).rejects.toMatchObject({ code: 'bad_address' });
});
