import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Publication } from '../publications/publication.ts';
import { listPublications } from '../publications/publication-store.ts';
import { Fault } from '../result.ts';
import { deskFault } from './desk/desk-page.ts';
import { isMissing } from './faults.ts';
import { keepPrivate } from './headers.ts';
import { pageWords } from './page-words.ts';
import { showMessage } from './public/public-page.ts';
import { wantsJson } from './request.ts';
import type { Web } from './web-parts.ts';

/** Friendly pages for what is not there and for what fails; never a stack, never the fault's own words to a reader. */
export function addErrorPages(app: FastifyInstance, web: Web): void {
  app.setNotFoundHandler((request, reply) => answer(web, request, reply, 404));

  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    if (error instanceof Fault && isDesk(request)) return deskFault(web, request, reply, error);
    if (error instanceof Fault && isMissing(error)) return answer(web, request, reply, 404);
    const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 500;
    if (status === 500) logFailure(web, request, error);
    return answer(web, request, reply, status);
  });
}

function isDesk(request: FastifyRequest): boolean {
  return request.url.startsWith('/desk');
}

/** In the reader's own language: the publication may be what is not known. */
async function answer(web: Web, request: FastifyRequest, reply: FastifyReply, status: number) {
  const locale = request.headers['accept-language']?.split(/[,;]/)[0] ?? 'en';
  const words = pageWords(locale);
  keepPrivate(reply);
  reply.code(status);
  if (wantsJson(request))
    return reply.send({ error: { code: String(status), message: words.notFound.title } });
  const { title, text } = status >= 500 ? words.fault : words.notFound;
  // at a fault of ours the database itself may be what is away
  const publication = status >= 500 ? null : await publicationAround(web, request);
  return showMessage(web, reply, { publication, locale, message: { title, text } });
}

/** The publication under whose path nothing was found: its name above the page is the way on. */
async function publicationAround(web: Web, request: FastifyRequest): Promise<Publication | null> {
  const slug = /^\/p\/([^/?#]+)/.exec(request.url)?.[1];
  const all = await listPublications(web.db);
  return all.find((each) => (slug === undefined ? each.is_default : each.slug === slug)) ?? null;
}

/** The route's pattern and the error's own words; a database error's `detail` would hold a reader's address. */
function logFailure(web: Web, request: FastifyRequest, error: Error): void {
  web.log.error({
    event: 'request failed',
    method: request.method,
    route: request.routeOptions.url ?? 'none',
    reason: error.message,
    stack: error.stack,
  });
}
