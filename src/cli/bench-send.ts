import { benchSend as measure } from '../bench/bench-send.ts';
import type { SendReport } from '../bench/send-report.ts';
import { benchStop } from './bench-stop.ts';
import { type Answer, defineCommand } from './command.ts';
import { LEAN_NODE } from './lean-node.ts';
import { openProgress } from './progress.ts';
import { facts, table } from './table.ts';
import { wholeNumber } from './whole-number.ts';

export const benchSend = defineCommand({
  args: [],
  about: 'Measures sending to a mail server that keeps nothing, and beside it, in turn, what else sends.',
  options: {
    messages: { value: 'N', about: 'readers of the list, one message each (20000)' },
    rounds: { value: 'R', about: 'how often all of it is measured; printed are the medians (3)' },
    bytes: { value: 'B', about: 'size of a message on the wire (30000)' },
    connections: { value: 'C', about: 'to the mail server, of whatever sends (10)' },
    depth: { value: 'D', about: 'messages under way on a connection of the press (1)' },
    latency: { value: 'MS', about: 'round trip to the mail server, by a delaying proxy (0)' },
    chunking: { about: 'the mail server offers CHUNKING; a sink of our own, for all that is measured' },
    signed: { about: 'DKIM by RSA-2048, against openssl speed before and after each round' },
    'own-sink': { about: "not Postfix's smtp-sink, even where it is installed" },
    smtp: { value: 'URL', about: 'another mail server than a sink of our own, smtp://host:port' },
    alone: { about: 'nothing is measured beside it' },
    'node-options': {
      value: 'TEXT',
      about: 'for the worker, as --node-options="--cpu-prof --cpu-prof-dir=profile"',
    },
  },
  async run({ options }) {
    const request = {
      messages: wholeNumber('messages', options.messages, 20_000),
      rounds: wholeNumber('rounds', options.rounds, 3),
      bytes: wholeNumber('bytes', options.bytes, 30_000),
      connections: wholeNumber('connections', options.connections, 10),
      depth: wholeNumber('depth', options.depth, 1),
      latencyMs: wholeNumber('latency', options.latency, 0, 0),
      chunking: options.chunking,
      signed: options.signed,
      ownSink: options['own-sink'],
      smtp: options.smtp ?? null,
      beside: !options.alone,
      nodeOptions: [...LEAN_NODE.options, ...(options['node-options'] ?? '').split(' ').filter(Boolean)],
      nodeEnv: LEAN_NODE.env,
    };
    const progress = openProgress();
    try {
      return sendAnswer(await measure(request, benchStop(), progress.show));
    } finally {
      progress.end();
    }
  },
});

function sendAnswer(report: SendReport): Answer {
  const { pressrun, beside, faults } = report;
  const rows = [
    ['pressrun', pressrun.per_second, pressrun.cpu_us ?? '', ''],
    ...beside.map(({ what, per_second, cpu_us, ratio }) => [what, per_second, cpu_us ?? '', ratio]),
  ];
  const text = [
    table(['Sender', 'messages/s', 'CPU us each', 'pressrun against it'], rows),
    '',
    conditions(report),
    ...faults,
  ].join('\n');
  return { value: report, text, status: faults.length > 0 ? 1 : 0 };
}

function conditions(report: SendReport): string {
  const { pressrun, messages, bytes, signed, rounds, connections, depth, latency_ms, chunking, sink } =
    report;
  const way = [
    `${connections} connections, depth ${depth}`,
    ...(latency_ms > 0 ? [`${latency_ms} ms round trip`] : []),
    ...(chunking ? ['CHUNKING'] : []),
  ];
  const known = (figure: number | null) => (figure === null ? 'not known' : `${figure} us`);
  return facts([
    [
      'Measured',
      `medians of ${rounds} rounds, each ${messages} messages of ${bytes} bytes, ${signed ? 'signed' : 'unsigned'}`,
    ],
    ['To', `${sink}, ${way.join(', ')}`],
    [
      'CPU of a message',
      `worker ${known(pressrun.worker_us)}, Postgres ${known(pressrun.postgres_us)}, the sink ${known(pressrun.sink_us)}`,
    ],
    ['Worker at most', pressrun.rss_mb === null ? null : `${pressrun.rss_mb} MB`],
    [
      'First accepted',
      pressrun.first_accepted_ms === null ? null : `${pressrun.first_accepted_ms} ms after pressing send`,
    ],
  ]);
}
