import { z } from 'zod';

/** How the sink can misbehave, each for a number of messages. */
export const MISCHIEF = [
  '421 greeting',
  '421 at MAIL',
  '421 at RCPT',
  'close mid-DATA',
  'close at the dot',
  'forget at the dot',
  'hang after the dot',
  'slow drip',
] as const;
export type Mischief = (typeof MISCHIEF)[number];

/** What the driver may ask of the sink. */
const what = z.discriminatedUnion('order', [
  /** Forget what was taken, behave. */
  z.object({ order: z.literal('begin') }),
  z.object({ order: z.literal('misbehave'), how: z.enum(MISCHIEF), times: z.int() }),
  /** Break every connection without a word, and listen on. */
  z.object({ order: z.literal('cut') }),
  z.object({ order: z.literal('go away') }),
  z.object({ order: z.literal('come back') }),
  /** Answer when so many messages were taken. */
  z.object({ order: z.literal('tell at'), taken: z.int() }),
  z.object({ order: z.literal('report') }),
]);
export type Order = z.infer<typeof what>;

/** An order on its way through the pipe; the number pairs it with its answer. */
export const numberedOrder = z.object({ number: z.int(), what });

/** One accepted message: recipient and Message-ID. */
const copy = z.tuple([z.string(), z.string()]);
export type Copy = z.infer<typeof copy>;

export const numberedAnswer = z.object({
  number: z.int(),
  port: z.int(),
  count: z.int(),
  /** Only with `report`. */
  taken: z.array(copy),
  /** Connections that the sink broke after a final dot whose answer the client cannot have acted on. */
  broken: z.int(),
});
export type Answer = Omit<z.infer<typeof numberedAnswer>, 'number'>;
