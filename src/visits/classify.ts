import type { VisitClass, VisitKind } from '../db/visit-tables.ts';
import { unreachable } from '../result.ts';
import { agentOf } from './agents.ts';
import type { Burst } from './burst.ts';
import { showsPages } from './networks.ts';

/** What is known of one visit, and of what its visitor did around it. */
export interface VisitFacts {
  readonly kind: VisitKind;
  readonly method: 'GET' | 'HEAD';
  readonly agent: string;
  /** A name of `networks.ts`. */
  readonly network: string | null;
  readonly prefetch: boolean;
  /** Seconds since this reader's letter was accepted, or since the send started where the reader is not known. */
  readonly since_send_s: number | null;
  /** A reader who agreed to be followed. */
  readonly isFollowed: boolean;
  readonly burst: Burst;
}

export interface Verdict {
  readonly class: VisitClass;
  /** By which rule, in words that a report can show. Of a fixed set: they are counted. */
  readonly reason: string;
}

/** From being taken by the mail server to a click: less than this no person needs. */
const TOO_SOON_S = 2;
/** For so long a network that also shows pages to people is taken for the filter. */
const FILTERED_WITHIN_S = 3600;

/**
 * Who was it? A person where nothing speaks against it, and nobody knows where something does and nothing proves it.
 * The order is from what proves most.
 */
export function classify(visit: VisitFacts): Verdict {
  return (
    canaryLink(visit) ??
    wayOfAsking(visit) ??
    network(visit) ??
    byAgent(visit) ??
    human('nothing speaks against it')
  );
}

/** Editors know another canary, that of a send: to them the link is the hidden one. */
function canaryLink({ kind, burst }: VisitFacts): Verdict | null {
  if (kind === 'canary link') return scanner('followed the hidden link');
  if (burst.canaryLink) return scanner('followed the hidden link as well');
  return burst.manyLinks ? scanner('many links within seconds') : null;
}

function wayOfAsking({ kind, method, prefetch, since_send_s, isFollowed }: VisitFacts): Verdict | null {
  if (method === 'HEAD') return scanner('asked for the head alone (HEAD)');
  if (prefetch) return scanner('fetched ahead, by its own word');
  const tooSoon = isFollowed && since_send_s !== null && since_send_s <= TOO_SOON_S;
  return kind === 'click' && tooSoon ? scanner('sooner than anybody can read') : null;
}

function network({ network, since_send_s }: VisitFacts): Verdict | null {
  if (network === null) return null;
  const isLate = since_send_s !== null && since_send_s > FILTERED_WITHIN_S;
  return isLate && showsPages(network)
    ? unknown(`from ${network}’s network, late`)
    : scanner(`from ${network}’s network`);
}

function byAgent({ kind, agent }: VisitFacts): Verdict | null {
  const by = agentOf(agent);
  switch (by.kind) {
    case 'mail filter':
      return scanner(`a mail filter (${by.name})`);
    case 'previewer':
      return scanner(`a link preview (${by.name})`);
    case 'crawler':
      return scanner('a crawler');
    case 'program':
      return scanner('a program, not a browser');
    case 'none':
      return kind === 'open' ? unknown('said nothing of itself') : scanner('said nothing of itself');
    case 'prefetching proxy':
      // proxies fetch pictures; who follows a link under this name is no proxy of Apple's
      return kind === 'open' ? unknown(`fetched by ${by.name}, opened or not`) : scanner('no browser’s name');
    case 'picture proxy':
      // both fetch when the reader opens the mail: the first open of a picture is somebody's (scientiamobile.com, 2018)
      return kind === 'open' ? human(`opened in ${by.name}`) : scanner('a picture proxy');
    case 'mail program':
      return kind === 'open'
        ? human(`opened in ${by.name}`)
        : unknown('a mail program looks before the browser');
    case 'unfamiliar':
      return unknown('no browser that is known');
    case 'browser':
      return null;
    default:
      return unreachable(by.kind);
  }
}

const scanner = (reason: string): Verdict => ({ class: 'scanner', reason });
const unknown = (reason: string): Verdict => ({ class: 'unknown', reason });
const human = (reason: string): Verdict => ({ class: 'human', reason });
