import { z } from 'zod';
import {
  asId,
  type NoticeId,
  type OutcomeEventId,
  type PublicationId,
  type RawEventId,
  type SendId,
  type WebhookId,
} from '../ids.ts';

const sendId = z
  .int()
  .positive()
  .transform(asId<SendId>);
const noticeId = z
  .int()
  .positive()
  .transform(asId<NoticeId>);
const eventId = z
  .int()
  .positive()
  .transform(asId<OutcomeEventId>);
const rawEventId = z
  .int()
  .positive()
  .transform(asId<RawEventId>);
const webhookId = z
  .int()
  .positive()
  .transform(asId<WebhookId>);
const publicationId = z
  .int()
  .positive()
  .transform(asId<PublicationId>);

/**
 * Every job there is, with what it carries: ids only, never an address, a token or a text. A job is a
 * wake-up; losing one, or running one twice, changes nothing (the tables decide).
 */
export const JOB_PAYLOADS = {
  /** A batch of a send can be worked. Whose turn it is then is asked of the tables. */
  batch: z.object({ send: sendId, batch: z.int(), fence: z.int() }),
  /** Freeze a send that is due. */
  freeze: z.object({ send: sendId }),
  /** Send one notice. */
  notice: z.object({ notice: noticeId, fence: z.int() }),
  /** Do what an outcome event asks for. */
  feedback: z.object({ event: eventId }),
  /** Process what came from outside: this, and whatever else waits. */
  inbox: z.object({ raw_event: rawEventId }),
  /** Tell one of the operator's systems of what waits for it; so many lanes at once are wanted. */
  webhook: z.object({ webhook: webhookId, lane: z.int() }),
  /** A publication's weekly slot has come. */
  slot: z.object({ publication: publicationId, slot_at: z.iso.datetime() }),
  /** Classify opens and clicks that came before then. */
  visits: z.object({ until: z.iso.datetime() }),
};

export type JobName = keyof typeof JOB_PAYLOADS;
export type Payload<Name extends JobName> = z.infer<(typeof JOB_PAYLOADS)[Name]>;
export type Job = { [Name in JobName]: { readonly name: Name } & Payload<Name> }[JobName];

/** Two wake-ups for the same thing are one job; the fence lets the next one in while the last still runs. */
export function jobId(job: Job): string {
  const { name, ...payload } = job;
  return [name, ...Object.values(payload)].join('-').replaceAll(':', '.');
}
