import type { Tracking } from '../../db/schema.ts';
import type { Send } from '../../delivery/send-store.ts';
import type { Publication } from '../../publications/publication.ts';
import { unreachable } from '../../result.ts';
import { type LinkVisits, type VisitFigures, visitReport } from '../../visits/report.ts';
import type { Web } from '../web-parts.ts';
import { count, plural } from './desk-page.ts';

/** Opens and clicks as a send's page shows them; null while no letter of it can be out. */
export async function visitFacts({ db }: Pick<Web, 'db'>, send: Send, { tracking }: Publication) {
  if (send.frozen_at === null) return null;
  const { opens, clicks, letters, reasons, pending } = await visitReport(db, send.id);
  const isVisited = opens.all + clicks.all + reasons.length + pending > 0;
  if (tracking === 'off' && !isVisited) return { is_visited: false, not_counted: notCounted('off') };
  const several = letters.length > 1;
  return {
    is_visited: isVisited,
    lines: [
      { name: 'Opened', ...shown(opens) },
      { name: 'Clicked', ...shown(clicks) },
    ],
    letters: letters
      .filter(({ links }) => links.length > 0)
      .map(({ locale, links }) => ({ locale: several ? locale : null, links: links.map(shownLink) })),
    reasons: reasons.map((reason) => ({
      ...reason,
      tone: reason.class === 'scanner' ? 'wait' : '',
      opens: count(reason.opens),
      clicks: count(reason.clicks),
    })),
    others: count(reasons.reduce((sum, reason) => sum + reason.opens + reason.clicks, 0)),
    pending:
      pending > 0
        ? `${plural(pending, 'visit')} of the last minute ${pending === 1 ? 'is' : 'are'} still looked at.`
        : null,
    not_counted: notCounted(tracking),
  };
}

function shown({ people, human, all }: VisitFigures) {
  return { people: count(people), human: count(human), all: count(all), is_read: human > 0 };
}

function shownLink(link: LinkVisits) {
  return { number: link.number, url: link.url, name: link.name, ...shown(link) };
}

/** What the figures cannot know, in a sentence that is true of the mode. */
function notCounted(tracking: Tracking): string {
  const never =
    'Not counted: readers of the text part or of the page in the archive, and opens where pictures are not loaded.';
  switch (tracking) {
    case 'off':
      return 'This publication does not count opens and clicks: its letters hold the plain addresses and no picture for it.';
    case 'aggregate':
      return `${never} No link names a reader: people are told apart by network address and browser, anew each day, so an office may count as one and a reader on two days as two; Gmail may fetch the picture once for many.`;
    case 'individual':
      return `${never} Readers who agreed are counted one by one; all others are told apart by network address and browser, anew each day, so an office may count as one and a reader on two days as two.`;
    default:
      return unreachable(tracking);
  }
}
