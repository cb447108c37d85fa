import type { FastifyReply, FastifyRequest } from 'fastify';
import { showId } from '../../ids.ts';
import type { Publication } from '../../publications/publication.ts';
import { unreachable } from '../../result.ts';
import { callLog, type LoggedCall } from '../../webhooks/call-log-store.ts';
import { EVENT_TYPES } from '../../webhooks/event-types.ts';
import { listWebhooks, type Webhook } from '../../webhooks/webhook-store.ts';
import type { WebhookFields } from '../../webhooks/webhooks.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, deskTime, plural, showDesk } from './desk-page.ts';

/** Calls of the log, newest first. */
const SHOWN = 100;

interface Asked {
  readonly web: Web;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly publication: Publication;
}

export async function showWebhooks(asked: Asked, form: WebhookFields | null, problem: string | null) {
  const { web, request, reply, publication } = asked;
  const webhooks = await listWebhooks(web.db, publication.id);
  const path = webhooksPath(publication);
  return showDesk(web, request, reply, 'webhooks', {
    ...frame(publication),
    title: 'Webhooks',
    problem,
    form: form ?? { url: '', plain_http: false },
    choices: choicesOf(form?.events ?? Object.keys(EVENT_TYPES)),
    webhooks: webhooks.map((webhook) => ({
      href: `${path}/${showId('webhook', webhook.id)}`,
      url: webhook.url,
      standing: standingOf(webhook, publication),
      events: plural(webhook.events.length, 'event'),
    })),
  });
}

/** @param secret just made: it is shown this once. */
export async function showWebhook(
  asked: Asked,
  webhook: Webhook,
  more: {
    readonly secret?: string;
    readonly form?: WebhookFields;
    readonly problem?: string;
    readonly said?: string;
  } = {},
) {
  const { web, request, reply, publication } = asked;
  const form = more.form ?? webhook;
  const calls = await callLog(web.db, webhook.id, SHOWN);
  return showDesk(web, request, reply, 'webhook', {
    ...frame(publication),
    title: 'Webhook',
    path: `${webhooksPath(publication)}/${showId('webhook', webhook.id)}`,
    webhook,
    standing: standingOf(webhook, publication),
    secret: more.secret ?? null,
    problem: more.problem ?? null,
    form,
    choices: choicesOf(form.events),
    calls: calls.map((call) => callRow(call, publication)),
    some_not_taken: calls.some(({ state, attempts }) => state !== 'taken' && attempts > 0),
    ...(more.said && { said: more.said }),
  });
}

export function webhooksPath(publication: Publication): string {
  return `${deskPath(publication)}/settings/webhooks`;
}

function frame(publication: Publication) {
  return { publication, section: 'settings', shape: 'narrow' } as const;
}

function choicesOf(chosen: readonly string[]) {
  return Object.entries(EVENT_TYPES).map(([name, { about }]) => ({
    name,
    about: about.replaceAll('`', ''),
    chosen: chosen.includes(name),
  }));
}

function standingOf({ is_on, off_reason, failing_since }: Webhook, publication: Publication) {
  if (!is_on) return { tone: off_reason === null ? '' : 'bad', name: 'off', why: off_reason };
  if (failing_since === null) return { tone: 'good', name: 'on', why: null };
  return { tone: 'wait', name: 'fails', why: `Since ${deskTime(failing_since, publication)}.` };
}

function callRow(call: LoggedCall, publication: Publication) {
  return {
    id: showId('webhook call', call.id),
    type: call.type,
    at: deskTime(call.at, publication),
    state: stateOf(call, publication),
    attempts: plural(call.attempts, 'attempt'),
    code: call.code,
    answer: call.answer,
  };
}

function stateOf({ state, due_at, attempts }: LoggedCall, publication: Publication) {
  switch (state) {
    case 'taken':
      return { tone: 'good', name: 'taken' };
    case 'failed':
      return { tone: 'bad', name: 'failed' };
    case 'waiting': {
      const next = due_at && attempts > 0 ? `again ${deskTime(due_at, publication)}` : 'waiting';
      return { tone: 'wait', name: next };
    }
    default:
      return unreachable(state);
  }
}
