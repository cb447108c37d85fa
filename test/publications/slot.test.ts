import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestSlot, nextSlot, parseSlot, showSlot } from '../../src/publications/slot.ts';

const HOUR_MS = 3_600_000;

function next(text: string, timezone: string, after: string): string | undefined {
  return nextSlot({ slot: parseSlot(text), timezone }, new Date(after))?.toISOString();
}

function latest(text: string, timezone: string, now: string): string | undefined {
  return latestSlot({ slot: parseSlot(text), timezone }, new Date(now))?.toISOString();
}

test.each([
  ['Mon 08:00', { weekday: 1, time: '08:00' }],
  ['mondays 8:00', { weekday: 1, time: '08:00' }],
  ['Thurs 23:59', { weekday: 4, time: '23:59' }],
  ['SUNDAY 00:00', { weekday: 7, time: '00:00' }],
  ['none', null],
])('%j is a slot', (text, slot) => {
  expect(parseSlot(text)).toEqual(slot);
});

test.each(['', 'Mon', 'M 08:00', 'Mon 24:00', 'Mon 08:60', 'Montag 08:00', 'Mon 8'])(
  '%j is no slot, and the message shows how one is written',
  (text) => {
    expect(() => parseSlot(text)).toThrow(/write it like "Mon 08:00"/);
  },
);

test('a slot is shown as it is read', () => {
  const slot = { weekday: 3, time: '07:30' };
  expect(showSlot(slot)).toBe('Wed 07:30');
  expect(parseSlot(showSlot(slot))).toEqual(slot);
});

test('a publication without a slot has none before and none to come', () => {
  expect(nextSlot({ slot: null, timezone: 'UTC' }, new Date(0))).toBeNull();
  expect(latestSlot({ slot: null, timezone: 'UTC' }, new Date(0))).toBeNull();
});

test('the slot keeps its local hour through winter and summer', () => {
  expect(next('Mon 08:00', 'Europe/Berlin', '2026-03-23T12:00:00Z')).toBe('2026-03-30T06:00:00.000Z');
  expect(next('Mon 08:00', 'Europe/Berlin', '2026-03-20T12:00:00Z')).toBe('2026-03-23T07:00:00.000Z');
  expect(next('Mon 08:00', 'America/New_York', '2026-03-02T13:00:00Z')).toBe('2026-03-09T12:00:00.000Z');
  expect(next('Mon 08:00', 'UTC', '2026-03-23T12:00:00Z')).toBe('2026-03-30T08:00:00.000Z');
});

test('a slot in the hour that is skipped happens at the instant of the change', () => {
  expect(next('Sun 02:30', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
  expect(next('Sun 02:30', 'America/New_York', '2026-03-07T12:00:00Z')).toBe('2026-03-08T07:00:00.000Z');
  expect(latest('Sun 02:30', 'Europe/Berlin', '2026-03-29T01:00:00Z')).toBe('2026-03-29T01:00:00.000Z');
  expect(latest('Sun 02:30', 'Europe/Berlin', '2026-03-29T00:59:59Z')).toBe('2026-03-22T01:30:00.000Z');
  expect(next('Sun 02:30', 'UTC', '2026-03-28T12:00:00Z')).toBe('2026-03-29T02:30:00.000Z');
});

test('a slot in the hour that comes twice happens once, the first time', () => {
  expect(next('Sun 02:30', 'Europe/Berlin', '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
  expect(next('Sun 02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z')).toBe('2026-11-01T01:30:00.000Z');
  expect(latest('Sun 02:30', 'Europe/Berlin', '2026-10-25T01:45:00Z')).toBe('2026-10-25T00:30:00.000Z');
  expect(next('Sun 01:30', 'America/New_York', '2026-10-31T12:00:00Z')).toBe('2026-11-01T05:30:00.000Z');
  expect(next('Sun 01:30', 'America/New_York', '2026-11-01T05:30:00Z')).toBe('2026-11-08T06:30:00.000Z');
});

test('a slot on the other side of midnight from UTC is on the local weekday', () => {
  expect(next('Mon 00:10', 'Pacific/Auckland', '2026-06-10T00:00:00Z')).toBe('2026-06-14T12:10:00.000Z');
  expect(next('Sun 23:50', 'America/Los_Angeles', '2026-06-10T00:00:00Z')).toBe('2026-06-15T06:50:00.000Z');
});

test('from any instant: the last slot is not after it, the next one is, and a week lies between', () => {
  const slots = fc.record({
    weekday: fc.integer({ min: 1, max: 7 }),
    time: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
  });
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'UTC',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
  );
  const instants = fc.date({
    min: new Date('1971-01-01T00:00:00Z'),
    max: new Date('2037-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(slots, zones, instants, (slot, timezone, now) => {
      const before = latestSlot({ slot, timezone }, now)?.getTime() ?? Number.NaN;
      const after = nextSlot({ slot, timezone }, now)?.getTime() ?? Number.NaN;
      expect(before).toBeLessThanOrEqual(now.getTime());
      expect(after).toBeGreaterThan(now.getTime());
      expect(Math.abs(after - before - 7 * 24 * HOUR_MS)).toBeLessThanOrEqual(HOUR_MS);
    }),
    { numRuns: 500 },
  );
});
