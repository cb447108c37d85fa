import { z } from 'zod';

/** What the process that plays the readers is told. */
export const redirectOrder = z.object({
  port: z.int(),
  /** Of links, asked for in turn. */
  paths: z.array(z.string()),
  requests: z.int(),
  connections: z.int(),
});
export type RedirectOrder = z.infer<typeof redirectOrder>;
