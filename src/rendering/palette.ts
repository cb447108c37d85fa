/**
 * The colours of letter and page, by day and by night, around one accent. Text keeps a contrast of
 * 4.5:1 on what it stands on (WCAG 2.2, 1.4.3), whatever accent the editor chose.
 */
interface Colours {
  readonly page: string;
  readonly sheet: string;
  readonly tint: string;
  readonly card: string;
  readonly ink: string;
  readonly body: string;
  readonly muted: string;
  readonly rule: string;
  /** The accent as it may be used for text. */
  readonly accent: string;
}

export interface Palette {
  /** The accent as the editor gave it, for surfaces without text. */
  readonly bar: string;
  readonly light: Colours;
  readonly dark: Colours;
}

const HOUSE_ACCENT = '#c2361f';
const LEAST_CONTRAST = 4.5;

const LIGHT = {
  page: '#f4f2ee',
  sheet: '#ffffff',
  card: '#fbfaf7',
  ink: '#191816',
  body: '#383632',
  muted: '#6b665e',
  rule: '#e3dfd7',
};

const DARK = {
  page: '#131211',
  sheet: '#1d1c1a',
  card: '#262422',
  ink: '#f4f1eb',
  body: '#d9d5cd',
  muted: '#a8a298',
  rule: '#3a3732',
};

export function palette(accent: string | null): Palette {
  const bar = accent !== null && /^#[0-9a-f]{6}$/i.test(accent) ? accent.toLowerCase() : HOUSE_ACCENT;
  return { bar, light: around(LIGHT, bar, 0.06), dark: around(DARK, bar, 0.12) };
}

function around(base: Omit<Colours, 'tint' | 'accent'>, bar: string, strength: number): Colours {
  const tint = mix(base.sheet, bar, strength);
  return { ...base, tint, accent: readable(bar, [base.sheet, base.page, base.card, tint], base.ink) };
}

/** The colour, moved towards the ink only as far as it takes to be read on every one of the grounds. */
function readable(colour: string, grounds: readonly string[], ink: string): string {
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(colour, ink, share);
    if (grounds.every((ground) => contrast(candidate, ground) >= LEAST_CONTRAST)) return candidate;
  }
  return ink;
}

function mix(from: string, to: string, share: number): string {
  const target = channels(to);
  const mixed = channels(from).map((value, at) => Math.round(value + ((target[at] ?? 0) - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const a = luminance(one) + 0.05;
  const b = luminance(other) + 0.05;
  return a > b ? a / b : b / a;
}

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
