import { expect, test } from 'vitest';
import { providerOf } from '../../src/outbound/providers.ts';

test.each([
  ['ada@gmail.com', 'gmail'],
  ['ada@GoogleMail.com', 'gmail'],
  ['ada@hotmail.co.uk', 'outlook'],
  ['ada@aol.com', 'yahoo'],
  ['ada@me.com', 'icloud'],
  ['ada@web.de', 'gmx'],
])('%s is received by %s', (email, provider) => {
  expect(providerOf(email)).toBe(provider);
});

test('a domain that only looks like a provider’s is another’s', () => {
  for (const email of [
    'ada@gmail.com.example',
    'ada@mygmx.de',
    'gmail.com@example.com',
    'ada@yahoo.co.jp',
    '',
  ])
    expect(providerOf(email), email).toBe('other');
});
