import { createHash, timingSafeEqual } from 'node:crypto';
import { macOf, seal, unseal } from './tokens/sealed.ts';
import { createVisitTokens, type VisitTokens } from './tokens/visit-token.ts';

/**
 * Links that act for one person carry a token, sealed over purpose and id, about 30 characters. It says nothing
 * to whoever reads it, cannot be made without the secret, and works for one purpose only.
 *
 * Rotation: the first secret signs, every one verifies, so links in old letters go on working for as
 * long as the operator keeps the old secret behind the comma.
 */
export type Purpose = 'confirm' | 'unsubscribe' | 'preferences' | 'undo' | 'left';

export interface Tokens {
  make(purpose: Purpose, id: number): string;
  /** The id, or null for a token that is forged, cut short, or made for another purpose. */
  read(purpose: Purpose, token: string): number | null;
  /** A MAC for other short-lived values (a form's time stamp), in hex; checked with {@link verify}. */
  mac(label: string, value: string): string;
  verify(label: string, value: string, mac: string): boolean;
  /** Of links and pictures that are counted, and act for nobody. */
  readonly visits: VisitTokens;
}

const PURPOSE_BYTE: Record<Purpose, number> = {
  confirm: 1,
  unsubscribe: 2,
  preferences: 3,
  undo: 4,
  left: 5,
};
const LABEL = 'link';

export function createTokens(secrets: readonly string[]): Tokens {
  const [current, ...older] = secrets;
  if (current === undefined) throw new Error('createTokens needs a secret');

  return {
    make: (purpose, id) => seal(current, LABEL, { purpose: PURPOSE_BYTE[purpose], ids: [id] }),
    read(purpose, token) {
      const sealed = unseal(secrets, LABEL, token);
      const [id] = sealed?.purpose === PURPOSE_BYTE[purpose] ? sealed.ids : [];
      return id !== undefined && id > 0 && Number.isSafeInteger(id) ? id : null;
    },
    mac: (label, value) => macOf(current, label, value).toString('hex'),
    verify(label, value, mac) {
      const given = Buffer.from(mac, 'hex');
      return secrets.some((secret) => {
        const wanted = macOf(secret, label, value);
        return given.length === wanted.length && timingSafeEqual(given, wanted);
      });
    },
    visits: createVisitTokens([current, ...older]),
  };
}

/** What the database keeps of a secret, so that a start with a foreign one is noticed. 16 hex digits. */
export function secretFingerprint(secret: string): string {
  return createHash('sha256').update('pressrun fingerprint\0').update(secret).digest('hex').slice(0, 16);
}
