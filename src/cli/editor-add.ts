import { addEditor } from '../publications/editors.ts';
import { defineCommand } from './command.ts';
import { withParts } from './with-parts.ts';

export const editorAdd = defineCommand({
  args: ['EMAIL'],
  about:
    'Lets a person sign in to the desk, and prints a one-time password (for one who is there: a new one).',
  options: {},
  run: ({ args: [email = ''] }) =>
    withParts(async ({ database, config }) => {
      const { editor, password } = await addEditor(database.db, email);
      return {
        value: { email: editor.email, password },
        text: `${editor.email} signs in at ${config.publicUrl}/desk with ${password} and then chooses a password.`,
      };
    }),
});
