import { z } from 'zod';
import type { Tracking } from '../db/schema.ts';
import { Fault } from '../result.ts';
import { hasControls, normalizeAddress } from './address.ts';
import { readLocale, readTimezone } from './locale.ts';
import type { Publication } from './publication.ts';

/** What can be changed of a publication; its slug is in readers' links and stays. */
export type PublicationFields = Omit<Publication, 'id' | 'slug' | 'is_default' | 'slot_since'>;

export interface NewPublication extends Partial<PublicationFields> {
  readonly slug: string;
  readonly name: string;
  readonly from_address: string;
}

/** Goes into headers: what could begin a header of the writer's own is refused, not mended. */
const headerText = (what: string, most: number) =>
  z
    .string()
    .refine((text) => !hasControls(text), `${what} must not have a line break or control character in it`)
    .transform((text) => text.trim())
    .pipe(z.string().max(most, `${what} must have at most ${most} letters`));

const requiredText = (what: string, most: number) =>
  headerText(what, most).pipe(z.string().min(1, `${what} must not be empty`));

const address = (what: string) =>
  z.string().transform((text, context) => {
    const read = normalizeAddress(text);
    if (read.ok) return read.value.email;
    context.addIssue(`${what} ${read.error}`);
    return z.NEVER;
  });

const known = (read: (text: string) => string | null, complaint: string) =>
  z.string().transform((text, context) => {
    const value = read(text);
    if (value === null) context.addIssue(complaint);
    return value ?? z.NEVER;
  });

const slot = z.object({
  weekday: z.int().min(1, 'the weekday must be 1 to 7').max(7, 'the weekday must be 1 to 7'),
  time: z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'the time of the slot must be HH:MM'),
});

/** Several lines are fine here: it is text of the letter, in no header. */
const postalAddress = z
  .string()
  .transform((text) =>
    text
      .replace(/\r\n?/g, '\n')
      .replace(/[^\P{Cc}\n]/gu, ' ')
      .trim(),
  )
  .pipe(z.string().max(500, 'the postal address must have at most 500 letters'));

/** A number as a person writes it, "0.3" or "0,3"; NaN, which every check refuses, for what is none. */
export function readNumber(text: string): number {
  return /^\s*\d+([.,]\d+)?\s*%?\s*$/.test(text) ? Number.parseFloat(text.replace(',', '.')) : Number.NaN;
}

const whole = (complaint: string, least: number, most: number) =>
  z.int(complaint).min(least, complaint).max(most, complaint);

const percent = (what: string) => {
  const complaint = `the limit for ${what} must be a number of per cent, 0 to 100`;
  return z.number(complaint).min(0, complaint).max(100, complaint);
};

const tracking = z.enum(
  ['off', 'aggregate', 'individual'],
  'the counting of opens and clicks must be "off", "aggregate" or "individual"',
);

const fields = z.object({
  name: requiredText('the name', 200),
  description: headerText('the description', 1000),
  from_name: requiredText('the sender name', 200),
  from_address: address('the sender address'),
  reply_to: address('the reply address').nullable(),
  postal_address: postalAddress.transform((text) => text || null).nullable(),
  locale: known(readLocale, 'the locale must be a language tag such as "en" or "de-AT"'),
  timezone: known(
    readTimezone,
    'the timezone must be a region and a city in it, such as "Europe/Berlin", or "UTC"',
  ),
  slot: slot.nullable(),
  unknown_policy: z.enum(['resend', 'hold'], 'the policy for unknown outcomes must be "resend" or "hold"'),
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'the accent colour must be #rrggbb')
    .nullable(),
  canary_size: whole('the canary must be a whole number of readers, 0 (none) to 10000', 0, 10_000),
  canary_wait_minutes: whole("the canary's wait must be a whole number of minutes, 0 to 1440", 0, 1440),
  breaker: z.boolean('the breaker must be "on" or "off"'),
  breaker_least: whole('the breaker judges by a whole number of letters, 1 to 1000000', 1, 1_000_000),
  rejected_limit: percent('rejected letters'),
  bounced_limit: percent('bounced letters'),
  complained_limit: percent('complaints'),
  soft_bounce_days: whole('the days with a soft bounce must be a whole number, 1 to 30', 1, 30),
  tracking,
});

const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'the slug must be made of lower-case letters, digits and hyphens, 63 at most',
  );

/** @throws {Fault} `bad_publication`, all that is wrong in one message. */
export function checkNewPublication(given: NewPublication): NewPublication & { from_name: string } {
  const schema = fields.partial().required({ name: true, from_address: true }).extend({ slug });
  const checked = check(schema, given);
  return withoutUndefined({ ...checked, from_name: checked.from_name ?? checked.name });
}

/** @throws {Fault} `bad_publication`, all that is wrong in one message. */
export function checkChanges(changes: Partial<PublicationFields>): Partial<PublicationFields> {
  return withoutUndefined(check(fields.partial(), changes));
}

function check<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = [...new Set(parsed.error.issues.map((issue) => issue.message))];
  throw new Fault('bad_publication', `The publication is not right: ${faults.join('; ')}.`);
}

/** @throws {Fault} `bad_publication` */
export function readTracking(text: string): Tracking {
  return check(tracking, text);
}

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Defined<Value>;
}
