import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { showId } from '../../ids.ts';
import { type ImportedIssue, importIssue } from '../../issues/import-issue.ts';
import type { Publication } from '../../publications/publication.ts';
import { Fault } from '../../result.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, deskPublication, plural, showDesk } from './desk-page.ts';
import { deskSentence } from './fault-words.ts';
import { readUpload, type Upload, withUploadedFiles } from './upload.ts';

/** An issue comes in as a file with its pictures, or as pasted text. */
export function importRoutes(web: Web): FastifyPluginAsync {
  return async (app) => {
    app.get('/import', async (request, reply) => {
      const publication = await deskPublication(web, request);
      return showImport(web, request, reply, publication, {});
    });

    app.post('/import', async (request, reply) => {
      const publication = await deskPublication(web, request);
      let upload: Upload | null = null;
      try {
        upload = await readUpload(request);
        const imported = await importUpload(web, publication, upload);
        return showImported(web, request, reply, publication, imported);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        const given = {
          text: upload?.pasted ?? '',
          revise: upload?.revise ?? false,
          chosen: upload?.file?.name ?? null,
        };
        return showImport(web, request, reply.code(422), publication, {
          ...given,
          problem: deskSentence(error),
        });
      }
    });
  };
}

function importUpload(web: Web, publication: Publication, upload: Upload): Promise<ImportedIssue> {
  return withUploadedFiles(upload, (bytes, file) =>
    importIssue(web.db, { publication, bytes, file, revise: upload.revise }),
  );
}

function showImport(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  given: {
    readonly text?: string;
    readonly revise?: boolean;
    readonly problem?: string;
    /** The file that was chosen: a browser gives up its choice with the page. */
    readonly chosen?: string | null;
  },
) {
  return showDesk(web, request, reply, 'import', {
    publication,
    section: 'issues',
    title: 'Import an issue',
    shape: 'narrow',
    text: '',
    revise: false,
    problem: null,
    chosen: null,
    ...given,
  });
}

/** Straight to the issue where all is well; otherwise what the editor should know comes first. */
function showImported(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  publication: Publication,
  imported: ImportedIssue,
) {
  const { issue, document, warnings, missing_pictures: missing, already } = imported;
  const issueHref = `${deskPath(publication)}/issues/${showId('issue', issue.id)}`;
  if (warnings.length === 0 && missing.length === 0) {
    return reply.redirect(`${issueHref}?said=${already ? 'already' : 'imported'}`, 303);
  }
  const items = document.sections.reduce((sum, section) => sum + section.items.length, 0);
  return showDesk(web, request, reply, 'imported', {
    publication,
    section: 'issues',
    shape: 'narrow',
    title: issue.title,
    issue,
    issue_href: issueHref,
    said_here: already ? 'This file was imported before.' : 'Imported.',
    facts: `${plural(document.sections.length, 'section')}, ${plural(items, 'item')}, ${plural(document.picks.length, 'pick')}.`,
    warnings,
    missing,
  });
}
