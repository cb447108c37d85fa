import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type NoticeId, readId, showId } from '../../ids.ts';
import { exportIssue } from '../../issues/export-issue.ts';
import { setReady } from '../../issues/issue-store.ts';
import { sendTest } from '../../notices/test-notice.ts';
import { Fault } from '../../result.ts';
import { keepPrivate, sendLetter } from '../headers.ts';
import { wakeNotices } from '../wake.ts';
import type { Web } from '../web-parts.ts';
import { deskPublication, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { issueRows, slotSentence } from './issue-list.ts';
import { issueHref, openIssue, previewLetter, showIssuePage } from './issue-page.ts';
import { testWord } from './test-send.ts';

const params = z.object({ issue: z.string() });
const query = z.object({ locale: z.string().optional(), test: z.string().optional() });
const readyForm = z.object({ undo: z.string().optional() });
const testForm = z.object({ email: z.string(), locale: z.string().optional() });

/** The list of issues, and one issue: look at its letter, offer it to the slot, test it, take it out. */
export function issueDeskRoutes(web: Web): FastifyPluginAsync {
  const open = async (request: FastifyRequest) => {
    const publication = await deskPublication(web, request);
    const { locale } = query.parse(request.query);
    return openIssue(web, publication, params.parse(request.params).issue, locale);
  };

  return async (app) => {
    app.get('/issues', async (request, reply) => {
      const publication = await deskPublication(web, request);
      const issues = await issueRows(web, publication);
      return showDesk(web, request, reply, 'issues', {
        publication,
        section: 'issues',
        title: 'Issues',
        issues,
        slot: slotSentence(publication, issues, web.clock.now()),
      });
    });

    app.get('/issues/:issue', async (request, reply) => {
      const { test } = query.parse(request.query);
      const notice = test === undefined ? null : readId<NoticeId>('notice', test);
      const word = notice === null ? null : await testWord(web, notice);
      return showIssuePage(web, request, reply, await open(request), word ?? {});
    });

    app.get('/issues/:issue/letter', async (request, reply) => {
      const { html } = await previewLetter(web, await open(request));
      return sendLetter(reply, html);
    });

    app.get('/issues/:issue/export.md', async (request, reply) => {
      const { issue, locale } = await open(request);
      keepPrivate(reply);
      return reply
        .header('content-disposition', `attachment; filename="${issue.slug}.md"`)
        .type('text/markdown; charset=utf-8')
        .send(await exportIssue(web.db, issue.id, locale));
    });

    app.post('/issues/:issue/ready', async (request, reply) => {
      const desk = await open(request);
      const ready = readyForm.parse(request.body ?? {}).undo === undefined;
      await setReady(web.db, desk.issue.id, ready, web.clock.now());
      return reply.redirect(`${issueHref(desk)}?said=${ready ? 'ready' : 'not-ready'}`, 303);
    });

    app.post('/issues/:issue/test', async (request, reply) => {
      const { email, locale } = testForm.parse(request.body ?? {});
      const desk = await open(request);
      const test = { issue_id: desk.issue.id, email, locale: locale ?? desk.locale };
      try {
        const { id } = await sendTest(web.db, desk.publication, test);
        await wakeNotices(web, [id]);
        return reply.redirect(`${issueHref(desk)}?test=${showId('notice', id)}`, 303);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const given = { test_to: email, test_problem: deskSentence(error) };
        return showIssuePage(web, request, reply.code(422), desk, given);
      }
    });
  };
}
