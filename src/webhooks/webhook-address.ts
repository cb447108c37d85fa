import { BlockList, isIP } from 'node:net';
import { Fault } from '../result.ts';

const LOOPBACK = listOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

/** RFC 1918, RFC 6598 and RFC 4193. Not 169.254.0.0/16: clouds answer there with their machines' secrets. */
const PRIVATE = listOf([
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
]);

const LONGEST = 2000;

/**
 * An address that may be called: https anywhere, plain http on this machine, and in a private network where somebody
 * said so. A name is looked at again when it is called, by where it leads then.
 *
 * @throws {Fault} `bad_address`
 */
export function checkWebhookAddress(text: string, plainHttp: boolean): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || !/^https?:$/.test(url.protocol) || text.length > LONGEST)
    throw badAddress(`"${text}" is no address of a webhook: it looks like https://example.com/pressrun.`);
  if (url.username || url.password)
    throw badAddress('An address holds no user and no password: the signature says who calls.');
  const host = hostOf(url);
  if (url.protocol === 'https:' || isLoopbackHost(host)) return url.href;
  if (!plainHttp)
    throw badAddress(
      `${url.origin} would be called in the clear: use https, or say that it is in your own network (--plain-http, the box on the desk).`,
    );
  if (isIP(host) !== 0 && !isPrivateAddress(host))
    throw badAddress(`${url.origin} is in no private network: plain http goes no further, use https.`);
  return url.href;
}

/** What plain http may connect to. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return LOOPBACK.check(address, family) || PRIVATE.check(address, family);
}

function isLoopbackHost(host: string): boolean {
  return (
    host === 'localhost' || (isIP(host) !== 0 && LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4'))
  );
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function listOf(nets: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix, family] of nets) list.addSubnet(net, prefix, family);
  return list;
}

function badAddress(message: string): Fault {
  return new Fault('bad_address', message);
}
