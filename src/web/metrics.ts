import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { FLUSH_SIZES } from '../delivery/work-count-store.ts';
import type { PressFacts } from './press-facts.ts';

type Value = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

interface Metric {
  readonly kind: typeof Counter | typeof Gauge;
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly values: (facts: PressFacts) => readonly Value[];
}

const OUTCOMES: readonly string[] = ['accepted', 'rejected', 'deferred', 'unknown'];

const METRICS: readonly Metric[] = [
  {
    kind: Counter,
    name: 'pressrun_deliveries_total',
    help: 'Outcomes of letters as workers recorded them; what was deferred twice counts twice as deferred.',
    labels: ['publication', 'provider', 'outcome'],
    values: ({ counted }) =>
      counted
        .filter(({ name }) => OUTCOMES.includes(name))
        .map(({ publication, name, label, count }) => ({
          labels: { publication, provider: label, outcome: name },
          value: count,
        })),
  },
  {
    kind: Counter,
    name: 'pressrun_lease_expiries_total',
    help: 'Batches taken over because their worker said nothing until its lease was over.',
    labels: ['publication'],
    values: ({ open, counted }) =>
      open.map(({ publication }) => ({
        labels: { publication },
        value: sumOf(
          counted.filter((work) => work.publication === publication && work.name === 'lease expiry'),
        ),
      })),
  },
  {
    kind: Counter,
    name: 'pressrun_visits_total',
    help: 'Opens and clicks by who they were, about a minute after they came; rules that change may take some back.',
    labels: ['publication', 'kind', 'class'],
    values: ({ visits }) =>
      visits.map(({ publication, kind, class: by, visits: value }) => ({
        labels: { publication, kind, class: by },
        value,
      })),
  },
  {
    kind: Gauge,
    name: 'pressrun_sends',
    help: 'Sends by state.',
    labels: ['publication', 'state'],
    values: ({ sends }) =>
      sends.map(({ publication, state, count }) => ({ labels: { publication, state }, value: count })),
  },
  {
    kind: Gauge,
    name: 'pressrun_sends_waiting',
    help: 'Sends that wait for a mail server that takes no mail.',
    labels: ['publication'],
    values: ({ open, sends }) =>
      open.map(({ publication }) => ({
        labels: { publication },
        value: sends.find((of) => of.publication === publication && of.state === 'sending')?.waiting ?? 0,
      })),
  },
  {
    kind: Gauge,
    name: 'pressrun_open_batches',
    help: 'Batches with readers who are still to be served, of sends that run or are paused.',
    labels: ['publication'],
    values: ({ open }) =>
      open.map(({ publication, batches }) => ({ labels: { publication }, value: batches })),
  },
  {
    kind: Gauge,
    name: 'pressrun_queued_readers',
    help: 'All readers of open batches: those still to be served, and those served in a batch that is not done.',
    labels: ['publication'],
    values: ({ open }) =>
      open.map(({ publication, readers }) => ({ labels: { publication }, value: readers })),
  },
  {
    kind: Gauge,
    name: 'pressrun_oldest_pending_seconds',
    help: 'Since the oldest send with an open batch started, or the oldest notice without an outcome was made.',
    labels: ['kind'],
    values: ({ open, notices }) => [
      {
        labels: { kind: 'delivery' },
        value: Math.max(0, ...open.map(({ age_seconds }) => age_seconds)),
      },
      { labels: { kind: 'notice' }, value: notices.oldest_seconds },
    ],
  },
  {
    kind: Gauge,
    name: 'pressrun_queue_age_seconds',
    help: 'For how long the work that waits longest has been due, with no worker on it.',
    labels: ['work'],
    values: ({ ages, notices }) =>
      Object.entries({ ...ages, notice: notices.queue_seconds }).map(([work, value]) => ({
        labels: { work },
        value,
      })),
  },
  {
    kind: Gauge,
    name: 'pressrun_notices_pending',
    help: 'Confirmations and other mail to one person without a final outcome.',
    labels: [],
    values: ({ notices }) => [{ labels: {}, value: notices.pending }],
  },
  {
    kind: Gauge,
    name: 'pressrun_provider_limit',
    help: 'Messages a second that a provider, or a domain of its own, is sent at most, because it asked for less; none: no limit.',
    labels: ['provider'],
    values: ({ limits }) =>
      limits.map(({ provider, per_second }) => ({ labels: { provider }, value: per_second })),
  },
];

/** The facts in Prometheus' text format. Each scrape has a registry of its own: nothing is kept between two. */
export async function showMetrics(facts: PressFacts): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  for (const { kind: Kind, name, help, labels, values } of METRICS) {
    const metric = new Kind({ name, help, labelNames: [...labels], registers });
    for (const { labels: of, value } of values(facts)) metric.inc(of, value);
  }
  registry.registerMetric(new FlushSizes(facts.counted));
  return registry.metrics();
}

const FLUSH_SIZE = {
  name: 'pressrun_flush_size',
  help: 'How many outcomes a worker made durable in one statement.',
  buckets: [...FLUSH_SIZES],
  registers: [],
};

/** Workers have counted their flushes into buckets already; here these are only added up, as Prometheus wants them. */
class FlushSizes extends Histogram {
  readonly #counted: PressFacts['counted'];

  constructor(counted: PressFacts['counted']) {
    super(FLUSH_SIZE);
    this.#counted = counted;
  }

  override async get() {
    const flushes = this.#counted.filter(({ name }) => name === 'flush');
    const upTo = (bound: number) => sumOf(flushes.filter(({ label }) => Number(label) <= bound));
    const line = (end: string, value: number, labels = {}) => ({
      metricName: `${FLUSH_SIZE.name}_${end}`,
      labels,
      value,
    });
    const values = [
      ...FLUSH_SIZES.map((bound) => line('bucket', upTo(bound), { le: bound })),
      line('bucket', sumOf(flushes), { le: '+Inf' }),
      line('sum', sumOf(this.#counted.filter(({ name }) => name === 'flushed'))),
      line('count', sumOf(flushes)),
    ];
    return { ...(await new Histogram(FLUSH_SIZE).get()), values };
  }

  /** What the registry asks for. */
  getForPromString() {
    return this.get();
  }
}

function sumOf(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
