import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SubscriberId } from '../../ids.ts';
import { basePath, type Publication } from '../../publications/publication.ts';
import { writePreferences } from '../../subscribers/preferences.ts';
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
  const { reader } = await readerOf(web, request, id);
  const given = {
    name: form.get('name') ?? reader?.name ?? '',
    locale: form.get('locale') ?? reader?.locale ?? '',
    timezone: form.get('timezone') ?? reader?.timezone ?? '',
  };
  const written = await writePreferences(web.db, id, { ...given, now: web.clock.now() });
  return showPreferences(web, request, reply, id, written.ok);
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
