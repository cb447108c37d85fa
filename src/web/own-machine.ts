import type { FastifyRequest } from 'fastify';
import type { Web } from './web-parts.ts';

/**
 * Is this somebody at the machine itself, who tries the press out? Every sign of the outside counts
 * against it: an address other than loopback anywhere, a proxy's headers, or another site's name in Host
 * (a page elsewhere may point a name of its own at 127.0.0.1, DNS rebinding).
 */
export function isOwnMachine(web: Pick<Web, 'host' | 'publicUrl'>, request: FastifyRequest): boolean {
  const proxied = request.headers.forwarded ?? request.headers['x-forwarded-for'];
  const peer = request.socket.remoteAddress ?? '';
  const hosts = [web.host, new URL(web.publicUrl).hostname, request.hostname, request.ip, peer];
  return proxied === undefined && hosts.every(isLoopback);
}

function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '');
  return plain === 'localhost' || plain === '::1' || /^127\.\d+\.\d+\.\d+$/.test(plain);
}
