import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ed25519, records, rsa } from '../support/dkim.ts';
import { findProgram } from '../support/require.ts';
import { type SignedMail, signedLetter, signedLetters, signedNotices } from './signed-mail.ts';

const opendkim = findProgram('opendkim');
const directory = mkdtempSync(path.join(tmpdir(), 'opendkim-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** OpenDKIM's own verdicts, one list of `pass` and others for each message. It reads keys from a file, not from DNS. */
function verdicts(mails: readonly Buffer[]): string[][] {
  const keys = path.join(directory, 'keys');
  const settings = path.join(directory, 'opendkim.conf');
  writeFileSync(keys, [...records].map(([name, record]) => `${name} ${record}\n`).join(''));
  writeFileSync(settings, `Mode v\nSyslog no\nTestPublicKeys ${keys}\n`);
  const names = mails.map((mail, at) => {
    writeFileSync(path.join(directory, `${at}.eml`), mail);
    return `${at}.eml`;
  });
  const asked = ['-f', '-v', '-v', '-x', settings, '-t', names.join(',')];
  const said = execFileSync(opendkim ?? '', asked, { cwd: directory, encoding: 'utf8', stdio: 'pipe' });
  return said
    .split('### INSHEADER')
    .slice(1)
    .map((one) => [...one.matchAll(/\bdkim=(\w+)/g)].map(([, result = '']) => result));
}

test.skipIf(opendkim === null)('OpenDKIM verifies hundreds of hostile letters and notices', async () => {
  const makers = [...fc.sample(signedLetters, 250), ...fc.sample(signedNotices, 250)];
  const mails: SignedMail[] = await Promise.all(makers.map((make) => make()));
  const found = verdicts(mails.map(({ raw }) => raw));
  expect(found).toEqual(mails.map(({ signatures }) => Array(signatures).fill('pass')));
});

test.skipIf(opendkim === null)('OpenDKIM refuses a letter that was changed on the way', async () => {
  const raw = (await signedLetter(rsa, ed25519)).toString();
  const changed = [
    `From: eve@example.com\r\n${raw}`,
    `List-Unsubscribe: <https://evil.test/>\r\n${raw}`,
    raw.replace('End', 'Eno'),
  ];
  const found = verdicts(changed.map((mail) => Buffer.from(mail)));
  expect(found).toHaveLength(changed.length);
  expect(found.flat()).not.toContain('pass');
});
