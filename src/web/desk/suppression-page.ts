import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Publication } from '../../publications/publication.ts';
import { Fault } from '../../result.ts';
import { type AddressStanding, standingOf } from '../../subscribers/address-standing.ts';
import { isComplaint } from '../../subscribers/lift.ts';
import type { LiftedSuppression } from '../../subscribers/lift-store.ts';
import { allOf, type Suppression } from '../../subscribers/suppression-store.ts';
import type { Web } from '../web-parts.ts';
import { deskPath, deskPublication, deskTime, showDesk } from './desk-page.ts';
import { STATUS_TONES, SUPPRESSED } from './suppression-words.ts';

const params = z.object({ hash: z.hex().length(64) });

/** An address goes by its hash here: paths are kept in logs and histories. */
export interface OpenAddress {
  readonly publication: Publication;
  readonly hash: Buffer;
  readonly standing: AddressStanding;
}

/** The address that the path names. @throws {Fault} `unknown_address` */
export async function openAddress(web: Web, request: FastifyRequest): Promise<OpenAddress> {
  const publication = await deskPublication(web, request);
  const { data } = params.safeParse(request.params);
  const hash = Buffer.from(data?.hash ?? '', 'hex');
  const standing = data ? await standingOf(web.db, hash) : null;
  if (standing) return { publication, hash, standing };
  throw new Fault('unknown_address', 'Nothing is known of this address any more.');
}

export function addressPath(publication: Publication, hash: Buffer): string {
  return `${deskPath(publication)}/readers/suppressions/${hash.toString('hex')}`;
}

/** All that stands against an address, all that stood against it, and what can be done. */
export async function showAddress(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  { publication, hash, standing }: OpenAddress,
  problem: string | null = null,
) {
  const { email, suppression, lifted } = standing;
  return showDesk(web, request, reply, 'suppression', {
    publication,
    section: 'readers',
    shape: 'narrow',
    title: email ?? 'An address that was erased',
    here: addressPath(publication, hash),
    email,
    suppressed: suppression !== null,
    can_lift: suppression !== null && suppression.reason !== 'erased',
    standing: suppression ? allOf(suppression).map((each) => showOne(each, publication)) : [],
    lifted: lifted.flatMap((each) => showLifted(each, publication)),
    readings: readingsShown(standing),
    problem,
  });
}

/** The last question before an address is mailed again. */
export async function showLift(
  web: Web,
  request: FastifyRequest,
  reply: FastifyReply,
  { publication, hash, standing }: OpenAddress,
  given: { readonly why: string; readonly problem: string | null },
) {
  const { email, suppression } = standing;
  return showDesk(web, request, reply, 'lift', {
    publication,
    section: 'readers',
    shape: 'narrow',
    title: `Mail ${email ?? 'this address'} again?`,
    here: addressPath(publication, hash),
    email,
    standing: suppression ? allOf(suppression).map((each) => showOne(each, publication)) : [],
    complaint: suppression !== null && isComplaint(suppression),
    bounce: suppression !== null && allOf(suppression).some(({ reason }) => reason === 'bounce'),
    readings: readingsShown(standing),
    ...given,
  });
}

const evidenceShape = z.object({
  event: z.int().positive().nullable().catch(null),
  source: z.string().nullable().catch(null),
  reply: z.string().min(1).nullable().catch(null),
  by: z.string().nullable().catch(null),
  why: z.string().nullable().catch(null),
});

function showOne({ reason, since, evidence }: Suppression, publication: Publication) {
  const { event, source, reply, by, why } = evidenceShape.parse(evidence);
  return {
    tag: SUPPRESSED[reason].tag,
    why: SUPPRESSED[reason].why,
    since: deskTime(since, publication),
    event,
    told: source === 'smtp' ? 'the mail server, while a letter was sent' : source,
    reply,
    by,
    words: why,
  };
}

const LIFTED_BY = { confirmation: 'the reader, who confirmed anew', 'command line': 'the command line' };

/** What a lifted one had taken the place of was lifted with it. */
function showLifted(lifted: LiftedSuppression, publication: Publication) {
  const by = lifted.via === 'desk' ? (lifted.editor ?? 'an editor') : LIFTED_BY[lifted.via];
  const lift = { at: deskTime(lifted.lifted_at, publication), by_whom: by, because: lifted.why || null };
  return allOf(lifted).map((each) => ({ ...showOne(each, publication), ...lift }));
}

function readingsShown({ readings, suppression }: AddressStanding) {
  return readings.map(({ publication, status, after }) => ({
    publication,
    status,
    tone: STATUS_TONES[status],
    after,
    after_tone: STATUS_TONES[after],
    changes: suppression !== null && after !== status,
    mailed_again: suppression !== null && after === 'active',
  }));
}
