import type { FastifyInstance, FastifyReply } from 'fastify';

const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** A letter brings its own styles and may show pictures from elsewhere; scripts never run in it. */
const LETTER_POLICY = [
  "default-src 'none'",
  'img-src * data:',
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-popups allow-popups-to-escape-sandbox',
].join('; ');

/** On every answer; a route that needs others sets them itself. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'content-security-policy': PAGE_POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
}

/** For pages whose address is a secret (a token) or whose content is an editor's. */
export function keepPrivate(reply: FastifyReply): void {
  reply.headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
}

/** A page reached through a token tells no other site its address (a Referer would carry the token). */
export function keepTokenSecret(reply: FastifyReply): void {
  keepPrivate(reply);
  reply.header('referrer-policy', 'no-referrer');
}

/** Answers with a letter for a sandboxed frame of the desk. Its links open outside, as in a mail program. */
export function sendLetter(reply: FastifyReply, html: string): FastifyReply {
  keepTokenSecret(reply);
  reply.headers({ 'content-security-policy': LETTER_POLICY, 'x-frame-options': 'SAMEORIGIN' });
  return reply
    .type('text/html; charset=utf-8')
    .send(html.replace(/<head[^>]*>/i, '$&<base target="_blank">'));
}
