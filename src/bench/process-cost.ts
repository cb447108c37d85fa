import { readdirSync, readFileSync } from 'node:fs';

/** What processes have cost so far, by proc(5); null on machines that have no /proc. */

/** USER_HZ, in which /proc counts, is 100 on every platform that Node runs on. */
const TICK_US = 10_000;
/** Places in /proc/PID/stat, counted from behind the command's closing bracket. */
const PARENT = 1;
const OWN_TICKS = [11, 12] as const;
const REAPED_TICKS = [13, 14] as const;

/** User and system time of a process, in microseconds. */
export function cpuOf(pid: number): number | null {
  return ticksIn(statOf(pid), OWN_TICKS);
}

/** The same of the children that a process has waited for. */
export function cpuOfReaped(pid: number): number | null {
  return ticksIn(statOf(pid), REAPED_TICKS);
}

/** A process, its children that run, and those it has waited for: a Postgres with all of its backends. */
export function cpuOfFamily(pid: number): number | null {
  const parent = statOf(pid);
  if (!parent) return null;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.[PARENT] === String(pid));
  const parts = [
    ticksIn(parent, [...OWN_TICKS, ...REAPED_TICKS]),
    ...children.map((stat) => ticksIn(stat, OWN_TICKS)),
  ];
  return parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

/** The most memory a process ever had, in bytes. */
export function peakRssOf(pid: number): number | null {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

export function parentOf(pid: number): number | null {
  const parent = statOf(pid)?.[PARENT];
  return parent === undefined ? null : Number(parent);
}

function statOf(pid: number): readonly string[] | null {
  const text = read(`/proc/${pid}/stat`);
  return text === null ? null : text.replace(/^.*\) /s, '').split(' ');
}

function ticksIn(stat: readonly string[] | null, places: readonly number[]): number | null {
  return stat && places.reduce((sum, place) => sum + Number(stat[place]), 0) * TICK_US;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
