import type { Db, Tx } from '../db/database.ts';
import type { EditorId } from '../ids.ts';
import type { Address } from './address.ts';

/** A person who signs in to the desk; has an address, so that the press can write to them. */
export interface Editor {
  readonly id: EditorId;
  readonly email: string;
  readonly must_change_password: boolean;
}

const EDITOR = ['editors.id', 'editors.email', 'editors.must_change_password'] as const;

/** A new editor, or a new one-time password for one that is there. */
export function putEditor(tx: Tx, address: Address, password_hash: string): Promise<Editor> {
  return tx
    .insertInto('editors')
    .values({ ...address, password_hash })
    .onConflict((conflict) =>
      conflict
        .column('address_key')
        .doUpdateSet({ email: address.email, password_hash, must_change_password: true }),
    )
    .returning(EDITOR)
    .executeTakeFirstOrThrow();
}

export function listEditors(db: Db): Promise<Editor[]> {
  return db.selectFrom('editors').select(EDITOR).orderBy('id').execute();
}

export function editorByKey(db: Db, addressKey: string) {
  return db
    .selectFrom('editors')
    .select([...EDITOR, 'password_hash'])
    .where('address_key', '=', addressKey)
    .executeTakeFirst();
}

export function editorById(db: Db, id: EditorId) {
  return db
    .selectFrom('editors')
    .select([...EDITOR, 'password_hash'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** False where the password was changed by someone else since it was read. */
export async function replacePassword(
  tx: Tx,
  id: EditorId,
  hashes: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const result = await tx
    .updateTable('editors')
    .set({ password_hash: hashes.to, must_change_password: false })
    .where('id', '=', id)
    .where('password_hash', '=', hashes.from)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Only while the password that was checked is still the editor's: a reset in between wins. */
export async function insertSession(
  tx: Tx,
  session: { token_hash: Buffer; editor_id: EditorId; expires_at: Date },
  passwordHash: string,
): Promise<boolean> {
  const editor = await tx
    .selectFrom('editors')
    .select('id')
    .where('id', '=', session.editor_id)
    .where('password_hash', '=', passwordHash)
    .forShare()
    .executeTakeFirst();
  if (!editor) return false;
  await tx.insertInto('editor_sessions').values(session).execute();
  return true;
}

export function sessionEditor(db: Db, tokenHash: Buffer, now: Date): Promise<Editor | undefined> {
  return db
    .selectFrom('editor_sessions')
    .innerJoin('editors', 'editors.id', 'editor_sessions.editor_id')
    .select(EDITOR)
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function deleteSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.deleteFrom('editor_sessions').where('token_hash', '=', tokenHash).execute();
}

/** @param keep the session that goes on, or null for none. */
export async function deleteSessionsOf(tx: Tx, editor: EditorId, keep: Buffer | null): Promise<void> {
  await tx
    .deleteFrom('editor_sessions')
    .where('editor_id', '=', editor)
    .$if(keep !== null, (query) => query.where('token_hash', '!=', keep ?? Buffer.alloc(0)))
    .execute();
}

export async function deleteExpiredSessions(tx: Tx, now: Date): Promise<void> {
  await tx.deleteFrom('editor_sessions').where('expires_at', '<=', now).execute();
}
