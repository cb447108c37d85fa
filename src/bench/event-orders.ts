import { z } from 'zod';

/** What the process that plays the provider is told. */
export const eventOrder = z.object({
  port: z.int(),
  /** Of the generic hook, base64. */
  key: z.string(),
  requests: z.int(),
  /** Events in each request. */
  array: z.int(),
  connections: z.int(),
});
export type EventOrder = z.infer<typeof eventOrder>;

/** Times in milliseconds, from the request's first byte to its answer. */
export const eventAnswer = z.object({
  elapsed_ms: z.number(),
  p50_ms: z.number(),
  p99_ms: z.number(),
  refused: z.int(),
});
export type EventAnswer = z.infer<typeof eventAnswer>;
