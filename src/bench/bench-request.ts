/** What is to be measured, and how. */
export interface SendBench {
  readonly messages: number;
  readonly rounds: number;
  /** Of a message on the wire. */
  readonly bytes: number;
  /** Of whatever sends, to the sink. */
  readonly connections: number;
  readonly depth: number;
  /** Round trip of the link to the sink; 0: loopback as it is. */
  readonly latencyMs: number;
  readonly chunking: boolean;
  readonly signed: boolean;
  readonly ownSink: boolean;
  /** Another mail server than a sink of the bench's; null: none. */
  readonly smtp: string | null;
  /** Whether anything runs beside the press. */
  readonly beside: boolean;
  /** For the worker's Node, for example `--cpu-prof`. */
  readonly nodeOptions: readonly string[];
  readonly nodeEnv: Readonly<Record<string, string>>;
}

/** Says what is being done now. */
export type Tell = (step: string) => void;

/** How whoever started it ends it before it is done. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Rejects when the signal comes. */
  readonly interrupted: Promise<never>;
}

/** The middle one; of an even number, the mean of the two in the middle. 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = 0, high = low] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}
