import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { domainToASCII } from 'node:url';

/** A private key that signs letters, and the DNS name `selector._domainkey.domain` that holds its public half. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly kind: 'rsa' | 'ed25519';
  readonly key: KeyObject;
  /** Length of an RSA key; null for Ed25519, which has one length. */
  readonly bits: number | null;
}

interface DkimValues {
  readonly DKIM_DOMAIN?: string | undefined;
  readonly DKIM_SELECTOR?: string | undefined;
  readonly DKIM_KEY_FILE?: string | undefined;
}

/** RFC 8301 section 3.2: what signers must use at least, and what verifiers must understand at most. */
const RSA_LEAST_BITS = 1024;
const RSA_MOST_BITS = 4096;

/** Reads the keys, once; what is wrong with them is added to `faults`. None set: letters are not signed. */
export function readDkim(values: DkimValues, faults: string[]): readonly DkimKey[] {
  const domains = listOf(values.DKIM_DOMAIN).map((domain) => domainToASCII(domain));
  const selectors = listOf(values.DKIM_SELECTOR);
  const files = listOf(values.DKIM_KEY_FILE);
  if (domains.length + selectors.length + files.length === 0) return [];
  const before = faults.length;
  faults.push(...namingFaults(domains, selectors, files));
  if (faults.length > before) return [];
  return files.flatMap((file, at) => {
    const named = { domain: domains[at] ?? domains[0] ?? '', selector: selectors[at] ?? '' };
    const read = readKey(file);
    if (typeof read === 'object') return [{ ...named, ...read }];
    faults.push(`${files.length > 1 ? `file ${at + 1} of DKIM_KEY_FILE` : 'the file DKIM_KEY_FILE'} ${read}`);
    return [];
  });
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((part) => part.trim());
}

function namingFaults(
  domains: readonly string[],
  selectors: readonly string[],
  files: readonly string[],
): string[] {
  if (domains.length === 0 || selectors.length === 0 || files.length === 0)
    return ['DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE belong together: set all three, or none'];
  if (selectors.length !== files.length || (domains.length !== 1 && domains.length !== files.length))
    return [
      'DKIM_KEY_FILE must name as many files as DKIM_SELECTOR names selectors, and DKIM_DOMAIN one domain or as many',
    ];
  const faults: string[] = [];
  if (!domains.every((domain) => isDnsName(domain) && domain.includes('.')))
    faults.push('DKIM_DOMAIN must be a domain such as example.com');
  if (!selectors.every(isDnsName)) faults.push('DKIM_SELECTOR must be letters, digits, "-" and "."');
  const places = selectors.map((selector, at) => `${selector}._domainkey.${domains[at] ?? domains[0]}`);
  if (new Set(places.map((place) => place.toLowerCase())).size < places.length)
    faults.push('DKIM_SELECTOR must name another selector for each key: DNS holds one key a selector');
  return faults;
}

/** RFC 6376 section 3.1: a selector may have parts as a domain has. */
function isDnsName(name: string): boolean {
  return /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(
    name,
  );
}

/** The key, or what is wrong with its file. */
function readKey(file: string): Pick<DkimKey, 'kind' | 'key' | 'bits'> | string {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  const key = parsedKey(pem);
  if (!key) return 'must hold a private key in PEM, without a passphrase';
  if (key.asymmetricKeyType === 'ed25519') return { kind: 'ed25519', key, bits: null };
  if (key.asymmetricKeyType !== 'rsa') return 'must hold an RSA or an Ed25519 key';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS)
    return `holds an RSA key of ${bits} bits: mail servers take ${RSA_LEAST_BITS} to ${RSA_MOST_BITS}, better at least 2048 (RFC 8301)`;
  return { kind: 'rsa', key, bits };
}

function parsedKey(pem: Buffer): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}
