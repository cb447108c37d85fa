import { isIP, connect as openTcp, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
}

/** Rejects with the network's error, or when it takes too long. */
export async function openStream(
  { host, port, secure }: Address,
  rejectUnauthorized: boolean,
  ms: number,
): Promise<Socket> {
  const stream = secure
    ? openTls({ host, port, rejectUnauthorized, ...serverName(host) })
    : openTcp({ host, port });
  // a message's last piece is not to wait for the answer to its first
  stream.setNoDelay(true);
  await opened(stream, secure ? 'secureConnect' : 'connect', ms);
  return stream;
}

/** The same connection under TLS. */
export async function encrypted(
  plain: Socket,
  host: string,
  rejectUnauthorized: boolean,
  ms: number,
): Promise<Socket> {
  plain.setTimeout(0);
  plain.removeAllListeners('data');
  const stream = openTls({ socket: plain, host, rejectUnauthorized, ...serverName(host) });
  await opened(stream, 'secureConnect', ms);
  return stream;
}

/** A name for SNI, which knows no IP addresses (RFC 6066 section 3). */
function serverName(host: string): { servername?: string } {
  return isIP(host) ? {} : { servername: host };
}

function opened(stream: Socket, event: 'connect' | 'secureConnect', ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      clearTimeout(late);
      stream.destroy();
      reject(error);
    };
    const closed = () => failed(new Error('the server closed the connection'));
    const late = setTimeout(() => failed(new Error('timed out')), ms);
    stream.once('error', failed);
    stream.once('close', closed);
    stream.once(event, () => {
      clearTimeout(late);
      stream.off('error', failed);
      stream.off('close', closed);
      resolve();
    });
  });
}
