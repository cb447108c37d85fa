import { unreachable } from '../result.ts';
import { compileMjml } from './compile-mjml.ts';
import { type FooterLink, footerText, ruled } from './footer-text.ts';
import { letterShell } from './letter-shell.ts';
import type { PublicationFacts } from './publication-facts.ts';
import { escapeHtml, withoutMarks } from './slots.ts';
import { renderTemplate } from './templates.ts';
import { fillWords, type Words, words } from './words.ts';
import { wrapText } from './wrap-text.ts';

interface NoticeFor {
  /** The reader's, or the editor's publication's. */
  readonly locale: string;
  readonly publication: PublicationFacts;
}

export type NoticeInput = NoticeFor &
  (
    | { readonly kind: 'confirm'; readonly values: ConfirmValues }
    | { readonly kind: 'welcome'; readonly values: WelcomeValues }
    | { readonly kind: 'editor'; readonly values: EditorValues }
  );

/** Nothing that was typed into the form: a stranger's mailbox is no place for a bot's advert. */
interface ConfirmValues {
  readonly confirm_url: string;
}

interface WelcomeValues {
  readonly name?: string;
  readonly newest: { readonly title: string; readonly url: string } | null;
  readonly preferences_url: string;
  readonly unsubscribe_url: string;
}

interface EditorValues {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly link?: { readonly title: string; readonly url: string };
}

export interface RenderedNotice {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** A mail to one person that is no issue, whole: nothing in it is filled in later. */
export async function renderNotice(input: NoticeInput): Promise<RenderedNotice> {
  const { locale, publication } = input;
  const content = noticeContent(input, words(locale));
  const links = content.links.map(({ text, url }) => ({ text, href_html: escapeHtml(withoutMarks(url)) }));
  const shell = { ...letterShell(locale, publication), links };
  return {
    subject: oneLine(content.subject),
    html: await compileMjml(await renderTemplate(input.kind, { notice: content }, shell)),
    text: noticeText(content, publication, words(locale)),
  };
}

/** What templates and the text part are written from. */
interface NoticeContent {
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** Drawn as a button in HTML. */
  readonly action: { readonly title: string; readonly url: string } | null;
  readonly after: readonly string[];
  readonly or_open: string;
  readonly reason: string;
  readonly links: readonly FooterLink[];
}

function noticeContent(input: NoticeInput, said: Words): NoticeContent {
  switch (input.kind) {
    case 'confirm':
      return confirmContent(input.values, said, input.publication.name);
    case 'welcome':
      return welcomeContent(input.values, said, input.publication.name);
    case 'editor':
      return editorContent(input.values, said, input.publication.name);
    default:
      return unreachable(input);
  }
}

function confirmContent({ confirm_url }: ConfirmValues, said: Words, name: string): NoticeContent {
  return {
    subject: fillWords(said.confirm_subject, { name }),
    heading: said.confirm_heading,
    paragraphs: [fillWords(said.confirm_ask, { name })],
    action: { title: said.confirm_button, url: confirm_url },
    after: [],
    or_open: said.or_open,
    reason: said.confirm_ignore,
    links: [],
  };
}

function welcomeContent(values: WelcomeValues, said: Words, name: string): NoticeContent {
  const reader = values.name?.trim() ?? '';
  return {
    subject: fillWords(said.welcome_subject, { name }),
    heading: reader === '' ? said.welcome_heading : fillWords(said.welcome_heading_named, { reader }),
    paragraphs: [
      fillWords(said.welcome_done, { name }),
      ...(values.newest === null ? [] : [said.welcome_newest]),
    ],
    action: values.newest,
    after: [said.welcome_leave],
    or_open: said.or_open,
    reason: fillWords(said.reason, { name }),
    links: [
      { text: said.preferences, url: values.preferences_url },
      { text: said.unsubscribe, url: values.unsubscribe_url },
    ],
  };
}

function editorContent(
  { heading, paragraphs, link }: EditorValues,
  said: Words,
  name: string,
): NoticeContent {
  return {
    subject: heading,
    heading,
    paragraphs,
    action: link ?? null,
    after: [],
    or_open: said.or_open,
    reason: fillWords(said.editor_reason, { name }),
    links: [],
  };
}

function noticeText(content: NoticeContent, publication: PublicationFacts, said: Words): string {
  const { heading, paragraphs, action, after, reason, links } = content;
  const blocks = [
    wrapText(withoutMarks(publication.name)),
    ruled(oneLine(heading), '='),
    ...paragraphs.map((text) => wrapText(withoutMarks(text))),
    action && `${wrapText(withoutMarks(action.title))}\n${withoutMarks(action.url)}`,
    ...after.map((text) => wrapText(withoutMarks(text))),
    footerText({ publication, said, reason, links }),
  ];
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

function oneLine(text: string): string {
  return withoutMarks(text).replaceAll(/\s+/g, ' ').trim();
}
