import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { DkimKey } from '../../src/config/dkim.ts';
import { createSigner, type Signer } from '../../src/outbound/dkim.ts';

const DOMAIN = 'example.com';
const { privateKey: rsaKey, publicKey: rsaPublic } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: edKey, publicKey: edPublic } = generateKeyPairSync('ed25519');

/** The keys as their files hold them. */
export const pem = {
  rsa: rsaKey.export({ type: 'pkcs8', format: 'pem' }),
  ed25519: edKey.export({ type: 'pkcs8', format: 'pem' }),
};

export const rsa: DkimKey = {
  domain: DOMAIN,
  selector: 'r2026',
  kind: 'rsa',
  key: createPrivateKey(pem.rsa),
  bits: 2048,
};

export const ed25519: DkimKey = {
  domain: DOMAIN,
  selector: 'e2026',
  kind: 'ed25519',
  key: createPrivateKey(pem.ed25519),
  bits: null,
};

const spki = { type: 'spki', format: 'der' } as const;

/** What DNS would say. RFC 8463 section 4: an Ed25519 key stands there without its wrapping. */
export const records: ReadonlyMap<string, string> = new Map([
  [`r2026._domainkey.${DOMAIN}`, `v=DKIM1; k=rsa; p=${rsaPublic.export(spki).toString('base64')}`],
  [
    `e2026._domainkey.${DOMAIN}`,
    `v=DKIM1; k=ed25519; p=${edPublic.export(spki).subarray(-32).toString('base64')}`,
  ],
]);

export function signerWith(...keys: readonly DkimKey[]): Signer {
  const signer = createSigner(keys);
  if (!signer) throw new Error('no key, no signer');
  return signer;
}

/** What mailauth says of each signature: `pass` or another word. Nothing leaves the machine. */
export async function verdicts(raw: Buffer | string): Promise<string[]> {
  const { results } = await dkimVerify(Buffer.from(raw), { resolver });
  return results.map(({ status }) => status.result);
}

/** DNS as the keys' owner would have it. */
async function resolver(name: string, type: string): Promise<string[][]> {
  const record = type === 'TXT' ? records.get(name) : undefined;
  if (record) return [[record]];
  throw Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' });
}
