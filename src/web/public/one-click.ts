import type { FastifyInstance } from 'fastify';

/** A few short fields, whatever they come in. */
const BODY_LIMIT_BYTES = 16 * 1024;

/**
 * Takes every body as text, whatever type it says it is: a mail provider's one-click POST may be
 * multipart, urlencoded or mislabelled, and is never refused for its form.
 */
export function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
    done(null, body),
  );
}

/** RFC 8058 3.1: the body is `List-Unsubscribe=One-Click`, as multipart/form-data or urlencoded. */
export function isOneClick(body: unknown): boolean {
  if (typeof body !== 'string') return false;
  return fieldsOf(body).get('List-Unsubscribe') === 'One-Click' || MULTIPART_FIELD.test(body);
}

const MULTIPART_FIELD =
  /name="?List-Unsubscribe"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n\s*One-Click\s*(?:\r?\n|$)/i;

/** The fields of a form that came as text. */
export function fieldsOf(body: unknown): URLSearchParams {
  return new URLSearchParams(typeof body === 'string' ? body.trim() : '');
}
