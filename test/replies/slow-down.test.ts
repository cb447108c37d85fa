import { expect, test } from 'vitest';
import { asksForLess } from '../../src/replies/slow-down.ts';

test.each<[string, number, string | null, boolean]>([
  ['Gmail limits the address that sends', 421, '4.7.28', true],
  ['Yahoo defers for volume or complaints', 421, '4.7.0', true],
  ['Microsoft limits by reputation', 451, '4.7.650', true],
  ['a server gives no reason', 421, null, true],
  ['a server goes away', 421, '4.3.2', false],
  ['a code without an enhanced one', 450, null, true],
  ['a server’s storage is short', 452, '4.3.1', true],
  ['a relay cannot sign in just now', 454, '4.7.0', true],
  ['policy, behind another code', 471, '4.7.1', true],
  ['one mailbox gets too much at Gmail', 450, '4.2.1', false],
  ['one mailbox is full', 452, '4.2.2', false],
  ['one address could not be verified', 450, '4.1.1', false],
  ['a greylist has not seen this one before', 450, '4.2.0', false],
  ['a refusal for good', 550, '5.7.1', false],
  ['no such user', 550, '5.1.1', false],
])('%s: %i %s', (_name, code, enhanced, less) => {
  expect(asksForLess({ code, enhanced, reply: `${code} ${enhanced}` })).toBe(less);
});

test('a greylist asks for a later try, with whatever code', () => {
  const reply = '451 4.7.1 Greylisted, please try again';
  expect(asksForLess({ code: 451, enhanced: '4.7.1', reply })).toBe(false);
  expect(asksForLess({ code: 450, enhanced: null, reply: '450 Grey-listed for 300 s' })).toBe(false);
});
