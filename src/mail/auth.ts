import { createHmac } from 'node:crypto';

/** How we sign in to a server. */
export interface Credentials {
  readonly user: string;
  readonly pass: string;
}

/** Our lines, each after the server's challenge to the line before, decoded. */
type Exchange = Generator<string, void, string>;

/** SASL (RFC 4954), by name. */
const MECHANISMS = {
  /** RFC 4616 */
  *PLAIN({ user, pass }: Credentials): Exchange {
    yield `AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`;
  },
  /** Never a standard (draft-murchison-sasl-login), and all that some servers know. */
  *LOGIN({ user, pass }: Credentials): Exchange {
    yield 'AUTH LOGIN';
    yield base64(user);
    yield base64(pass);
  },
  /** RFC 2195 */
  *'CRAM-MD5'({ user, pass }: Credentials): Exchange {
    const challenge = yield 'AUTH CRAM-MD5';
    yield base64(`${user} ${createHmac('md5', pass).update(challenge).digest('hex')}`);
  },
};

/**
 * The exchange by the best mechanism that the server offers; null: it offers none of ours. In the clear the one that
 * does not show the password comes first.
 */
export function exchangeFor(
  offered: readonly string[],
  encrypted: boolean,
  credentials: Credentials,
): Exchange | null {
  const open = ['PLAIN', 'LOGIN'] as const;
  const order = encrypted ? ([...open, 'CRAM-MD5'] as const) : (['CRAM-MD5', ...open] as const);
  const name = order.find((mechanism) => offered.includes(mechanism));
  return name ? MECHANISMS[name](credentials) : null;
}

/** What a server says while we sign in may repeat what it heard. */
export function withoutCredentials(text: string, { user, pass }: Credentials): string {
  return [pass, base64(pass), base64(`\0${user}\0${pass}`)]
    .filter(Boolean)
    .reduce((safe, secret) => safe.replaceAll(secret, '***'), text);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
