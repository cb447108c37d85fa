import { expect, test } from 'vitest';
import { readConfig, requirePublicUrl } from '../src/config.ts';

const SECRET = 'x'.repeat(32);
const PRODUCTION = { DATABASE_URL: 'postgres://u:p@db/press', APP_SECRET: SECRET };

test('an empty environment is the embedded press', () => {
  const config = readConfig({});
  expect(config).toMatchObject({
    database: { kind: 'embedded' },
    queue: { kind: 'postgres' },
    mail: { kind: 'catcher', asked: false },
    publicUrl: 'http://localhost:3000',
    secrets: null,
    dataDir: '.data',
  });
});

test('all faults stand in one message, by name and without values', () => {
  const broken = { ...PRODUCTION, DATABASE_URL: 'mysql://top-secret', PORT: 'many', LEASE_SECONDS: '0' };
  expect(() => readConfig(broken)).toThrow(/DATABASE_URL must be.*PORT must be.*LEASE_SECONDS must be/s);
  expect(() => readConfig(broken)).not.toThrow(/top-secret|many/);
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a secret is required with a database',
    { DATABASE_URL: PRODUCTION.DATABASE_URL },
    /APP_SECRET is required/,
  ],
  ['a short secret', { APP_SECRET: 'short' }, /at least 32 characters/],
  ['a short older secret', { APP_SECRET: `${SECRET},short` }, /at least 32 characters/],
  ['a mail server that is none', { SMTP_URL: 'localhost:25' }, /SMTP_URL must be/],
  [
    'an unknown parameter of a mail server',
    { SMTP_URL: 'smtp://a.test?speed=4' },
    /parameter speed is unknown/,
  ],
  ['no connection', { SMTP_URL: 'smtp://a.test?connections=0' }, /connections must be a whole number from 1/],
  ['half a depth', { SMTP_URL: 'smtp://a.test?depth=1.5' }, /depth must be a whole number from 1 to 1000/],
  ['too much depth', { SMTP_URL: 'smtp://a.test?depth=1001' }, /depth must be a whole number from 1 to 1000/],
  ['no rate', { SMTP_URL: 'smtp://a.test?rate=0' }, /rate must be messages a second, a number above 0/],
  ['an endless rate', { SMTP_URL: 'smtp://a.test?rate=Infinity' }, /rate must be messages a second/],
  ['a rate over all of nothing', { SEND_RATE: '0' }, /SEND_RATE must be above 0/],
  ['a rate over all that is none', { SEND_RATE: 'slow' }, /SEND_RATE must be a number/],
  ['a weight of nothing', { SMTP_URL: 'smtp://a.test?weight=0' }, /weight must be a number above 0/],
  ['a weight that is none', { SMTP_URL: 'smtp://a.test?weight=' }, /weight must be a number above 0/],
  [
    'a port for bounce mail, and no domain for it',
    { BOUNCE_SMTP_PORT: '2525' },
    /BOUNCE_SMTP_PORT needs BOUNCE_DOMAIN/,
  ],
  [
    'a bounce domain that is an address',
    { BOUNCE_DOMAIN: 'b@example.com' },
    /BOUNCE_DOMAIN must be a domain name/,
  ],
  ['a bounce domain that is an IP address', { BOUNCE_DOMAIN: '192.0.2.1' }, /BOUNCE_DOMAIN must be/],
  ['a bounce domain of one word', { BOUNCE_DOMAIN: 'bounces' }, /BOUNCE_DOMAIN must be/],
  [
    'a bounce domain with which envelope senders would be too long',
    { BOUNCE_DOMAIN: `${'long.'.repeat(40)}example.com` },
    /BOUNCE_DOMAIN must be/,
  ],
])('%s is refused with what to do', (_name, env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test.each<[string, string, RegExp]>([
  ['of another protocol', 'pop3://u:p@mx.test', /BOUNCE_IMAP_URL must be imap:/],
  ['without a user', 'imap://mx.test/INBOX', /BOUNCE_IMAP_URL must be imap:/],
  ['with a % that encodes nothing', 'imap://u:50%@mx.test', /a % in it is written %25/],
  [
    'with an unknown parameter',
    'imap://u:p@mx.test?folder=a',
    /parameter folder is unknown: there are after/,
  ],
  ['that does something else', 'imap://u:p@mx.test?after=burn', /after must be move, seen, keep, delete/],
  [
    'looked into all the time',
    'imap://u:p@mx.test?every=1',
    /every must be a whole number of seconds from 5/,
  ],
])('a mailbox %s is refused, without its password', (_name, url, message) => {
  expect(() => readConfig({ BOUNCE_IMAP_URL: url })).toThrow(message);
  expect(() => readConfig({ BOUNCE_IMAP_URL: url })).not.toThrow(/u:p|50%@/);
});

test('a mailbox with its password decoded, and what is done with mail that is read', () => {
  const read = (BOUNCE_IMAP_URL: string) => readConfig({ BOUNCE_IMAP_URL }).bounceMailbox;
  const server = { host: 'mx.test', user: 'b@example.com', password: 'p@ss' };
  expect(read('imaps://b%40example.com:p%40ss@mx.test')).toEqual({
    ...server,
    port: 993,
    secure: true,
    folder: 'INBOX',
    after: 'move',
    everyMs: 60_000,
  });
  expect(read('imap://b%40example.com:p%40ss@mx.test:1143/Bounces%20here/2026?after=keep&every=5')).toEqual({
    ...server,
    port: 1143,
    secure: false,
    folder: 'Bounces here/2026',
    after: 'keep',
    everyMs: 5_000,
  });
});

test('a bounce domain is one whatever its case', () => {
  expect(readConfig({ BOUNCE_DOMAIN: 'Bounces.Example.com' }).bounceDomain).toBe('bounces.example.com');
});

test('several mail servers, with their passwords decoded and how hard each may be used', () => {
  const { mail } = readConfig({
    SMTP_URL: 'smtp://u:p%40ss@one.test:2525?connections=3&depth=4&rate=2.5&weight=0.5, smtps://two.test',
  });
  const one = { host: 'one.test', port: 2525, secure: false, auth: { user: 'u', pass: 'p@ss' } };
  const two = { host: 'two.test', port: 465, secure: true, auth: null };
  expect(mail).toEqual({
    kind: 'servers',
    servers: [
      { ...one, connections: 3, depth: 4, rate: 2.5, weight: 0.5 },
      { ...two, connections: 10, depth: 1, rate: null, weight: 1 },
    ],
  });
});

test.each<[string, Record<string, string>, boolean]>([
  [
    'https with a real server',
    { PUBLIC_URL: 'https://letters.example.com/', SMTP_URL: 'smtp://relay.test' },
    true,
  ],
  ['loopback with the catcher', {}, true],
  ['loopback with a loopback server', { SMTP_URL: 'smtp://127.0.0.1:2525' }, true],
  ['loopback with a real server', { SMTP_URL: 'smtp://relay.test' }, false],
  ['plain http elsewhere', { PUBLIC_URL: 'http://letters.example.com' }, false],
])('links in mail: %s', (_name, env, allowed) => {
  const check = () => requirePublicUrl(readConfig(env));
  if (allowed) expect(check).not.toThrow();
  else expect(check).toThrow(/PUBLIC_URL must be the https address/);
});
