import { z } from 'zod';

/** What the bench says to its delaying proxy, once. */
export const proxyOrder = z.object({
  host: z.string(),
  port: z.number(),
  round_trip_ms: z.number(),
});
export type ProxyOrder = z.infer<typeof proxyOrder>;

export const proxyAnswer = z.object({ port: z.number() });
export type ProxyAnswer = z.infer<typeof proxyAnswer>;
