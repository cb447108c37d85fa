import { expect, test } from 'vitest';
import { signaturesIn } from '../../src/bench/openssl-speed.ts';

test('signatures a second are read from the tables of OpenSSL 3.0 and 3.5', () => {
  const older = `
                  sign    verify    sign/s verify/s
rsa 2048 bits 0.000157s 0.000008s   6363.0 119472.0`;
  const newer = `
                   sign    verify    encrypt   decrypt   sign/s verify/s  encr./s  decr./s
rsa  2048 bits 0.000284s 0.000008s 0.000009s 0.000290s   3520.5 119000.1 110000.0   3448.0`;
  expect(signaturesIn(older)).toBe(6363);
  expect(signaturesIn(newer)).toBe(3520.5);
});

test('a table without that column is a fault that says so', () => {
  expect(() => signaturesIn('nothing')).toThrow(/leave --signed out/);
});
