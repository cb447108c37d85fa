import { type BenchPress, DKIM_SELECTOR } from './bench-press.ts';
import type { SendBench } from './bench-request.ts';
import type { Neighbour } from './neighbour.ts';
import { nodemailer } from './nodemailer.ts';
import type { NodemailerOrder } from './nodemailer-order.ts';
import { findProgram } from './programs.ts';
import { smtpSource } from './smtp-source.ts';

/** nodemailer's rate is the same however many there are, and it would take minutes for as many as the press. */
const ENOUGH = 10_000;

/**
 * What runs beside the press. smtp-source does not sign; over a link with latency, where all wait for answers, what
 * counts is the pool that a program would else use.
 */
export function neighboursOf(
  request: SendBench,
  press: BenchPress,
  to: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): readonly Neighbour[] {
  if (!request.beside) return [];
  const source = request.signed || request.latencyMs > 0 ? null : findProgram('smtp-source');
  const order = nodemailerOrder(request, press, to);
  const hows = request.latencyMs > 0 ? (['raw'] as const) : (['composing', 'raw'] as const);
  const load = { ...request, bytes: press.sample.raw.length };
  return [
    ...(source ? [smtpSource(source, to, load, signal)] : []),
    ...hows.map((how) => nodemailer({ ...order, how }, signal)),
  ];
}

function nodemailerOrder(
  { connections, messages }: SendBench,
  { sample, dkimKey }: BenchPress,
  { host, port }: { readonly host: string; readonly port: number },
): Omit<NodemailerOrder, 'how'> {
  const dkim = dkimKey
    ? { domainName: 'example.test', keySelector: DKIM_SELECTOR, privateKey: dkimKey }
    : null;
  return { host, port, connections, messages: Math.min(messages, ENOUGH), letter: sample, dkim };
}
