import { z } from 'zod';

/** What the bench says to its sink: open a port, forget what was taken, say what was taken since. */
export const sinkOrder = z.discriminatedUnion('order', [
  z.object({ order: z.literal('listen'), chunking: z.boolean() }),
  z.object({ order: z.literal('begin') }),
  z.object({ order: z.literal('tell') }),
]);
export type SinkOrder = z.infer<typeof sinkOrder>;

export const sinkAnswer = z.object({
  port: z.number(),
  messages: z.number(),
  bytes: z.number(),
  /** Different readers among the recipients, those called reader1@, reader2@ ... */
  readers: z.number(),
  /** When the first message was accepted, in milliseconds of the clock; null: none was. */
  first_at_ms: z.number().nullable(),
});
export type SinkAnswer = z.infer<typeof sinkAnswer>;
