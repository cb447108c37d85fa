import { DateTime } from 'luxon';
import { HOUR_MS } from '../clock.ts';
import { Fault } from '../result.ts';

/** A wall clock's time on a day, `2026-12-01T08:00`, in no zone: each reader's own is meant. */
export type LocalTime = string & { readonly __local: true };

/** The zone that a day reaches first is 14 hours ahead of UTC (Kiritimati, tz database). */
const FIRST_ZONE_HOURS = 14;

/**
 * @param time `HH:MM`
 * @param day `YYYY-MM-DD`; null: the day on which that time comes next where the publication is at home.
 * @throws {Fault} `bad_time`
 */
export function readLocalTime(time: string, day: string | null, timezone: string, now: Date): LocalTime {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
    throw new Fault('bad_time', `"${time}" is not a time of day: write it like 08:00.`);
  const home = DateTime.fromJSDate(now, { zone: timezone });
  const next = time > home.toFormat('HH:mm') ? home : home.plus({ days: 1 });
  return onDay(time, day ?? next.toFormat('yyyy-MM-dd'));
}

function onDay(time: string, day: string): LocalTime {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && DateTime.fromISO(day, { zone: 'UTC' }).isValid;
  if (isDay) return `${day}T${time}` as LocalTime;
  throw new Fault('bad_time', `"${day}" is not a day: with a local time, write it like 2026-12-01.`);
}

/** When it is that time for the first readers on earth. */
export function firstInstant(local: LocalTime): Date {
  const inUtc = DateTime.fromISO(local, { zone: 'UTC' }).toMillis();
  return new Date(inUtc - FIRST_ZONE_HOURS * HOUR_MS);
}

export function instantIn(local: LocalTime, timezone: string): Date {
  return DateTime.fromISO(local, { zone: timezone }).toJSDate();
}
