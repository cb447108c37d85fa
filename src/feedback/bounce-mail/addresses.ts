/** An address in running text. Bounded, so that a megabyte without a blank costs no more than its length. */
const ADDRESS = /[^\s<>()[\]"',;:@\\]{1,64}@[a-z0-9_](?:[a-z0-9._-]{0,253}[a-z0-9])?/gi;

export function addressesIn(text: string): readonly string[] {
  return [...new Set(text.slice(0, 16_000).match(ADDRESS) ?? [])];
}

/** The one address of a field such as "rfc822; <a@b.example>"; '' where there is none. */
export function fieldAddress(value: string): string {
  return addressesIn(value.replace(/^\s*(?:rfc822|utf-8|smtp|x400|unknown)\s*;/i, '')).at(-1) ?? '';
}

export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Each address once, whatever its case. */
export function distinct(addresses: readonly string[]): readonly string[] {
  return [...new Map(addresses.filter(Boolean).map((address) => [address.toLowerCase(), address])).values()];
}
