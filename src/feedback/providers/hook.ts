import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ok, type Result, refuse } from '../../result.ts';

/** A request to a hook, before anything in it is believed. */
export interface HookRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly now: Date;
}

/**
 * `forged`: signed or authorised by none of the secrets. `late`: signed at a time too far from now. `malformed`: not what
 * this provider sends. `unavailable`: what verifying needs cannot be had now; the provider tries again.
 */
export type HookRefusal = 'forged' | 'late' | 'malformed' | 'unavailable';

/** What an honest request has. */
export interface Verified {
  /** The provider's own id of the request: one that comes again has it again. */
  readonly external_id: string;
  /** Headers that reading or verifying it again needs. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Verdict = Result<Verified, HookRefusal>;
/** Answers from the raw bytes, before they are parsed for anything else. */
export type Verify = (request: HookRequest) => Verdict | Promise<Verdict>;

export function headerOf({ headers }: HookRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** In constant time, whatever the lengths: both are hashed first. */
export function sameSecret(given: string | Buffer, wanted: string | Buffer): boolean {
  return timingSafeEqual(sha256(given), sha256(wanted));
}

/** Names bytes that bring no id of their own, in 43 characters. */
export function digestOf(bytes: string | Buffer): string {
  return sha256(bytes).toString('base64url');
}

function sha256(bytes: string | Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** An id fit for a key of the database: what is long or odd is named by its digest. */
export function plainId(id: string): string {
  return /^[\x20-\x7e]{1,200}$/.test(id) ? id : digestOf(id);
}

/** RFC 8259 in UTF-8; undefined for what is none. */
export function parseJson(body: Buffer | string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/**
 * Has it the ends of a JSON object or array? Enough for a body whose signature says that it is whole: a thousand events
 * are parsed once, by the worker.
 */
export function looksLikeJson(body: Buffer): boolean {
  const ends = [
    body.subarray(0, 64).toString().trimStart()[0],
    body.subarray(-64).toString().trimEnd().at(-1),
  ];
  return ['{}', '[]'].includes(ends.join(''));
}

/** Every provider sends an object or an array of them. */
export function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * HTTP Basic (RFC 7617) over TLS, for providers that sign nothing. What is no JSON is refused only once we know
 * whom we talk to.
 *
 * @param accepted `user:password` each; several for rotation.
 */
export function verifyBasic(
  accepted: readonly string[],
  name: (request: HookRequest) => Verified = byDigest,
): Verify {
  return (request) => {
    const [, given = ''] = /^Basic +([\w+/=-]+) *$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
    const known = accepted.filter((each) => sameSecret(Buffer.from(given, 'base64'), each));
    if (given === '' || known.length === 0) return refuse('forged');
    if (!isContainer(parseJson(request.body))) return refuse('malformed');
    return ok(name(request));
  };
}

function byDigest({ body }: HookRequest): Verified {
  return { external_id: digestOf(body), headers: {} };
}
