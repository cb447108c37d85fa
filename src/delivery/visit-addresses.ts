import { asId, type LinkId, type SendId, type SubscriberId } from '../ids.ts';
import type { Template } from '../outbound/stamp.ts';
import { basePath, type Publication } from '../publications/publication.ts';
import { letterLinks, splitLinks } from '../rendering/letter-links.ts';
import { type SlotName, slot, splitSlots } from '../rendering/slots.ts';
import type { Tokens } from '../tokens.ts';
import type { FrozenEdition } from './freeze-store.ts';
import type { Send } from './send-store.ts';

/** The addresses in a letter that are counted: its links, the picture that says it was opened, the canary link. */
export type VisitSlot = `visit ${string}`;

const OPEN: VisitSlot = 'visit open';
const CANARY: VisitSlot = 'visit canary';
const clickOf = (link: LinkId): VisitSlot => `visit link ${link}`;

interface Counted {
  readonly send: Pick<Send, 'id'>;
  readonly publication: Publication;
  readonly tokens: Tokens;
  readonly publicUrl: string;
}

/** @param subscriber null: the addresses that all readers share, which name none of them. */
export function visitAddresses(
  { send, publication, tokens, publicUrl }: Counted,
  { links }: Pick<FrozenEdition, 'links'>,
  subscriber: SubscriberId | null,
): Readonly<Record<VisitSlot, string>> {
  const base = publicUrl + basePath(publication);
  const whose = { send: send.id, subscriber };
  const addresses: Record<VisitSlot, string> = {
    [OPEN]: `${base}/o/${tokens.visits.make({ kind: 'open', ...whose })}.gif`,
    [CANARY]: `${base}/c/${tokens.visits.make({ kind: 'canary link', ...whose })}`,
  };
  for (const { id: link } of links)
    addresses[clickOf(link)] = `${base}/c/${tokens.visits.make({ kind: 'click', link, ...whose })}`;
  return addresses;
}

/**
 * A letter's HTML with slots for all that is counted. Where a link was not recorded, as in editions that are older than
 * the recording, the letter stays as it was written: half a count would be no count.
 */
export function countedPieces({ html, links }: Pick<FrozenEdition, 'html' | 'links'>): Piece[] {
  const known = new Map(links.map(({ id, url }) => [url, id]));
  const pieces: Piece[] = [];
  for (const piece of splitLinks(html)) {
    const link = typeof piece === 'string' ? undefined : known.get(piece.url);
    if (typeof piece === 'string') pieces.push(...splitSlots(piece));
    else if (link === undefined) return splitSlots(html);
    else pieces.push({ slot: clickOf(link) });
  }
  return withCounters(pieces);
}

/**
 * How many bytes longer a letter's HTML is where it is counted, for Gmail's limit is one of the letter as it arrives: links of
 * ids as long as a large press has them, and of a reader's own where some are followed.
 */
export function bytesOfCounting(html: string, facts: Omit<Counted, 'send'>): number {
  const { tracking } = facts.publication;
  if (tracking === 'off') return 0;
  const links = letterLinks(html).map((url, at) => ({ id: asId<LinkId>(LARGE_ID + at), url }));
  const reader = tracking === 'individual' ? asId<SubscriberId>(LARGE_ID) : null;
  const counted = { ...facts, send: { id: asId<SendId>(LARGE_ID) } };
  const addresses = visitAddresses(counted, { links }, reader);
  const pieces = countedPieces({ html, links }).map((piece) => {
    if (typeof piece === 'string') return piece;
    return isVisit(piece.slot) ? (addresses[piece.slot] ?? '') : slot(piece.slot);
  });
  return Buffer.byteLength(pieces.join('')) - Buffer.byteLength(html);
}

const LARGE_ID = 1_000_000;

function isVisit(name: SlotName | VisitSlot): name is VisitSlot {
  return name.startsWith('visit ');
}

type Piece = Template<SlotName | VisitSlot>[number];

/** At the letter's end: before `</body>`, which is in its last piece wherever there is one. */
function withCounters(pieces: readonly Piece[]): Piece[] {
  const last = pieces.at(-1);
  const text = typeof last === 'string' ? last : '';
  const end = text.lastIndexOf('</body>') < 0 ? text.length : text.lastIndexOf('</body>');
  return [
    ...pieces.slice(0, typeof last === 'string' ? -1 : undefined),
    `${text.slice(0, end)}<div style="display:none;max-height:0;overflow:hidden;mso-hide:all" aria-hidden="true"><a href="`,
    { slot: CANARY },
    '" tabindex="-1" rel="nofollow"></a></div><img src="',
    { slot: OPEN },
    `" alt="" width="1" height="1" style="display:block;width:1px;height:1px;border:0">${text.slice(end)}`,
  ];
}
