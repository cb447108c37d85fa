import { z } from 'zod';
import type { Publication } from '../../publications/publication.ts';
import { type PublicationFields, readNumber } from '../../publications/publication-fields.ts';

const text = z.string().optional();

/** The part of the settings that says when a send stops by itself. What a form leaves out stays as it is. */
export const guardForm = z.object({
  canary_size: text,
  canary_wait_minutes: text,
  breaker: text,
  breaker_least: text,
  rejected_limit: text,
  bounced_limit: text,
  complained_limit: text,
  soft_bounce_days: text,
});
type GuardForm = z.infer<typeof guardForm>;

const NUMBERS = [
  'canary_wait_minutes',
  'breaker_least',
  'rejected_limit',
  'bounced_limit',
  'complained_limit',
  'soft_bounce_days',
] as const;

export function guardFormOf(publication: Publication): Required<GuardForm> {
  return {
    canary_size: publication.canary_size === 0 ? '' : String(publication.canary_size),
    canary_wait_minutes: String(publication.canary_wait_minutes),
    breaker: publication.breaker ? 'on' : 'off',
    breaker_least: String(publication.breaker_least),
    rejected_limit: String(publication.rejected_limit),
    bounced_limit: String(publication.bounced_limit),
    complained_limit: String(publication.complained_limit),
    soft_bounce_days: String(publication.soft_bounce_days),
  };
}

export function guardChanges(form: GuardForm): Partial<PublicationFields> {
  const { canary_size, breaker } = form;
  const given = NUMBERS.flatMap((name) => {
    const value = form[name];
    return value === undefined ? [] : [[name, readNumber(value)]];
  });
  return {
    ...Object.fromEntries(given),
    ...(canary_size !== undefined && { canary_size: canary_size.trim() ? readNumber(canary_size) : 0 }),
    ...(breaker !== undefined && { breaker: breaker === 'on' }),
  };
}
