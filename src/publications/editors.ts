import { createHash, randomBytes } from 'node:crypto';
import { DAY_MS } from '../clock.ts';
import type { Db } from '../db/database.ts';
import type { EditorId } from '../ids.ts';
import { Fault, ok, type Result, refuse } from '../result.ts';
import { normalizeAddress } from './address.ts';
import {
  deleteExpiredSessions,
  deleteSession,
  deleteSessionsOf,
  type Editor,
  editorById,
  editorByKey,
  insertSession,
  putEditor,
  replacePassword,
  sessionEditor,
} from './editor-store.ts';
import {
  checkNewPassword,
  hashPassword,
  oneTimePassword,
  type PasswordFault,
  passwordMatches,
} from './passwords.ts';

const SESSION_MS = 14 * DAY_MS;

/** The cookie's value; the database holds only its hash. */
export interface Session {
  readonly token: string;
  readonly expires_at: Date;
}

/**
 * The password is shown this once and must be changed at the first sign-in. For an editor that is there
 * it is a new one, and whoever was signed in under the old one is not any more.
 *
 * @throws {Fault} `bad_address`
 */
export async function addEditor(db: Db, email: string): Promise<{ editor: Editor; password: string }> {
  const address = normalizeAddress(email);
  if (!address.ok) throw new Fault('bad_address', `The address "${email}" ${address.error}.`);
  const password = oneTimePassword();
  const hash = await hashPassword(password);
  const editor = await db.transaction().execute(async (tx) => {
    const put = await putEditor(tx, address.value, hash);
    await deleteSessionsOf(tx, put.id, null);
    return put;
  });
  return { editor, password };
}

/** The refusal does not say whether the address or the password was wrong, and takes as long for either. */
export async function signIn(
  db: Db,
  email: string,
  password: string,
  now: Date,
): Promise<Result<{ editor: Editor; session: Session }, 'wrong'>> {
  const address = normalizeAddress(email);
  const found = address.ok ? await editorByKey(db, address.value.address_key) : undefined;
  const matches = await passwordMatches(password, found?.password_hash ?? null);
  if (!found || !matches) return refuse('wrong');

  const { password_hash, ...editor } = found;
  const session = { token: randomBytes(32).toString('base64url'), expires_at: later(now) };
  const opened = await db.transaction().execute(async (tx) => {
    await deleteExpiredSessions(tx, now);
    const row = {
      token_hash: hashToken(session.token),
      editor_id: editor.id,
      expires_at: session.expires_at,
    };
    return insertSession(tx, row, password_hash);
  });
  return opened ? ok({ editor, session }) : refuse('wrong');
}

/** Who is signed in with this cookie; null for none, or one that has run out. */
export async function findSession(db: Db, token: string, now: Date): Promise<Editor | null> {
  return (await sessionEditor(db, hashToken(token), now)) ?? null;
}

export function endSession(db: Db, token: string): Promise<void> {
  return deleteSession(db, hashToken(token));
}

/** Ends every session of the editor except the one it was done in. */
export async function changePassword(
  db: Db,
  change: {
    readonly editor: EditorId;
    readonly current: string;
    readonly next: string;
    readonly token: string;
  },
): Promise<Result<null, 'wrong' | PasswordFault>> {
  const found = await editorById(db, change.editor);
  if (!found || !(await passwordMatches(change.current, found.password_hash))) return refuse('wrong');
  const checked = checkNewPassword(change.next, change.current);
  if (!checked.ok) return checked;

  const to = await hashPassword(checked.value);
  return db.transaction().execute(async (tx) => {
    if (!(await replacePassword(tx, found.id, { from: found.password_hash, to }))) return refuse('wrong');
    await deleteSessionsOf(tx, found.id, hashToken(change.token));
    return ok(null);
  });
}

function later(now: Date): Date {
  return new Date(now.getTime() + SESSION_MS);
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
