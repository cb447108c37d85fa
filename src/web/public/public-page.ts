import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SubscriberId } from '../../ids.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { findPublication, publicationById } from '../../publications/publication-store.ts';
import { postalLines } from '../../rendering/footer-text.ts';
import { findSubscriber } from '../../subscribers/subscriber-store.ts';
import { pageLocale, pageWords } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import type { PageWords } from '../words/words.ts';
import { themeAddress } from './theme-routes.ts';

const params = z.object({ publication: z.string().optional() });

/** The publication of the path: `/p/SLUG/...`, or the default one at the root. */
export async function publicationOf(web: Web, request: FastifyRequest): Promise<Publication> {
  return findPublication(web.db, params.parse(request.params).publication ?? null);
}

/** Whom a token names. The publication is the reader's own; the path's where there is no reader any more. */
export async function readerOf(web: Web, request: FastifyRequest, id: SubscriberId) {
  const reader = await findSubscriber(web.db, id);
  const publication = reader
    ? await publicationById(web.db, reader.publication_id)
    : await publicationOf(web, request);
  return { reader, publication, locale: reader?.locale ?? publication.locale };
}

/** Where a page's own form posts to: the path alone, whatever a mail program has hung on it. */
export function pathOf(request: FastifyRequest): string {
  return request.url.replace(/[?#].*$/, '');
}

export interface Page {
  /** Null where it is not known which one the page would be of. */
  readonly publication: Publication | null;
  /** Whose words the page speaks: the reader's locale where it is known, else the publication's. */
  readonly locale: string;
  readonly title: string;
  readonly [fact: string]: unknown;
}

export async function showPage(web: Web, reply: FastifyReply, view: string, page: Page) {
  const { publication, locale } = page;
  const base = publication ? basePath(publication) : '';
  const html = await web.views.render(`public/${view}`, {
    description: null,
    canonical: null,
    is_front: false,
    ...page,
    title:
      publication && page.title !== publication.name ? `${page.title} · ${publication.name}` : page.title,
    lang: pageLocale(locale),
    words: pageWords(locale),
    base,
    theme: publication && themeAddress(publication, base),
    postal: publication ? postalLines(publication).join(', ') : '',
  });
  return reply.type('text/html; charset=utf-8').send(html);
}

interface Message {
  readonly title: string;
  readonly text: string;
  /** With a button the page asks; the form posts to `action`. */
  readonly button?: string;
  readonly action?: string;
  /** A button that is not what most people came for. */
  readonly plain?: boolean;
  /** Asks why a reader has left; answering is up to them. */
  readonly question?: { readonly action: string; readonly words: PageWords['leave'] } | null;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

/** A page of a heading, a sentence, and at most one button. */
export async function showMessage(
  web: Web,
  reply: FastifyReply,
  page: Pick<Page, 'publication' | 'locale'> & { readonly message: Message },
) {
  const { publication, locale } = page;
  const message = { button: null, action: null, plain: false, question: null, links: [], ...page.message };
  return showPage(web, reply, 'message', { publication, locale, title: message.title, message });
}
