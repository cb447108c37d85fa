/**
 * Nobody clicks on five links of a letter within ten seconds. Filters do: of 836 clusters of five links and more in one second
 * 66 % came 20 to 60 s after the mail and 28 % 1 to 5 minutes after it (median 43 s), so how soon a click comes says
 * little, and how many come together says much (github.com/putyourlightson/craft-campaign/issues/546). Microsoft's
 * sandbox takes some 10 s for the links of a letter.
 */
const BURST_S = 10;
const BURST_LINKS = 5;
/** All links of a shorter letter are a burst too; two links a person may well click. */
const LEAST_LINKS = 3;

/** What the same visitor does around a visit to the canary link is no person's: 10 to 30 s (github.com/mautic/mautic/issues/9798). */
const CANARY_S = 30;

/** For so long before and after a visit what else its visitor did must be known, to class it. */
export const BURST_REACH_S = CANARY_S;

/** That somebody visited a link within a second. */
export interface Trace {
  /** Whoever it was. */
  readonly by: string;
  /** Of the Unix clock. */
  readonly second: number;
  /** Null: the canary link. */
  readonly link: number | null;
  /** How many links its letter has. */
  readonly links: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a visitor did around a second. */
export interface Burst {
  readonly manyLinks: boolean;
  readonly canaryLink: boolean;
}

export class Bursts {
  readonly #many = new Map<string, readonly Stretch[]>();
  readonly #canary = new Map<string, readonly Stretch[]>();

  constructor(traces: readonly Trace[]) {
    for (const [by, of] of Map.groupBy(traces, (trace) => trace.by)) {
      const inOrder = of.toSorted((one, other) => one.second - other.second);
      this.#many.set(by, manyLinksIn(inOrder));
      this.#canary.set(by, aroundCanaryLink(inOrder));
    }
  }

  /** @param keys of one visit: what any of them did is what the visit belongs to. */
  around(keys: readonly string[], second: number): Burst {
    const covers = (stretches: readonly Stretch[] | undefined) =>
      stretches?.some(({ from, to }) => from <= second && second <= to) ?? false;
    return {
      manyLinks: keys.some((key) => covers(this.#many.get(key))),
      canaryLink: keys.some((key) => covers(this.#canary.get(key))),
    };
  }
}

/** Each stretch in which enough different links were visited within {@link BURST_S}. One pass over both ends of a window. */
function manyLinksIn(traces: readonly Trace[]): Stretch[] {
  const stretches: Stretch[] = [];
  const inWindow = new Map<number, number>();
  let start = 0;
  const step = (trace: Trace | undefined, by: 1 | -1) => {
    if (!trace || trace.link === null) return;
    const left = (inWindow.get(trace.link) ?? 0) + by;
    if (left === 0) inWindow.delete(trace.link);
    else inWindow.set(trace.link, left);
  };
  for (const trace of traces) {
    step(trace, 1);
    for (; trace.second - (traces[start]?.second ?? 0) > BURST_S; start += 1) step(traces[start], -1);
    const from = traces[start]?.second ?? trace.second;
    if (inWindow.size >= enough(trace.links)) join(stretches, { from, to: trace.second });
  }
  return stretches;
}

function enough(links: number): number {
  return Math.max(LEAST_LINKS, Math.min(BURST_LINKS, links));
}

function aroundCanaryLink(traces: readonly Trace[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { link, second } of traces) {
    if (link === null) join(stretches, { from: second - CANARY_S, to: second + CANARY_S });
  }
  return stretches;
}

/** Stretches come in order; those that touch become one, so that a flood leaves few. */
function join(stretches: Stretch[], { from, to }: Stretch): void {
  const last = stretches.at(-1);
  if (last && from <= last.to) stretches[stretches.length - 1] = { from: last.from, to };
  else stretches.push({ from, to });
}
