import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram } from './require.ts';

export interface Certified {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A certificate and its key, as Amazon has for SNS; null where the machine has no openssl. */
export function makeCertificate(...more: readonly string[]): Certified | null {
  const openssl = findProgram('openssl');
  if (openssl === null) return null;
  const directory = mkdtempSync(path.join(tmpdir(), 'pressrun-certificate-'));
  const [key, certificate] = [path.join(directory, 'key.pem'), path.join(directory, 'certificate.pem')];
  const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=sns.amazonaws.com', ...more];
  execFileSync(openssl, [...asked, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  const made = { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(key, 'utf8') };
  rmSync(directory, { recursive: true });
  return made;
}
