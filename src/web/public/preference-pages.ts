import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SubscriberId } from '../../ids.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { setFollowed } from '../../subscribers/follow.ts';
import { writePreferences } from '../../subscribers/preferences.ts';
import type { Subscriber } from '../../subscribers/subscriber-store.ts';
import { forgetVisitsOf } from '../../visits/visit-store.ts';
import { languageName, PAGE_LOCALES, pageWords } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { pathOf, readerOf, showMessage, showPage } from './public-page.ts';

export async function showPreferences(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  id: SubscriberId,
  saved: boolean,
) {
  const { reader, publication, locale } = await readerOf(web, request, id);
  const words = pageWords(locale);
  if (!reader) {
    const message = { title: words.leave.done, text: words.leave.doneText(publication.name) };
    return showMessage(web, reply, { publication, locale, message });
  }
  const base = basePath(publication);
  return showPage(web, reply, 'preferences', {
    publication,
    locale,
    title: words.preferences.title,
    lead: words.preferences.text(publication.name),
    action: pathOf(request),
    leave: `${base}/unsubscribe/${web.tokens.make('unsubscribe', id)}`,
    reader: { name: reader.name, locale: reader.locale, timezone: reader.timezone ?? '' },
    locales: localeChoices(publication, reader.locale),
    timezones: timezoneChoices(reader.timezone),
    home_timezone: words.preferences.homeTimezone(publication.timezone),
    follow: isAsked(publication, reader) && {
      agreed: reader.followed_since !== null,
      text: words.preferences.follow(publication.name),
    },
    saved,
  });
}

/** Answers with the page itself, in the language just chosen: a redirect would say the token once more. */
export async function savePreferences(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  id: SubscriberId,
  form: URLSearchParams,
) {
  const { reader, publication, locale } = await readerOf(web, request, id);
  const given = {
    name: form.get('name') ?? reader?.name ?? '',
    locale: form.get('locale') ?? reader?.locale ?? '',
    timezone: form.get('timezone') ?? reader?.timezone ?? '',
  };
  const written = await writePreferences(web.db, id, { ...given, now: web.clock.now() });
  if (written.ok && form.has('follow_asked')) await saveFollowed(web, { id, publication, locale, form });
  return showPreferences(web, request, reply, id, written.ok);
}

/** With the words that the reader had before them: the page was in the language that they had then. */
function saveFollowed(
  web: Web,
  said: {
    readonly id: SubscriberId;
    readonly publication: Publication;
    readonly locale: string;
    readonly form: URLSearchParams;
  },
): Promise<void> {
  const { follow, followHint } = pageWords(said.locale).preferences;
  const wording = `${follow(said.publication.name)}. ${followHint}`;
  const followed = said.form.get('followed') === 'yes';
  return setFollowed(web.db, said.id, { followed, wording, now: web.clock.now() }, forgetVisitsOf);
}

/** A publication asks only where it would heed the answer; who agreed can take it back wherever they are. */
function isAsked({ tracking }: Publication, { followed_since }: Subscriber): boolean {
  return tracking === 'individual' || followed_since !== null;
}

/** The languages that pages and mails speak, and those that the reader and the publication have. */
function localeChoices(publication: Publication, own: string) {
  const tags = [...new Set([publication.locale, ...PAGE_LOCALES, own])];
  return tags.map((tag) => ({ tag, name: languageName(tag) }));
}

const ZONES = Intl.supportedValuesOf('timeZone');

/** An import may have brought a name that is known, and not among those that Node lists ("Asia/Calcutta"). */
function timezoneChoices(own: string | null): readonly string[] {
  return own === null || ZONES.includes(own) ? ZONES : [...ZONES, own];
}
