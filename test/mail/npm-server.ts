import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type RealServer, type Received, SIZE_LIMIT } from './real-server.ts';

export const ACCOUNT = { user: 'press', pass: 'pässword' };

/** npm's smtp-server, which offers PIPELINING and no CHUNKING. */
export async function startNpmServer(
  options: {
    /** STARTTLS, with this certificate or one that nobody trusts. */
    readonly tls?: true | { readonly key: string; readonly cert: string };
    /** TLS from the first byte. */
    readonly secure?: boolean;
    readonly authMethods?: string[];
  } = {},
): Promise<RealServer> {
  const taken: Received[] = [];
  const disabled = [!options.tls && 'STARTTLS', !options.authMethods && 'AUTH'].filter(
    (name) => name !== false,
  );
  const server = new SMTPServer({
    disabledCommands: disabled,
    secure: options.secure ?? false,
    ...(typeof options.tls === 'object' ? options.tls : {}),
    authOptional: !options.authMethods,
    allowInsecureAuth: true,
    closeTimeout: 10,
    ...(options.authMethods ? { authMethods: options.authMethods } : {}),
    size: SIZE_LIMIT,
    onAuth: (auth, _session, done) =>
      auth.username === ACCOUNT.user &&
      (auth.method === 'CRAM-MD5' ? auth.validatePassword(ACCOUNT.pass) : auth.password === ACCOUNT.pass)
        ? done(null, { user: ACCOUNT.user })
        : done(new Error('Invalid username or password')),
    onMailFrom: ({ address }, _session, done) =>
      done(address.startsWith('stranger') ? refusal(550, '5.7.1 Not yours') : null),
    onRcptTo: ({ address }, _session, done) => {
      if (address.startsWith('nouser')) done(refusal(550, '5.1.1 No such user'));
      else done(address.startsWith('later') ? refusal(451, '4.2.0 Later') : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return done(refusal(552, '5.3.4 Too large'));
        const raw = Buffer.concat(chunks).toString();
        if (/^Subject: spam/m.test(raw)) return done(refusal(550, '5.7.1 Refused by policy'));
        taken.push({ to: session.envelope.rcptTo[0]?.address ?? '', raw });
        done(null, '2.0.0 OK queued as 1234567');
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    auth: options.authMethods ? ACCOUNT : null,
    received: async () => taken,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function refusal(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
