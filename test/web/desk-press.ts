import { addEditor, changePassword, signIn } from '../../src/publications/editors.ts';
import { form, OWN_FORM, type Press } from './press.ts';

export const PASSWORD = 'a password of my own';

/** A desk with an editor who has signed in and chosen a password. */
export async function openDesk(press: Press, email = 'editor@example.com') {
  const { db, clock, app } = press;
  const { editor, password } = await addEditor(db, email);
  const first = await signIn(db, email, password, clock.now());
  if (!first.ok) throw new Error('the one-time password does not sign in');
  const { token } = first.value.session;
  await changePassword(db, { editor: editor.id, current: password, next: PASSWORD, token });
  const cookies = { pressrun_desk: token };

  return {
    cookies,
    get: (url: string) => app.inject({ url, cookies }),
    post: (url: string, fields: Record<string, string> = {}) =>
      app.inject({ method: 'POST', url, cookies, headers: OWN_FORM, payload: form(fields) }),
    /** As a browser sends a form with files. */
    upload: (url: string, parts: Record<string, string | { name: string; bytes: Buffer | string }>) => {
      const boundary = 'pressrun-test';
      const chunks = Object.entries(parts).flatMap(([field, part]) => {
        const file = typeof part === 'string' ? null : part;
        const name = file ? `; filename="${file.name}"\r\nContent-Type: application/octet-stream` : '';
        const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"${name}\r\n\r\n`;
        return [Buffer.from(head), Buffer.from(file ? file.bytes : String(part)), Buffer.from('\r\n')];
      });
      const payload = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
      const headers = { ...OWN_FORM, 'content-type': `multipart/form-data; boundary=${boundary}` };
      return app.inject({ method: 'POST', url, cookies, headers, payload });
    },
  };
}
