import { z } from 'zod';

/** How nodemailer gets each reader's letter: composed from its parts, or joined from strings. */
export const nodemailerOrder = z.object({
  how: z.enum(['composing', 'raw']),
  host: z.string(),
  port: z.number(),
  connections: z.number(),
  messages: z.number(),
  letter: z.object({ subject: z.string(), html: z.string(), text: z.string(), raw: z.string() }),
  dkim: z.object({ domainName: z.string(), keySelector: z.string(), privateKey: z.string() }).nullable(),
});
export type NodemailerOrder = z.infer<typeof nodemailerOrder>;

export const nodemailerAnswer = z.object({ seconds: z.number(), cpu_us: z.number() });
export type NodemailerAnswer = z.infer<typeof nodemailerAnswer>;
