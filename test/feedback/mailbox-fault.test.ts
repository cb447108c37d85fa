import { expect, test } from 'vitest';
import { mailboxFault } from '../../src/feedback/mailbox-fault.ts';

const mailbox = {
  host: 'mx.test',
  port: 993,
  secure: true,
  user: 'bounces@example.com',
  password: 'a secret',
  folder: 'INBOX',
  after: 'move',
  everyMs: 60_000,
} as const;
const reasonOf = (fields: object) =>
  mailboxFault(Object.assign(new Error('Command failed'), fields), mailbox).reason;

test.each([
  [{ authenticationFailed: true }, 'mx.test:993 refuses the user or the password of BOUNCE_IMAP_URL'],
  [{ mailboxMissing: true }, 'mx.test:993 has no mailbox "INBOX": correct BOUNCE_IMAP_URL'],
  [
    { code: 'ERR_SSL_WRONG_VERSION_NUMBER', message: '404DAE:error:0A00010B:SSL routines' },
    'mx.test:993 does not speak TLS as it is asked to (ERR_SSL_WRONG_VERSION_NUMBER): imap:// or imaps://?',
  ],
  [
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    'mx.test:993 has a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
  ],
  [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }, 'mx.test:993: connect ECONNREFUSED'],
])('a fault says what to do: %j', (fields, reason) => {
  expect(reasonOf(fields)).toBe(reason);
});

test('the same fault reads the same each time, and names no address', () => {
  const told = (seconds: string) =>
    reasonOf({ responseText: `No room for bounces@example.com (${seconds} + 0.000 secs).` });
  expect(told('0.001')).toBe('mx.test:993: No room for ADDRESS');
  expect(told('0.002')).toBe(told('0.001'));
  expect(mailboxFault(undefined, mailbox).reason).toBe('mx.test:993: unknown');
});
