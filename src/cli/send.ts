import { createSend } from '../delivery/create-send.ts';
import { readLocalTime } from '../delivery/local-time.ts';
import { receipt } from '../delivery/receipt.ts';
import { missingPictures } from '../document/pictures.ts';
import { loadPictures } from '../issues/asset-store.ts';
import { findIssue, type Issue, newestRevisions } from '../issues/issue-store.ts';
import { depsOf, type Parts } from '../main.ts';
import { findPublication } from '../publications/publication-store.ts';
import { Fault } from '../result.ts';
import { wakeSend } from '../web/wake.ts';
import { defineCommand, publicationOption } from './command.ts';
import { receiptAnswer } from './receipt-answer.ts';
import { sendTestCopy } from './send-test.ts';
import { waitWorking } from './wait-working.ts';
import { wakeWorkers } from './wake-workers.ts';
import { withParts } from './with-parts.ts';
import { worksAlone } from './work-notices.ts';

export const send = defineCommand({
  args: ['ISSUE'],
  about: 'Sends an issue to the readers, at once or at a time.',
  options: {
    ...publicationOption,
    at: {
      value: 'ISO',
      about: 'when, for example 2026-12-01T08:00:00+01:00; edition and audience are frozen then',
    },
    'local-time': {
      value: 'HH:MM',
      about:
        'at that hour where each reader lives, on the day that --at gives (2026-12-01) or the next such hour',
    },
    test: { value: 'EMAIL', about: 'one copy to this address and to nobody else' },
    wait: { about: 'until it is finished (exit 0), paused, cancelled or held (exit 1)' },
    again: { about: 'to everyone although the issue has been sent before' },
  },
  async run({ args: [reference = ''], options }) {
    const local = options['local-time'];
    const at = options.at === undefined || local !== undefined ? null : readTime(options.at);
    if (options.test !== undefined && (options.at || local || options.again || options.wait)) {
      throw new Fault(
        'test_alone',
        '--test sends one copy now: leave out --at, --local-time, --again and --wait.',
      );
    }
    return withParts(async (parts, signal) => {
      const publication = await findPublication(parts.database.db, options.publication ?? null);
      const issue = await findIssue(parts.database.db, publication.id, reference);
      if (options.test !== undefined)
        return sendTestCopy(parts, { publication, issue, to: options.test }, signal);
      const when =
        local === undefined
          ? at
          : readLocalTime(local, options.at ?? null, publication.timezone, parts.clock.now());
      await listMissingPictures(parts, issue);
      const { id } = await createSend(depsOf(parts), { publication, issue, at: when, again: options.again });
      await wakeWorkers(parts, (queue) => wakeSend(queue, id));
      if (options.wait) return waitWorking(parts, id, signal);
      const now = await receipt(parts.database.db, id);
      return receiptAnswer(now, now.state === 'finished' ? null : await noteOf(parts));
    });
  },
});

/** A time without an offset would mean another hour on another machine. */
function readTime(text: string): Date {
  const isExact = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = new Date(text);
  if (isExact && !Number.isNaN(time.getTime())) return time;
  throw new Fault(
    'bad_time',
    `"${text}" is not a time: write it like 2026-12-01T08:00:00+01:00 or 2026-12-01T07:00:00Z.`,
  );
}

/** Said before the send is made: there is no calling it back. */
async function listMissingPictures({ database: { db } }: Parts, issue: Issue): Promise<void> {
  const documents = (await newestRevisions(db, issue.id)).map(({ document }) => document);
  const kept = await loadPictures(db, documents);
  const missing = documents.flatMap((document) => missingPictures(document, kept));
  if (missing.length === 0) return;
  const list = [...new Set(missing)].join(', ');
  process.stderr.write(`Pictures that are not kept here, shown as their alt text: ${list}\n`);
}

async function noteOf(parts: Parts): Promise<string | null> {
  return (await worksAlone(parts)) ? 'It goes out when "pressrun start" runs.' : null;
}
