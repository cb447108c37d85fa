import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listSentIssues } from '../../archive/archive-store.ts';
import { domainOf, normalizeAddress } from '../../publications/address.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { signUp } from '../../subscribers/sign-up.ts';
import { clientPrefix } from '../client-prefix.ts';
import { formStamp, isOwnStamp, wasFilledIn } from '../form-stamp.ts';
import { keepPrivate } from '../headers.ts';
import { pageWords } from '../page-words.ts';
import { wantsJson } from '../request.ts';
import type { Web } from '../web-parts.ts';
import { embedSnippet } from './embed-snippet.ts';
import { showIssue } from './issue-routes.ts';
import { publicationOf, showMessage, showPage } from './public-page.ts';

/** Which wording a person agreed to; counts up when the sentences around the form change. */
const FORM_VERSIONS = { page: 'page-1', snippet: 'snippet-1', json: 'json-1' } as const;

const NEWEST = 5;

const text = z.string().max(1000).default('');
const signUpForm = z.object({
  email: text,
  name: text,
  locale: text,
  /** Hidden from people: whoever fills it in is a program. */
  website: text,
  /** When our own form was shown, signed; a pasted form and a program have none. */
  shown: z.string().max(100).optional(),
});
type SignUpForm = z.infer<typeof signUpForm>;

/** The publication's page and its form; form, pasted form and JSON take one path. */
export function subscribeRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/', async (request, reply) => {
      const publication = await publicationOf(web, request);
      return showFront(web, reply, publication, {});
    });

    app.get('/subscribed', async (request, reply) => {
      const publication = await publicationOf(web, request);
      const { locale } = publication;
      keepPrivate(reply);
      return showMessage(web, reply, { publication, locale, message: pageWords(locale).checkMail });
    });

    app.get('/embed', async (request, reply) => {
      const publication = await publicationOf(web, request);
      const snippet = embedSnippet(publication, web.publicUrl);
      keepPrivate(reply);
      // for whoever builds the site, not for its readers: the form speaks their language, the page the desk's
      return showPage(web, reply, 'embed', {
        publication,
        locale: 'en',
        title: 'Sign-up form',
        snippet,
      });
    });

    app.post('/subscribe', async (request, reply) => {
      const publication = await publicationOf(web, request);
      const parsed = signUpForm.safeParse(request.body ?? {});
      const form = parsed.success ? parsed.data : signUpForm.parse({});
      const words = pageWords(publication.locale);
      keepPrivate(reply);

      const address = normalizeAddress(form.email);
      if (!address.ok)
        return refuseForm(web, request, reply, publication, form, 'bad_address', words.badAddress);
      if (form.website !== '') return accept(request, reply, publication);
      if (form.shown !== undefined && !wasFilledIn(web.tokens, form.shown, web.clock.now())) {
        return refuseForm(web, request, reply, publication, form, 'too_quick', words.tooQuick);
      }
      const prefix = clientPrefix(request.ip);
      const wait = await web.limiter.consume([
        ['signUpPrefix', prefix ?? 'unknown'],
        ['signUpDomain', domainOf(address.value)],
        ['signUpAddress', `${publication.slug} ${address.value.address_key}`],
      ]);
      if (wait !== null) return tooMany(web, request, reply, publication, wait);

      await web.mailAfter((mail) =>
        signUp(
          { db: web.db, hashAddress: web.hashAddress, askToConfirm: mail.askToConfirm },
          {
            publication,
            email: form.email,
            name: form.name,
            locale: form.locale,
            ...source(request, form),
            address_prefix: prefix,
            now: web.clock.now(),
          },
        ),
      );
      return accept(request, reply, publication);
    });
  };
}

function source(request: FastifyRequest, form: SignUpForm) {
  if (wantsJson(request)) return { source: 'json', form_version: FORM_VERSIONS.json } as const;
  const form_version = form.shown === undefined ? FORM_VERSIONS.snippet : FORM_VERSIONS.page;
  return { source: 'form', form_version } as const;
}

/** The same for everyone, whoever is known or not. */
function accept(request: FastifyRequest, reply: FastifyReply, publication: Publication) {
  if (wantsJson(request)) return reply.code(202).send({ status: 'check your mail' });
  return reply.redirect(`${basePath(publication)}/subscribed`, 303);
}

async function refuseForm(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  form: SignUpForm,
  code: string,
  message: string,
) {
  reply.code(422);
  if (wantsJson(request)) return reply.send({ error: { code, message } });
  return showFront(web, reply, publication, { ...form, problem: message });
}

async function tooMany(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  waitSeconds: number,
) {
  const { locale } = publication;
  const message = pageWords(locale).tooMany;
  reply.code(429).header('retry-after', waitSeconds);
  if (wantsJson(request)) return reply.send({ error: { code: 'too_many', message: message.text } });
  return showMessage(web, reply, { publication, locale, message });
}

/** A form that is shown again keeps its first time: the second press of the button is not too quick. */
async function showFront(
  web: Web,
  reply: FastifyReply,
  publication: Publication,
  given: Partial<SignUpForm> & { readonly problem?: string },
) {
  const newest = await listSentIssues(web.db, publication.id, NEWEST + 1);
  const shown =
    given.shown && isOwnStamp(web.tokens, given.shown) ? given.shown : formStamp(web.tokens, web.clock.now());
  return showPage(web, reply, 'front', {
    publication,
    locale: publication.locale,
    title: publication.name,
    is_front: true,
    description: publication.description,
    canonical: `${web.publicUrl}${basePath(publication)}/`,
    form: { email: '', name: '', problem: null, ...given, shown, locale: given.locale || publication.locale },
    issues: newest.slice(0, NEWEST).map((issue) => showIssue(publication, issue)),
    more: newest.length > NEWEST,
  });
}
