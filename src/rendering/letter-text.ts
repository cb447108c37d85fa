import { markdownToText } from '../document/commentary.ts';
import type { IssueDocument, Item, Link, Section } from '../document/document.ts';
import { domainOf, webAddress } from '../document/web-address.ts';
import { footerText, ruled } from './footer-text.ts';
import { showPeriod } from './period.ts';
import type { PublicationFacts } from './publication-facts.ts';
import { slot, withoutMarks } from './slots.ts';
import { fillWords, type Words, words } from './words.ts';
import { wrapText } from './wrap-text.ts';

/**
 * A letter's text part, written from the issue and not from its HTML: the same order, lines of at most 72
 * columns, links as numbers whose addresses stand at the end of the section they are in.
 */
export function letterText(document: IssueDocument, publication: PublicationFacts): string {
  const said = words(document.locale);
  const notes = new Notes(said);
  const blocks = [
    masthead(document, publication, said),
    prose(document.intro, notes),
    picks(document, said, notes),
    topics(document, said),
    notes.list(),
    ...document.sections.map((section, at) => sectionText(section, at, notes)),
    prose(document.outro, notes),
    neighbours(document, said, notes),
    notes.list(),
    footerText({
      publication,
      said,
      reason: fillWords(said.reason, { name: publication.name }),
      links: [
        { text: said.view_on_web, url: issueAddress(document) },
        { text: said.preferences, url: slot('preferences') },
        { text: said.unsubscribe, url: slot('unsubscribe') },
      ],
    }),
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

/** Where the issue stands on the web; a mark and a path. */
export function issueAddress(document: IssueDocument): string {
  return `${slot('base')}/issues/${withoutMarks(document.slug)}`;
}

/** Links numbered through the whole letter, each address once; `list` gives those since the last list. */
class Notes {
  readonly #said: Words;
  readonly #numbers = new Map<string, number>();
  #fresh: string[] = [];

  constructor(said: Words) {
    this.#said = said;
  }

  cite = (url: string): string => {
    const clean = withoutMarks(url);
    const known = this.#numbers.get(clean);
    if (known !== undefined) return ` [${known}]`;
    const number = this.#numbers.size + 1;
    this.#numbers.set(clean, number);
    this.#fresh.push(`[${number}] ${clean}`);
    return ` [${number}]`;
  };

  list(): string {
    if (this.#fresh.length === 0) return '';
    const lines = [`${this.#said.links}${this.#said.colon}`.trimEnd(), ...this.#fresh];
    this.#fresh = [];
    return lines.join('\n');
  }
}

function masthead(document: IssueDocument, publication: PublicationFacts, said: Words): string {
  const period = document.period === null ? '' : ` / ${showPeriod(document.period, document.locale, said)}`;
  return [
    wrapText(withoutMarks(publication.name + period)),
    said.view_on_web + said.colon + issueAddress(document),
    '',
    ruled(document.title, '='),
  ].join('\n');
}

function prose(markdown: string, notes: Notes, indent = ''): string {
  const text = withoutMarks(markdownToText(markdown, notes.cite));
  return wrapText(text, { first: indent });
}

function picks(document: IssueDocument, said: Words, notes: Notes): string {
  if (document.picks.length === 0) return '';
  const lines = document.picks.map(({ title, url }, at) => numbered(at, title + citeAddress(url, notes)));
  return [ruled(said.picks, '-'), ...lines].join('\n');
}

function topics(document: IssueDocument, said: Words): string {
  if (document.sections.length < 2) return '';
  const lines = document.sections.map(({ title, items }, at) => numbered(at, `${title} (${items.length})`));
  return [ruled(said.topics, '-'), ...lines].join('\n');
}

function numbered(at: number, text: string): string {
  return wrapText(withoutMarks(text), { first: `${at + 1}. `, rest: '   ' });
}

function sectionText(section: Section, at: number, notes: Notes): string {
  const items = section.items.map((item) => itemText(item, notes));
  return [`\n${ruled(`${at + 1}. ${section.title}`, '=')}`, ...items, notes.list()]
    .filter(Boolean)
    .join('\n\n');
}

function itemText(item: Item, notes: Notes): string {
  const head = wrapText(withoutMarks(item.headline), { first: '* ', rest: '  ' });
  const source = sourceLine(item, notes);
  const lead = source === '' ? head : `${head}\n${wrapText(source, { first: '  ' })}`;
  const rest = [pictureLine(item), prose(item.commentary, notes, '  '), cardText(item, notes)];
  return [lead, ...rest].filter((block) => block.trim() !== '').join('\n\n');
}

function sourceLine({ url, source_title, card }: Item, notes: Notes): string {
  const address = url === null ? null : webAddress(url);
  if (address === null) return withoutMarks(source_title ?? '');
  // where a card follows, it says what the link is
  if (source_title === null && card !== null && webAddress(card.url) === address) return '';
  return withoutMarks(source_title ?? domainOf(address)) + notes.cite(address);
}

function pictureLine({ image }: Item): string {
  return image?.alt.trim() ? wrapText(`[${withoutMarks(image.alt)}]`, { first: '  ' }) : '';
}

function cardText({ card }: Item, notes: Notes): string {
  if (card === null) return '';
  const title = withoutMarks(card.title) + citeAddress(card.url, notes);
  const rest = [card.description, card.domain].map(withoutMarks).filter(Boolean);
  return [title, ...rest].map((line) => wrapText(line, { first: '  | ' })).join('\n');
}

function neighbours(document: IssueDocument, said: Words, notes: Notes): string {
  const named = (label: string, link: Link) =>
    wrapText(withoutMarks(label + said.colon + link.title + citeAddress(link.url, notes)), {
      first: '',
      rest: '  ',
    });
  const lines = [
    document.previous && named(said.previous, document.previous),
    document.next && named(said.next, document.next),
    ...document.round_ups.map((link) => named(said.round_ups, link)),
  ];
  return lines.filter(Boolean).join('\n');
}

function citeAddress(url: string, notes: Notes): string {
  const address = webAddress(url);
  return address === null ? '' : notes.cite(address);
}
