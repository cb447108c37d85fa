import type { FastifyReply, FastifyRequest } from 'fastify';
import { listSentIssues } from '../../archive/archive-store.ts';
import type { ConsentId } from '../../ids.ts';
import { basePath } from '../../publications/publication.ts';
import { publicationById } from '../../publications/publication-store.ts';
import { unreachable } from '../../result.ts';
import {
  type Confirmation,
  type ConfirmPreview,
  confirm,
  previewConfirmation,
} from '../../subscribers/confirm.ts';
import { clientPrefix } from '../client-prefix.ts';
import { pageWords } from '../page-words.ts';
import type { Web } from '../web-parts.ts';
import { pathOf, publicationOf, showMessage } from './public-page.ts';

export async function showConfirm(web: Web, request: FastifyRequest, reply: FastifyReply, id: ConsentId) {
  const preview = await previewConfirmation(web.db, id, web.clock.now());
  return showOutcome(web, request, reply, preview);
}

export async function confirmReader(web: Web, request: FastifyRequest, reply: FastifyReply, id: ConsentId) {
  const given = { address_prefix: clientPrefix(request.ip), now: web.clock.now() };
  const outcome = await web.mailAfter((mail) => confirm({ db: web.db, welcome: mail.welcome }, id, given));
  return showOutcome(web, request, reply, outcome);
}

async function showOutcome(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: ConfirmPreview | Confirmation,
) {
  const whom = 'consent' in outcome ? outcome.consent : outcome;
  const publication = whom
    ? await publicationById(web.db, whom.publication_id)
    : await publicationOf(web, request);
  const locale = whom?.locale ?? publication.locale;
  const words = pageWords(locale).confirm;
  const base = basePath(publication);
  const home = { href: `${base}/`, text: publication.name };

  switch (outcome.kind) {
    case 'open': {
      const message = {
        title: words.title,
        text: words.text(publication.name),
        button: words.button,
        action: pathOf(request),
      };
      return showMessage(web, reply, { publication, locale, message });
    }
    case 'confirmed':
    case 'already': {
      const [newest] = await listSentIssues(web.db, publication.id, 1);
      const links = newest
        ? [{ href: `${base}/issues/${newest.slug}`, text: words.newest(newest.title) }]
        : [home];
      const message = { title: words.done, text: words.doneText(publication.name), links };
      return showMessage(web, reply, { publication, locale, message });
    }
    case 'gone':
    case 'blocked':
      return showMessage(web, reply, {
        publication,
        locale,
        message: { title: words.over, text: words.overText, links: [home] },
      });
    default:
      return unreachable(outcome);
  }
}
