import { postalLines } from './footer-text.ts';
import { direction, fontStack, isEastAsian } from './locale.ts';
import { type Palette, palette } from './palette.ts';
import type { PublicationFacts } from './publication-facts.ts';
import { type Words, words } from './words.ts';

/** What every mail template and partial may use, letter or notice (the table in emails/README.md). */
export interface LetterShell {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** The side where a line begins, and the other one: mail has no logical properties. */
  readonly start: 'left' | 'right';
  readonly end: 'left' | 'right';
  readonly font: string;
  /** East Asian scripts have no italics: what browsers make up is hard to read. */
  readonly slant: 'italic' | 'normal';
  readonly palette: Palette;
  readonly words: Words;
  readonly publication: { readonly name: string };
  readonly postal_lines: readonly string[];
}

export function letterShell(locale: string, publication: PublicationFacts): LetterShell {
  const dir = direction(locale);
  return {
    lang: locale,
    dir,
    start: dir === 'rtl' ? 'right' : 'left',
    end: dir === 'rtl' ? 'left' : 'right',
    font: fontStack(locale),
    slant: isEastAsian(locale) ? 'normal' : 'italic',
    palette: palette(publication.accent),
    words: words(locale),
    publication: { name: publication.name },
    postal_lines: postalLines(publication),
  };
}
