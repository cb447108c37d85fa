import { connect } from 'node:net';
import { z } from 'zod';

/** Times in milliseconds, from a request's first byte to its answer. */
export const requestFigures = z.object({
  elapsed_ms: z.number(),
  p50_ms: z.number(),
  p99_ms: z.number(),
  /** Answers with another status than the one that was expected. */
  refused: z.int(),
});
export type RequestFigures = z.infer<typeof requestFigures>;

/**
 * Plays whoever asks an HTTP server: requests that are written already, over some connections, on each of them one after
 * another. Answers are small enough to come in one piece.
 *
 * @param requests whole, with their heads; taken from the end.
 * @param status "200".
 */
export async function playRequests(
  port: number,
  requests: readonly Buffer[],
  connections: number,
  status: string,
): Promise<RequestFigures> {
  const waiting = [...requests];
  const began = performance.now();
  const lanes = Array.from({ length: connections }, () => lane(port, waiting));
  const answered = (await Promise.all(lanes)).flat();
  const times = answered.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const percentile = (part: number) => times[Math.ceil(times.length * part) - 1] ?? 0;
  return {
    elapsed_ms: performance.now() - began,
    p50_ms: percentile(0.5),
    p99_ms: percentile(0.99),
    refused: answered.filter((answer) => answer.status !== status).length,
  };
}

interface Answered {
  readonly status: string;
  readonly ms: number;
}

function lane(port: number, waiting: Buffer[]): Promise<Answered[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const answered: Answered[] = [];
    let began = 0;
    const next = () => {
      const request = waiting.pop();
      if (!request) {
        socket.end();
        return resolve(answered);
      }
      began = performance.now();
      socket.write(request);
    };
    socket.once('connect', next);
    socket.once('error', reject);
    socket.on('data', (data) => {
      answered.push({ status: data.toString('latin1', 9, 12), ms: performance.now() - began });
      next();
    });
  });
}
