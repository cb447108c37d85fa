import type { Db } from '../db/database.ts';
import type { VisitClass, VisitKind } from '../db/visit-tables.ts';
import type { LinkId, SendId } from '../ids.ts';
import { linkNames, nameOf } from './link-names.ts';
import { lettersOf, linksOf } from './report-store.ts';
import { countPending, type VisitSum, visitSums } from './visit-count-store.ts';

/** Visits by who it was; `all` is the sum of the three. */
export interface VisitFigures {
  /** Different ones among the human visits, as far as they can be told apart. */
  readonly people: number;
  readonly human: number;
  readonly scanner: number;
  readonly unknown: number;
  readonly all: number;
}

export interface SendVisits {
  readonly opens: VisitFigures;
  readonly clicks: VisitFigures;
}

export interface LinkVisits extends VisitFigures {
  /** Its place in the letter, from 1. */
  readonly number: number;
  readonly url: string;
  /** The headline that it stands under, or its host and path. */
  readonly name: string;
}

export interface LetterVisits {
  readonly locale: string;
  readonly links: readonly LinkVisits[];
}

/** Visits that were no person's, or maybe not, by the rule that said so. */
export interface ReasonVisits {
  readonly class: Exclude<VisitClass, 'human'>;
  readonly reason: string;
  readonly opens: number;
  /** Of links, the canary link among them. */
  readonly clicks: number;
}

export interface VisitReport extends SendVisits {
  readonly letters: readonly LetterVisits[];
  /** The most frequent first. */
  readonly reasons: readonly ReasonVisits[];
  /** Those of the last minute, which are in no other figure yet. */
  readonly pending: number;
}

/** Opens and clicks of a send as they were last summed up. */
export async function sendVisits(db: Db, send: SendId): Promise<SendVisits> {
  return totals(await visitSums(db, send));
}

export async function visitReport(db: Db, send: SendId): Promise<VisitReport> {
  const sums = await visitSums(db, send);
  const letters = await lettersOf(db, send);
  const links = await linksOf(db, send);
  return {
    ...totals(sums),
    letters: letters.map(({ edition_id, locale, document }) => {
      const names = linkNames(document);
      return {
        locale,
        links: links
          .filter((link) => link.edition_id === edition_id)
          .map(({ id, number, url }) => ({
            number,
            url,
            name: names.get(url) ?? nameOf(url),
            ...figures(sums, 'click', id),
          })),
      };
    }),
    reasons: reasonsIn(sums),
    pending: await countPending(db, send),
  };
}

function totals(sums: readonly VisitSum[]): SendVisits {
  return { opens: figures(sums, 'open', null), clicks: figures(sums, 'click', null) };
}

function figures(sums: readonly VisitSum[], kind: VisitKind, link: LinkId | null): VisitFigures {
  const of = (by: VisitClass | null) =>
    sums.find((sum) => sum.kind === kind && sum.link_id === link && sum.class === by && sum.reason === null);
  const visits = (by: VisitClass | null) => of(by)?.visits ?? 0;
  return {
    people: of('human')?.visitors ?? 0,
    human: visits('human'),
    scanner: visits('scanner'),
    unknown: visits('unknown'),
    all: visits(null),
  };
}

function reasonsIn(sums: readonly VisitSum[]): ReasonVisits[] {
  const given = sums.filter(({ reason, class: by }) => reason !== null && by !== 'human');
  const grouped = Map.groupBy(given, ({ class: by, reason }) => `${by} ${reason}`);
  const count = (of: readonly VisitSum[], isOpen: boolean) =>
    of.filter(({ kind }) => (kind === 'open') === isOpen).reduce((sum, { visits }) => sum + visits, 0);
  return [...grouped.values()]
    .map((of): ReasonVisits => {
      const [first] = of;
      return {
        class: first?.class === 'unknown' ? 'unknown' : 'scanner',
        reason: first?.reason ?? '',
        opens: count(of, true),
        clicks: count(of, false),
      };
    })
    .toSorted((one, other) => other.opens + other.clicks - one.opens - one.clicks);
}
