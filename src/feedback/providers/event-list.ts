import type { z } from 'zod';
import { type About, IGNORED, type ReportedEvent } from '../reported-event.ts';
import { digestOf, isContainer, parseJson, plainId } from './hook.ts';

/** What a body holds, whether it came as one event or as an array of them. */
export function listOf(body: Buffer | string): readonly unknown[] {
  const parsed = parseJson(body);
  if (Array.isArray(parsed)) return parsed;
  return isContainer(parsed) ? [parsed] : [];
}

/**
 * Reads each of the items by itself: one that does not look as the provider's documentation says is stored like all
 * others and changes nothing, and those around it are heeded.
 */
export function readEach<Schema extends z.ZodType>(
  items: readonly unknown[],
  schema: Schema,
  read: (item: z.output<Schema>, digest: () => string) => ReportedEvent | readonly ReportedEvent[],
): readonly ReportedEvent[] {
  return items.flatMap((item) => {
    const parsed = schema.safeParse(item);
    const digest = () => digestOf(JSON.stringify(item) ?? '');
    return parsed.success ? read(parsed.data, digest) : [ignoredEvent(digest())];
  });
}

function ignoredEvent(key: string): ReportedEvent {
  return { key, at: null, about: about({}), report: IGNORED };
}

/** Ids go into queries: what is no printable text is none. */
export function about(given: {
  readonly message_id?: string | null | undefined;
  readonly server_id?: string | null | undefined;
  readonly recipient?: string | null | undefined;
}): About {
  return {
    row: null,
    message_id: printable(given.message_id),
    server_id: printable(given.server_id),
    recipient: given.recipient || null,
  };
}

function printable(text: string | null | undefined): string | null {
  return text && /^[\x21-\x7e]{1,300}$/.test(text.trim()) ? text.trim() : null;
}

/** What makes an event this one, where the provider's id alone does not. */
export function eventKey(...parts: readonly (string | number | null | undefined)[]): string {
  return plainId(parts.filter((part) => part !== null && part !== undefined && part !== '').join(' '));
}
