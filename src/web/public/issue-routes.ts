import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  findSentIssue,
  listSentIssues,
  neighbours,
  type SentEdition,
  type SentIssue,
  sentEditions,
} from '../../archive/archive-store.ts';
import { loadPictures } from '../../issues/asset-store.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { renderWebIssue, WEB_ISSUE_CSS } from '../../rendering/web-issue.ts';
import { pageWords, showDate } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { publicationOf, showPage } from './public-page.ts';

const CACHE = 'public, max-age=60';
const FOR_EVER = 'public, max-age=31536000, immutable';

const params = z.object({ slug: z.string() });
const query = z.object({ locale: z.string().optional(), as: z.string().optional() });

/** The archive and the pages of sent issues; whatever was not sent is not there. */
export function issueRoutes(web: Web): FastifyPluginAsync {
  const css = readFileSync(WEB_ISSUE_CSS, 'utf8');
  const cssVersion = createHash('sha256').update(css).digest('hex').slice(0, 12);

  return async (app) => {
    app.get('/issue.css', async (_request, reply) =>
      reply.header('cache-control', FOR_EVER).type('text/css; charset=utf-8').send(css),
    );

    app.get('/archive', async (request, reply) => {
      const publication = await publicationOf(web, request);
      const { locale } = publication;
      const sent = await listSentIssues(web.db, publication.id);
      const issues = sent.map((issue) => showIssue(publication, issue));
      reply.header('cache-control', CACHE);
      return showPage(web, reply, 'archive', {
        publication,
        locale,
        title: pageWords(locale).archive,
        canonical: `${web.publicUrl}${basePath(publication)}/archive`,
        issues,
      });
    });

    app.get('/issues/:slug', async (request, reply) => {
      const publication = await publicationOf(web, request);
      const issue = await findSentIssue(web.db, publication.id, params.parse(request.params).slug);
      const wanted = query.parse(request.query);
      const editions = issue ? await sentEditions(web.db, issue.id) : [];
      const edition = chooseEdition(editions, wanted.locale ?? publication.locale, publication);
      if (!issue || !edition) return reply.callNotFound();
      const asSent = wanted.as === 'sent' && edition.corrected_at !== null;
      return showSentIssue(web, reply, { publication, issue, edition, asSent, cssVersion });
    });
  };
}

/** The locale asked for, else the publication's own, else any: a sent issue is never without one. */
function chooseEdition(editions: readonly SentEdition[], locale: string, publication: Publication) {
  const of = (wanted: string) => editions.find((edition) => edition.locale === wanted);
  return of(locale) ?? of(publication.locale) ?? editions[0];
}

interface ShownIssue {
  readonly publication: Publication;
  readonly issue: SentIssue;
  readonly edition: SentEdition;
  /** The document that readers got, although a corrected one stands there now. */
  readonly asSent: boolean;
  readonly cssVersion: string;
}

async function showSentIssue(web: Web, reply: FastifyReply, shown: ShownIssue) {
  const { publication, issue, edition, asSent } = shown;
  const document = asSent ? edition.sent : edition.newest;
  const pictures = await loadPictures(web.db, [document]);
  const article = await renderWebIssue({ document, publication, pictures, basePath: basePath(publication) });
  const { previous, next } = await neighbours(web.db, publication.id, issue);
  reply.header('cache-control', CACHE);
  return showPage(web, reply, 'issue', {
    publication,
    locale: edition.locale,
    title: document.title,
    description: document.preheader || null,
    canonical: `${web.publicUrl}${basePath(publication)}/issues/${issue.slug}`,
    css_version: shown.cssVersion,
    article,
    corrected: correction(shown),
    // what the editor linked stands in the article itself
    previous: previous && !document.previous ? showIssue(publication, previous) : null,
    next: next && !document.next ? showIssue(publication, next) : null,
  });
}

/** What a page says where the issue was changed after it went out. */
function correction({ publication, issue, edition, asSent }: ShownIssue) {
  if (edition.corrected_at === null) return null;
  const words = pageWords(edition.locale);
  const locale = edition.locale === publication.locale ? '' : `locale=${encodeURIComponent(edition.locale)}`;
  const here = `${basePath(publication)}/issues/${issue.slug}`;
  if (asSent)
    return { text: words.showsAsSent, link: words.newestVersion, href: locale ? `${here}?${locale}` : here };
  const date = showDate(edition.corrected_at, edition.locale, publication.timezone);
  return {
    text: words.corrected(date),
    link: words.asSent,
    href: `${here}?as=sent${locale && `&${locale}`}`,
  };
}

/** An issue as lists of issues show it. */
export function showIssue(publication: Publication, issue: SentIssue) {
  return {
    title: issue.title,
    href: `${basePath(publication)}/issues/${issue.slug}`,
    iso: issue.sent_at.toISOString(),
    date: showDate(issue.sent_at, publication.locale, publication.timezone),
  };
}
