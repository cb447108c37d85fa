import { markdownToHtml } from '../document/commentary.ts';
import type { Card, IssueDocument, Item, Link, Picture, Section } from '../document/document.ts';
import { domainOf, webAddress } from '../document/web-address.ts';
import { direction } from './locale.ts';
import { showPeriod } from './period.ts';
import type { Pictures } from './pictures.ts';
import type { PublicationFacts } from './publication-facts.ts';
import { withoutMarks } from './slots.ts';
import { fillWords, type Words, words } from './words.ts';

/** An issue as templates read it: each link is safe or null, each text plain or HTML by its name. */
export interface IssueView {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly words: Words;
  readonly publication: { readonly name: string; readonly description: string };
  readonly title: string;
  readonly slug: string;
  readonly period: string | null;
  readonly intro_html: string;
  readonly picks: readonly LinkView[];
  readonly sections: readonly SectionView[];
  readonly previous: LinkView | null;
  readonly next: LinkView | null;
  readonly round_ups: readonly LinkView[];
  readonly outro_html: string;
}

interface LinkView {
  readonly title: string;
  readonly href: string | null;
}

interface SectionView {
  readonly anchor: string;
  readonly number: string;
  /** '' for items without a section: then their headlines are one level higher. */
  readonly title: string;
  readonly item_heading: 'h2' | 'h3';
  readonly items: readonly ItemView[];
}

interface ItemView {
  readonly anchor: string;
  readonly headline: string;
  readonly href: string | null;
  /** The source's own title and, where no card shows it, its domain. */
  readonly source: string | null;
  readonly domain: string | null;
  readonly picture: PictureView | null;
  readonly commentary_html: string;
  readonly card: CardView | null;
}

/** `path` is null where the picture is missing: then the alt text stands in its place. */
interface PictureView {
  readonly path: string | null;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

interface CardView {
  readonly title: string;
  readonly description: string;
  readonly domain: string;
  readonly href: string | null;
  readonly picture: PictureView | null;
}

interface ViewInput {
  readonly document: IssueDocument;
  readonly publication: PublicationFacts;
  readonly pictures: Pictures;
}

export function issueView({ document, publication, pictures }: ViewInput): IssueView {
  const said = words(document.locale);
  return {
    lang: document.locale,
    dir: direction(document.locale),
    words: said,
    publication: { name: publication.name, description: publication.description },
    title: document.title,
    slug: document.slug,
    period: document.period === null ? null : showPeriod(document.period, document.locale, said),
    intro_html: html(document.intro, 'h2'),
    picks: document.picks.map(linkView),
    sections: document.sections.map((section, at) => sectionView(section, at, { pictures, said })),
    previous: document.previous && linkView(document.previous),
    next: document.next && linkView(document.next),
    round_ups: document.round_ups.map(linkView),
    outro_html: html(document.outro, 'h2'),
  };
}

interface Around {
  readonly pictures: Pictures;
  readonly said: Words;
}

function sectionView(section: Section, at: number, around: Around): SectionView {
  return {
    anchor: sectionAnchor(at),
    number: String(at + 1).padStart(2, '0'),
    title: section.title,
    item_heading: section.title === '' ? 'h2' : 'h3',
    items: section.items.map((item, itemAt) => ({
      ...itemView(item, around),
      anchor: itemAnchor(at, itemAt),
      commentary_html: html(item.commentary, section.title === '' ? 'h3' : 'h4'),
    })),
  };
}

function itemView(item: Item, { pictures, said }: Around): Omit<ItemView, 'anchor' | 'commentary_html'> {
  const href = address(item.url);
  const otherwise = fillWords(said.picture_of, { headline: item.headline });
  return {
    headline: item.headline,
    href,
    source: item.source_title,
    domain: href !== null && item.card === null ? domainOf(href) : null,
    picture: item.image && pictureView(item.image, pictures, otherwise),
    card: item.card && cardView(item.card, pictures),
  };
}

function cardView(card: Card, pictures: Pictures): CardView {
  const { title, description } = card;
  const domain = card.domain.replace(/^www\./, '');
  const picture = card.image && pictureView(card.image, pictures, '');
  // the card is a link with words of its own: a picture that is not there adds nothing to it
  const shown = picture?.path ? picture : null;
  return { title, description, domain, href: webAddress(card.url), picture: shown };
}

function pictureView(picture: Picture, pictures: Pictures, otherwise: string): PictureView {
  const file = pictures.get(picture.src);
  const alt = picture.alt.trim() || otherwise;
  return { path: file?.path ?? null, width: file?.width ?? 0, height: file?.height ?? 0, alt };
}

function sectionAnchor(at: number): string {
  return `s${at + 1}`;
}

function itemAnchor(at: number, itemAt: number): string {
  return `s${at + 1}-${itemAt + 1}`;
}

function address(url: string | null): string | null {
  return url === null ? null : webAddress(url);
}

function linkView(link: Link): LinkView {
  return { title: link.title, href: webAddress(link.url) };
}

/**
 * Markdown headings stand at h4 or below, whatever is around them: here they come right under the headline
 * or, in the opening and closing words, under the title, so that no level is skipped.
 */
function html(markdown: string, heading: 'h2' | 'h3' | 'h4'): string {
  const written = markdownToHtml(markdown).replace(/<(\/?)h[1-6]>/g, `<$1${heading}>`);
  return withoutMarks(written).trim();
}
