import { isIP } from 'node:net';

/**
 * The network an address belongs to, IPv4 /24 or IPv6 /48: enough to limit by and to keep as evidence of
 * consent, without keeping the whole address of a person. Null for what is no address.
 */
export function clientPrefix(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 4) return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
  if (family === 6) return `${firstGroups(plain, 3).join(':')}::/48`;
  return null;
}

/** The first groups of an IPv6 address in which one run of zeros may be written as `::` (RFC 5952). */
function firstGroups(address: string, count: number): string[] {
  const [before = '', after] = address.toLowerCase().split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  return groups.slice(0, count).map((group) => group.replace(/^0+(?=.)/, ''));
}
