import { IANAZone } from 'luxon';
import { DAY_MS, MINUTE_MS } from '../clock.ts';
import { Fault } from '../result.ts';

/** The weekly time at which the ready issue goes out, in the publication's own timezone. */
export interface Slot {
  /** ISO: 1 is Monday. */
  readonly weekday: number;
  /** `HH:MM` */
  readonly time: string;
}

interface Scheduled {
  readonly slot: Slot | null;
  readonly timezone: string;
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const SLOT_TEXT = /^([a-z]{3,}?)s?\s+([0-9]{1,2}):([0-9]{2})$/i;

/**
 * Reads "Mon 08:00" or "Mondays 8:00"; "none" is no slot.
 *
 * @throws {Fault} `bad_slot`
 */
export function parseSlot(text: string): Slot | null {
  if (text.trim().toLowerCase() === 'none') return null;
  const [, day = '', hour = '', minute = ''] = SLOT_TEXT.exec(text.trim()) ?? [];
  const weekday = weekdayOf(day);
  if (weekday === 0 || Number(hour) > 23 || Number(minute) > 59) {
    throw new Fault('bad_slot', `"${text}" is not a weekly slot: write it like "Mon 08:00", or "none".`);
  }
  return { weekday, time: `${hour.padStart(2, '0')}:${minute}` };
}

export function showSlot(slot: Slot): string {
  return `${(WEEKDAYS[slot.weekday - 1] ?? '').slice(0, 3)} ${slot.time}`;
}

/** The first slot after an instant; null where the publication has none. */
export function nextSlot(publication: Scheduled, after: Date): Date | null {
  return slotsAround(publication, after).find((slot) => slot > after) ?? null;
}

/** The last slot up to and including an instant. */
export function latestSlot(publication: Scheduled, now: Date): Date | null {
  return slotsAround(publication, now).findLast((slot) => slot <= now) ?? null;
}

function weekdayOf(text: string): number {
  const start = text.toLowerCase();
  return start.length < 3 ? 0 : WEEKDAYS.findIndex((name) => name.toLowerCase().startsWith(start)) + 1;
}

function slotsAround({ slot, timezone }: Scheduled, instant: Date): Date[] {
  if (slot === null) return [];
  const zone = IANAZone.create(timezone);
  const offset = zone.offset(instant.getTime()) * MINUTE_MS;
  const localDay = Math.floor((instant.getTime() + offset) / DAY_MS);
  // 1 January 1970, day 0, was a Thursday
  const daysBack = (((localDay + 3) % 7) - (slot.weekday - 1) + 7) % 7;
  const [hour = 0, minute = 0] = slot.time.split(':').map(Number);
  return [-7, 0, 7].map((days) => {
    const local = (localDay - daysBack + days) * DAY_MS + (hour * 60 + minute) * MINUTE_MS;
    return instantOf(local, zone);
  });
}

/**
 * The instant of a wall-clock time (in ms, as if it were UTC). A time that happens twice, as clocks go
 * back, is its first instant; one that is skipped, as they go forward, is the instant of the change,
 * the next one that exists. (Luxon's own choice for both depends on the season one asks in.)
 */
function instantOf(local: number, zone: IANAZone): Date {
  const offsets = [zone.offset(local - DAY_MS), zone.offset(local + DAY_MS)].map(
    (minutes) => minutes * MINUTE_MS,
  );
  const candidates = offsets.map((offset) => local - offset).sort((a, b) => a - b);
  const real = candidates.find((instant) => instant + zone.offset(instant) * MINUTE_MS === local);
  if (real !== undefined) return new Date(real);
  const [before = local, after = local] = candidates;
  return new Date(changeBetween(before, after, zone));
}

/** The first instant with the new offset: clocks change on whole minutes. */
function changeBetween(before: number, after: number, zone: IANAZone): number {
  const old = zone.offset(before);
  let low = before;
  let high = after;
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
    if (zone.offset(middle) === old) low = middle;
    else high = middle;
  }
  return high;
}
