import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkOf, showsPages } from '../../src/visits/networks.ts';

test.each<[string, string | null]>([
  ['40.107.218.12', 'Microsoft Defender'],
  ['40.94.20.1', 'Microsoft Defender'],
  ['2a01:111:f400:7e00::1', 'Microsoft Defender'],
  ['209.222.82.17', 'Barracuda'],
  ['67.231.159.255', 'Proofpoint'],
  ['67.231.160.0', null],
  ['148.163.130.9', 'Proofpoint'],
  ['207.211.31.127', 'Mimecast'],
  ['207.211.31.128', null],
  ['170.10.133.4', 'Mimecast'],
  ['::ffff:40.107.218.12', 'Microsoft Defender'],
  ['fe80::1%eth0', null],
  ['127.0.0.1', null],
  ['', null],
  ['no address', null],
])('%s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('whatever stands in place of an address has no network, and nothing is thrown', () => {
  fc.assert(fc.property(fc.string(), (text) => networkOf(text) === null));
});

test('an address is of one network, however it is written', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(networkOf(`::ffff:${address}`)).toBe(networkOf(address));
    }),
  );
});

test('people are behind the networks that show pages, and behind no other', () => {
  expect(['Microsoft Defender', 'Barracuda', 'Proofpoint', 'Mimecast', 'no such'].filter(showsPages)).toEqual(
    ['Proofpoint', 'Mimecast'],
  );
});
