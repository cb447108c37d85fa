import type { FastifyRequest } from 'fastify';

/** Programs get their answers, faults too, in the language they speak. */
export function wantsJson(request: FastifyRequest): boolean {
  const type = request.headers['content-type'] ?? '';
  const accept = request.headers.accept ?? '';
  return /^application\/json\b/i.test(type) || /^application\/json\b/i.test(accept);
}
