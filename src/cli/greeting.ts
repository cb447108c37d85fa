import { styleText } from 'node:util';
import { SAMPLE_EDITOR } from '../demo/sample-publication.ts';
import type { Parts } from '../main.ts';
import { listEditors } from '../publications/editor-store.ts';
import { addEditor } from '../publications/editors.ts';
import { facts } from './table.ts';

/** What stands on the terminal when `pressrun start` is ready. */
export async function greeting({ config, database, embedded }: Parts): Promise<string> {
  const url = config.publicUrl;
  const password = embedded ? await samplePassword(database.db) : null;
  const addresses = facts([
    ["Reader's page", link(`${url}/`)],
    ["Editor's desk", link(`${url}/desk`)],
    ['Caught mail', config.mail.kind === 'catcher' ? link(`${url}/desk/mail`) : null],
    [
      'Sign in as',
      password ? `${SAMPLE_EDITOR}, password ${styleText('bold', password)} (to be changed at once)` : null,
    ],
  ]);
  const editors = await listEditors(database.db);
  const hint = editors.length === 0 ? '\nNobody can sign in yet: run "pressrun editor add EMAIL".' : '';
  return `${styleText('bold', 'Pressrun is ready.')} Ctrl-C stops it.\n\n${addresses}${hint}\n`;
}

/** A fresh one at each start for as long as nobody took the desk over: nothing is kept in clear. */
async function samplePassword(db: Parts['database']['db']): Promise<string | null> {
  const sample = (await listEditors(db)).find((editor) => editor.email === SAMPLE_EDITOR);
  if (!sample?.must_change_password) return null;
  return (await addEditor(db, SAMPLE_EDITOR)).password;
}

function link(url: string): string {
  return styleText('underline', url);
}
