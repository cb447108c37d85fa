import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'dkim-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const at = path.join(directory, name);
  writeFileSync(at, content);
  return at;
}

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' });
const rsaOf = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const rsa = rsaOf(1024);
const RSA = file('rsa.pem', pem(rsa));
const PKCS1 = file('pkcs1.pem', rsa.export({ type: 'pkcs1', format: 'pem' }));
const ED = file('ed.pem', pem(generateKeyPairSync('ed25519').privateKey));
const WEAK = file('weak.pem', pem(rsaOf(512)));
const CURVE = file('curve.pem', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));
const PUBLIC = file(
  'public.pem',
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
);
const LOCKED = file(
  'locked.pem',
  rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }),
);

const settings = (domain: string, selector: string, files: string) => ({
  DKIM_DOMAIN: domain,
  DKIM_SELECTOR: selector,
  DKIM_KEY_FILE: files,
});

/** Without the keys themselves. */
const read = (env: Record<string, string>) =>
  readConfig(env).dkim.map(({ domain, selector, kind, bits }) => ({ domain, selector, kind, bits }));

test('without a key nothing is signed', () => {
  expect(readConfig({}).dkim).toEqual([]);
});

test('an RSA key is read, as new and as old openssl writes it', () => {
  const key = { domain: 'example.com', selector: 's1', kind: 'rsa', bits: 1024 };
  expect(read(settings('example.com', 's1', RSA))).toEqual([key]);
  expect(read(settings('example.com', 's1', PKCS1))).toEqual([key]);
});

test('several keys are for one domain, or each for its own', () => {
  expect(read(settings('example.com', 'r, e', `${RSA}, ${ED}`))).toEqual([
    { domain: 'example.com', selector: 'r', kind: 'rsa', bits: 1024 },
    { domain: 'example.com', selector: 'e', kind: 'ed25519', bits: null },
  ]);
  expect(read(settings('example.com,bücher.example', 'k,k', `${RSA},${ED}`))).toMatchObject([
    { domain: 'example.com' },
    { domain: 'xn--bcher-kva.example' },
  ]);
});

test.each<[string, Record<string, string>, string]>([
  ['a domain without a key', { DKIM_DOMAIN: 'example.com' }, 'belong together: set all three, or none'],
  [
    'fewer selectors than files',
    settings('example.com', 'r', `${RSA},${ED}`),
    'must name as many files as DKIM_SELECTOR names selectors',
  ],
  [
    'three domains for two keys',
    settings('a.test,b.test,c.test', 'r,e', `${RSA},${ED}`),
    'DKIM_DOMAIN one domain or as many',
  ],
  ['an address for a domain', settings('me@example.com', 'r', RSA), 'DKIM_DOMAIN must be a domain'],
  ['a selector that is no name', settings('example.com', 'r_1;', RSA), 'DKIM_SELECTOR must be letters'],
  [
    'two keys under one selector',
    settings('example.com', 'r,R', `${RSA},${ED}`),
    'another selector for each key',
  ],
  [
    'a file that is not there',
    settings('example.com', 'r,e', `${RSA},${directory}/none`),
    'file 2 of DKIM_KEY_FILE cannot be read (ENOENT)',
  ],
  ['a directory', settings('example.com', 'r', directory), 'DKIM_KEY_FILE cannot be read (EISDIR)'],
  ['a public key', settings('example.com', 'r', PUBLIC), 'must hold a private key in PEM'],
  ['a key with a passphrase', settings('example.com', 'r', LOCKED), 'without a passphrase'],
  [
    'a key on a curve that DKIM does not know',
    settings('example.com', 'r', CURVE),
    'must hold an RSA or an Ed25519 key',
  ],
  ['an RSA key that verifiers refuse', settings('example.com', 'r', WEAK), 'holds an RSA key of 512 bits'],
])('%s is refused with what to do, and without values', (_name, env, sentence) => {
  expect(() => readConfig(env)).toThrow(sentence);
  expect(() => readConfig(env)).not.toThrow(directory);
});
