import { domainToASCII } from 'node:url';
import { ok, type Result, refuse } from '../result.ts';

/** A mail address that can stand on the wire: ASCII throughout, within SMTP's limits. */
export interface Address {
  /** The local part as its owner wrote it, the domain in lower-case ASCII. */
  readonly email: string;
  /** All lower case: the identity of a reader or editor. */
  readonly address_key: string;
}

/** RFC 5321 4.5.3.1: a path is 256 octets with its angle brackets. */
const ADDRESS_OCTETS = 254;
const LOCAL_OCTETS = 64;
const LABEL_OCTETS = 63;

/** RFC 5321 4.1.2 `Dot-string`; the quoted form exists on paper only. */
const DOT_STRING = /^[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** What would end or change the host in a URL parser, which `domainToASCII` is. */
const NOT_IN_A_DOMAIN = /[\s%/\\?#:@[\]<>,;"'()]/;

/**
 * Checks an address and brings it into the form that everything here compares and mails.
 * A refusal is a phrase that goes on from "the address": "has no @".
 */
export function normalizeAddress(text: string): Result<Address, string> {
  const trimmed = text.trim();
  if (trimmed === '') return refuse('is empty');
  if (hasControls(trimmed)) return refuse('has a line break or control character in it');
  const at = trimmed.lastIndexOf('@');
  if (at < 0) return refuse('has no @');

  const local = trimmed.slice(0, at);
  if (!DOT_STRING.test(local)) return refuse('has something before the @ that mail servers do not take');
  if (local.length > LOCAL_OCTETS) return refuse(`has more than ${LOCAL_OCTETS} letters before the @`);

  const domain = normalizeDomain(trimmed.slice(at + 1));
  if (domain === null) return refuse('has no domain after the @ that could exist');
  const email = `${local}@${domain}`;
  if (email.length > ADDRESS_OCTETS) return refuse(`is longer than ${ADDRESS_OCTETS} letters`);
  return ok({ email, address_key: email.toLowerCase() });
}

export function domainOf(address: Address): string {
  return address.address_key.slice(address.address_key.lastIndexOf('@') + 1);
}

/** Line breaks and other control characters: in a header they would begin a header of the writer's own. */
export function hasControls(text: string): boolean {
  return /\p{Cc}|[\u2028\u2029]/u.test(text);
}

function normalizeDomain(text: string): string | null {
  if (NOT_IN_A_DOMAIN.test(text)) return null;
  const domain = domainToASCII(text).toLowerCase();
  const labels = domain.split('.');
  const top = labels.at(-1) ?? '';
  const wellFormed = labels.every((label) => label.length <= LABEL_OCTETS && LABEL.test(label));
  return labels.length > 1 && wellFormed && !/^[0-9]+$/.test(top) ? domain : null;
}
