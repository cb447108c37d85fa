import { afterAll, expect, test } from 'vitest';
import { post } from '../../src/webhooks/post.ts';
import { checkWebhookAddress, isPrivateAddress } from '../../src/webhooks/webhook-address.ts';
import { ANSWERS, startReceiver } from './receiver.ts';

const receiver = await startReceiver();
afterAll(() => receiver.stop());

const TIMEOUT_MS = 300;

async function call(url = receiver.url) {
  const began = performance.now();
  const answer = await post(url, { headers: {}, body: '{}' }, TIMEOUT_MS);
  return { answer, ms: performance.now() - began };
}

test.each(['hang', 'dripHead'] as const)(
  'whoever has not answered in time has not answered: %s',
  async (name) => {
    receiver.behave(ANSWERS[name]);
    const { answer, ms } = await call();
    expect(answer).toEqual({ kind: 'silent', reason: 'no answer within 0.3 s' });
    expect(ms).toBeLessThan(10 * TIMEOUT_MS);
  },
);

test('a body that drips for ever ends with the time; its code was there before', async () => {
  receiver.behave(ANSWERS.drip);
  const { answer, ms } = await call();
  expect(answer).toMatchObject({ kind: 'answered', code: 200, text: expect.stringMatching(/^\.+$/) });
  expect(ms).toBeLessThan(10 * TIMEOUT_MS);
});

test('of an answer 64 KB are read', async () => {
  receiver.behave(ANSWERS.huge);
  const { answer } = await call();
  expect(answer).toEqual({ kind: 'answered', code: 200, text: 'x'.repeat(64 * 1024) });
});

test('a connection that breaks within the body leaves the code and what had come', async () => {
  receiver.behave((response) => {
    response.writeHead(503).write('half');
    setTimeout(() => response.socket?.resetAndDestroy(), 50);
  });
  expect((await call()).answer).toEqual({ kind: 'answered', code: 503, text: 'half' });
});

test('https and this machine need no word, plain http in a private network does, and goes no further', () => {
  for (const url of [
    'https://crm.example.com/in',
    'http://localhost:8080/',
    'http://127.0.0.1/',
    'http://[::1]:90/',
  ])
    expect(checkWebhookAddress(url, false)).toBe(url);
  for (const url of ['http://crm.internal/in', 'http://10.1.2.3/', 'http://[fd00::1]/']) {
    expect(() => checkWebhookAddress(url, false), url).toThrow(/--plain-http/);
    expect(checkWebhookAddress(url, true)).toBe(url);
  }
  for (const url of [
    'http://93.184.216.34/',
    'http://169.254.169.254/latest/',
    'ftp://example.com/',
    'crm',
    'https://u:p@example.com/',
  ])
    expect(() => checkWebhookAddress(url, true), url).toThrow(/./);
});

test('a name in plain http is looked at again by where it leads', async () => {
  expect(isPrivateAddress('192.168.7.1')).toBe(true);
  expect(isPrivateAddress('::ffff:93.184.216.34')).toBe(false);
  expect(isPrivateAddress('2001:db8::1')).toBe(false);
  receiver.behave(ANSWERS.fine);
  const { answer } = await call(receiver.url.replace('127.0.0.1', 'localhost'));
  expect(answer).toMatchObject({ kind: 'answered', code: 200 });
});
