import { asId, type LinkId, type SendId, type SubscriberId } from '../ids.ts';
import { type Sealed, seal, unseal } from './sealed.ts';

/**
 * What the address of a counted link or picture names. `subscriber` is null unless the reader agreed to be followed:
 * all others' letters of a send have the same addresses.
 */
export type VisitTarget = {
  readonly send: SendId;
  readonly subscriber: SubscriberId | null;
} & (
  | { readonly kind: 'click'; readonly link: LinkId }
  | { readonly kind: 'open' }
  // a link that no person can see
  | { readonly kind: 'canary link' }
);

/** Tokens in the addresses of counted links and pictures, sealed as links are: nobody can make up a visit or a target. */
export interface VisitTokens {
  make(target: VisitTarget): string;
  /** Null for a token that is forged, cut short, or another kind's. */
  read(token: string): VisitTarget | null;
}

const LABEL = 'visit';
const PURPOSE = { click: 1, open: 2, 'canary link': 3 } as const;

/** @param secrets the first makes, every one reads: a link works for as long as somebody keeps the letter. */
export function createVisitTokens(secrets: readonly [string, ...string[]]): VisitTokens {
  return {
    make: (target) => seal(secrets[0], LABEL, { purpose: PURPOSE[target.kind], ids: idsOf(target) }),
    read(token) {
      const sealed = unseal(secrets, LABEL, token);
      return sealed && targetOf(sealed);
    },
  };
}

function idsOf(target: VisitTarget): number[] {
  const whose = target.subscriber === null ? [target.send] : [target.send, target.subscriber];
  return target.kind === 'click' ? [target.link, ...whose] : whose;
}

function targetOf({ purpose, ids }: Sealed): VisitTarget | null {
  if (purpose === PURPOSE.click) {
    const [link, ...rest] = ids;
    const whose = whoseOf(rest);
    return link !== undefined && whose ? { kind: 'click', link: asId<LinkId>(link), ...whose } : null;
  }
  const whose = whoseOf(ids);
  if (purpose === PURPOSE.open && whose) return { kind: 'open', ...whose };
  if (purpose === PURPOSE['canary link'] && whose) return { kind: 'canary link', ...whose };
  return null;
}

function whoseOf([send, subscriber, ...more]: readonly number[]) {
  if (send === undefined || more.length > 0) return null;
  return {
    send: asId<SendId>(send),
    subscriber: subscriber === undefined ? null : asId<SubscriberId>(subscriber),
  };
}
