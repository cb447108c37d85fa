import { expect, test } from 'vitest';
import { classifyRefusal } from '../../src/replies/classify.ts';
import { parseReply, showReply } from '../../src/replies/reply.ts';

test.each([
  ['250 2.0.0 OK queued as AB12', { code: 250, enhanced: '2.0.0', text: 'OK queued as AB12' }],
  ['550-5.1.1 No such\n550 5.1.1 user', { code: 550, enhanced: '5.1.1', text: 'No such user' }],
  ['421 closing', { code: 421, enhanced: null, text: 'closing' }],
  ['550', { code: 550, enhanced: null, text: '' }],
  ['no reply at all', { code: 0, enhanced: null, text: 'no reply at all' }],
])('the reply %j is read', (raw, reply) => {
  expect(parseReply(raw)).toEqual(reply);
});

test('a reply is shown on one line', () => {
  expect(showReply(parseReply('550-5.1.1 No such\r\n550 5.1.1 user'))).toBe('550 5.1.1 No such user');
});

test.each([
  ['550 5.1.1 at RCPT', { stage: 'rcpt', code: 550, enhanced: '5.1.1' }, 'address-gone'],
  ['550 5.1.10 at RCPT', { stage: 'rcpt', code: 550, enhanced: '5.1.10' }, 'address-gone'],
  ['450 4.1.1', { stage: 'rcpt', code: 450, enhanced: '4.1.1' }, 'unknown'],
  ['550 5.7.1, a policy', { stage: 'rcpt', code: 550, enhanced: '5.7.1' }, 'unknown'],
  ['552 5.2.2, a full mailbox', { stage: 'rcpt', code: 552, enhanced: '5.2.2' }, 'unknown'],
  ['550 5.1.1 to the final dot', { stage: 'dot', code: 550, enhanced: '5.1.1' }, 'unknown'],
  ['550 without an enhanced code', { stage: 'rcpt', code: 550, enhanced: null }, 'unknown'],
])('a refusal has its class: %s', (_name, refusal, verdict) => {
  expect(classifyRefusal(refusal)).toBe(verdict);
});
