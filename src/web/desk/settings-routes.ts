import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { setPublication } from '../../publications/edit-publications.ts';
import type { Publication } from '../../publications/publication.ts';
import { readTracking } from '../../publications/publication-fields.ts';
import { nextSlot } from '../../publications/slot.ts';
import { Fault } from '../../result.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, deskPublication, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { guardChanges, guardForm, guardFormOf } from './guard-form.ts';
import { slotTime } from './issue-list.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const ZONES = Intl.supportedValuesOf('timeZone');

const text = z.string().default('');
const settingsForm = z.object({
  name: text,
  description: text,
  locale: text,
  accent: text,
  from_name: text,
  from_address: text,
  reply_to: text,
  postal_address: text,
  weekday: text,
  time: text,
  timezone: text,
  tracking: text,
  ...guardForm.shape,
});
type SettingsForm = z.infer<typeof settingsForm>;

/** What a publication is called, who it comes from, and when it goes out. */
export function settingsRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/settings', async (request, reply) => {
      const publication = await deskPublication(web, request);
      return showSettings(web, request, reply, publication, formOf(publication), null);
    });

    app.post('/settings', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const form = settingsForm.parse(request.body ?? {});
      try {
        await setPublication(web.db, publication.slug, changesOf(form));
        return reply.redirect(`${deskPath(publication)}/settings?said=saved`, 303);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return showSettings(web, request, reply.code(422), publication, form, deskSentence(error));
      }
    });
  };
}

function formOf(publication: Publication): SettingsForm {
  const { name, description, locale, from_name, from_address, timezone, slot, tracking } = publication;
  return {
    tracking,
    name,
    description,
    locale,
    from_name,
    from_address,
    timezone,
    accent: publication.accent ?? '',
    reply_to: publication.reply_to ?? '',
    postal_address: publication.postal_address ?? '',
    weekday: slot ? String(slot.weekday) : '',
    time: slot?.time ?? '08:00',
    ...guardFormOf(publication),
  };
}

function changesOf(form: SettingsForm) {
  const { name, description, locale, from_name, from_address, postal_address, timezone } = form;
  const slot = form.weekday === '' ? null : { weekday: Number(form.weekday), time: form.time.slice(0, 5) };
  const same = { name, description, locale, from_name, from_address, postal_address, timezone };
  const emptied = { reply_to: form.reply_to.trim() || null, accent: form.accent.trim() || null };
  const counted = form.tracking === '' ? {} : { tracking: readTracking(form.tracking) };
  return { ...same, ...emptied, slot, ...counted, ...guardChanges(form) };
}

function showSettings(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  form: SettingsForm,
  problem: string | null,
) {
  const next = nextSlot(publication, web.clock.now());
  return showDesk(web, request, reply, 'settings', {
    publication,
    section: 'settings',
    shape: 'narrow',
    title: 'Settings',
    form: { ...guardFormOf(publication), ...form, tracking: form.tracking || publication.tracking },
    problem,
    weekdays: WEEKDAYS.map((name, at) => ({ name, number: String(at + 1) })),
    timezones: ZONES,
    next_slot: next ? slotTime(next, publication) : null,
  });
}
