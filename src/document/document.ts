import { z } from 'zod';
import { cleanLine } from './clean-text.ts';
import { cleanMarkdown } from './structure.ts';
import { webAddress } from './web-address.ts';

/** Text in the dialect of commentary.ts; everything else in a document is plain text. */
export type Markdown = string;

/** One edition of an issue: what its editor wrote, in order, with nothing of how it looks. */
export interface IssueDocument {
  /** BCP 47 */
  readonly locale: string;
  readonly title: string;
  readonly slug: string;
  /** `2021-W06` a week, `2021-01` a month, `2021` a year; null for a special issue. */
  readonly period: string | null;
  /** What an inbox shows beside the subject; '' leaves it to the letter. */
  readonly preheader: string;
  readonly intro: Markdown;
  readonly picks: readonly Pick[];
  readonly sections: readonly Section[];
  readonly previous: Link | null;
  readonly next: Link | null;
  readonly round_ups: readonly Link[];
  readonly outro: Markdown;
  /** Where it was published first; relative links of an imported file stand below it. */
  readonly source_url: string | null;
}

/** Every `url` is an absolute http or https address. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** Points at the item with that address; the title is the editor's own wording. */
export interface Pick {
  readonly title: string;
  readonly url: string;
}

export interface Section {
  /** '' for the items of an issue without sections */
  readonly title: string;
  readonly items: readonly Item[];
}

export interface Item {
  readonly headline: string;
  /** What the item is about; its card's address where it has a card and no link of its own. */
  readonly url: string | null;
  /** The title of what `url` leads to; null where the card says it. */
  readonly source_title: string | null;
  readonly image: Picture | null;
  readonly commentary: Markdown;
  readonly card: Card | null;
}

export interface Picture {
  /** `/assets/HASH.EXT` once it is an asset, before that the reference as the file has it. */
  readonly src: string;
  readonly alt: string;
}

export interface Card {
  readonly url: string;
  readonly title: string;
  readonly description: string;
  readonly domain: string;
  readonly image: Picture | null;
}

export const SLUG = /^(?![a-z][0-9]+$)[a-z0-9][a-z0-9-]{0,126}$/;
export const PERIOD = /^[0-9]{4}(-(W(0[1-9]|[1-4][0-9]|5[0-3])|0[1-9]|1[0-2]))?$/;

/** More than a letter can be (Gmail cuts it at 102 KB); Markdown made to be slow stays quick below it. */
const LONGEST_TEXT = 50_000;
const LONGEST_LINE = 2000;

const line = z
  .string()
  .transform(cleanLine)
  .pipe(z.string().max(LONGEST_LINE, `is longer than ${LONGEST_LINE} characters`));
const words = line.pipe(z.string().min(1, 'must not be empty'));
const markdown = z
  .string()
  .transform(cleanMarkdown)
  .pipe(z.string().max(LONGEST_TEXT, `is longer than ${LONGEST_TEXT} characters`));
const address = z.string().transform((text, context) => {
  const url = webAddress(text);
  if (url === null) context.addIssue({ code: 'custom', message: 'must be an http or https address' });
  return url ?? '';
});

const link = z.object({ title: words, url: address });
const picture = z.object({ src: words, alt: line });
const card = z.object({
  url: address,
  title: words,
  description: line,
  domain: words,
  image: picture.nullable(),
});

const item = z
  .object({
    headline: words,
    url: address.nullable(),
    source_title: words.nullable(),
    image: picture.nullable(),
    commentary: markdown,
    card: card.nullable(),
  })
  .transform((value) => ({ ...value, url: value.url ?? value.card?.url ?? null }));

/** Checks a document and cleans its texts; parsing what it gave again changes nothing. */
export const issueDocument: z.ZodType<IssueDocument> = z.object({
  locale: line.pipe(z.string().refine(isLocale, 'must be a language such as en or zh-Hans')),
  title: words,
  slug: line.pipe(
    z
      .string()
      .regex(SLUG, 'must be small letters, digits and hyphens, such as week-6-2021 (and not i12, an id)'),
  ),
  period: line
    .pipe(z.string().regex(PERIOD, 'must be a week 2021-W06, a month 2021-01 or a year 2021'))
    .nullable(),
  preheader: line,
  intro: markdown,
  picks: z.array(link),
  sections: z.array(z.object({ title: line, items: z.array(item) })),
  previous: link.nullable(),
  next: link.nullable(),
  round_ups: z.array(link),
  outro: markdown,
  source_url: address.nullable(),
});

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}
