import { startChild } from './bench-child.ts';
import { type ProxyOrder, proxyAnswer } from './proxy-orders.ts';

/** A way to a server that takes time: TCP through a process of its own. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function startProxy(
  to: { readonly host: string; readonly port: number },
  roundTripMs: number,
): Promise<Proxy> {
  const child = startChild('proxy-process.ts', (answer) => proxyAnswer.parse(answer));
  const order: ProxyOrder = { host: to.host, port: to.port, round_trip_ms: roundTripMs };
  const { port } = await child.ask(order);
  return { host: '127.0.0.1', port, close: child.close };
}
