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
