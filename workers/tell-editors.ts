import type { Tx } from '../src/db/database.ts';
import type { EditorWord } from '../src/delivery/freeze-due-send.ts';
import { insertNotice } from '../src/notices/notice-store.ts';
import { listEditors } from '../src/publications/editor-store.ts';

/** A notice to each editor, in the transaction that causes it. */
export async function tellEditors(tx: Tx, word: EditorWord): Promise<void> {
  const { publication, key, heading, paragraphs, link = null } = word;
  for (const editor of await listEditors(tx)) {
    await insertNotice(tx, {
      kind: 'editor',
      publication_id: publication.id,
      unique_key: `editor:${editor.id}:${key}`,
      email: editor.email,
      locale: publication.locale,
      params: { heading, paragraphs: [...paragraphs], link },
    });
  }
}
