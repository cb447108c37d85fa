import { expect, test } from 'vitest';
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
