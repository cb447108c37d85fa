/**
 * What differs from reader to reader stands in frozen HTML and text as a mark: a name between two
 * private-use characters, which Liquid and MJML pass through untouched. No other text can hold one,
 * because whatever is written into a letter goes through {@link withoutMarks} first.
 *
 * - `origin`: PUBLIC_URL, before `/assets/...`
 * - `base`: PUBLIC_URL and the publication's path, before `/issues/SLUG`
 * - `unsubscribe`, `preferences`: this reader's own links, whole
 */
export type SlotName = 'origin' | 'base' | 'unsubscribe' | 'preferences';
export type SlotValues = Readonly<Record<SlotName, string>>;

const OPEN = '\u{E000}';
const CLOSE = '\u{E001}';
const NAMES: ReadonlySet<string> = new Set<SlotName>(['origin', 'base', 'unsubscribe', 'preferences']);
const MARK = new RegExp(`${OPEN}([a-z]*)${CLOSE}`, 'g');

export function slot(name: SlotName): string {
  return OPEN + name + CLOSE;
}

/** The text without the private-use characters that marks are made of (U+E000 to U+E0FF). */
export function withoutMarks(text: string): string {
  return text.replace(/[\u{E000}-\u{E0FF}]/gu, '');
}

/** Puts the values in, escaped, so that each is right in an attribute and between tags. */
export function fillHtml(template: string, values: SlotValues): string {
  return fill(template, (name) => escapeHtml(values[name]));
}

export function fillText(template: string, values: SlotValues): string {
  return fill(template, (name) => values[name]);
}

/** The text in pieces, between and in the slots, for what is stamped many times. */
export function splitSlots(template: string): (string | { readonly slot: SlotName })[] {
  return template.split(MARK).map((piece, at) => (at % 2 === 0 ? piece : { slot: knownSlot(piece) }));
}

function fill(template: string, value: (name: SlotName) => string): string {
  return template.replace(MARK, (_mark, name: string) => value(knownSlot(name)));
}

function knownSlot(name: string): SlotName {
  if (!isSlotName(name)) throw new Error(`the letter has a slot "${name}" that nobody fills`);
  return name;
}

function isSlotName(name: string): name is SlotName {
  return NAMES.has(name);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}
