import { markdownToText } from '../document/commentary.ts';
import type { IssueDocument } from '../document/document.ts';
import { compileMjml } from './compile-mjml.ts';
import { type IssueView, issueView } from './issue-view.ts';
import { type LetterShell, letterShell } from './letter-shell.ts';
import { issueAddress, letterText } from './letter-text.ts';
import { mailMarkdown } from './mail-markdown.ts';
import type { Pictures } from './pictures.ts';
import type { PublicationFacts } from './publication-facts.ts';
import { slot, withoutMarks } from './slots.ts';
import { renderTemplate } from './templates.ts';
import { fillWords, words } from './words.ts';

export interface Letter {
  readonly subject: string;
  readonly preheader: string;
  /** With slots, as {@link slot} writes them; filled for each reader by `fillHtml`. */
  readonly html: string;
  /** With slots too; filled by `fillText`. */
  readonly text: string;
}

export interface LetterInput {
  readonly document: IssueDocument;
  readonly publication: PublicationFacts;
  readonly pictures: Pictures;
}

/** Gmail clips a letter whose HTML is longer (measured by many, published by nobody). */
export const CLIP_BYTES = 102 * 1024;

/** An issue as it is mailed, the same for every reader but for its slots. */
export async function renderLetter({ document, publication, pictures }: LetterInput): Promise<Letter> {
  const shell = letterShell(document.locale, publication);
  const view = issueView({ document, publication, pictures });
  const preheader = preheaderOf(document);
  const own = {
    issue: forMail(view, shell),
    preheader,
    reason: fillWords(words(document.locale).reason, { name: publication.name }),
  };
  const mjml = await renderTemplate('issue', own, { ...shell, links: footerLinks(document) });
  return {
    subject: withoutMarks(document.title),
    preheader,
    html: await compileMjml(mjml),
    text: letterText(document, publication),
  };
}

function forMail(view: IssueView, shell: LetterShell): IssueView {
  const styled = (html: string) => mailMarkdown(html, shell);
  return {
    ...view,
    intro_html: styled(view.intro_html),
    outro_html: styled(view.outro_html),
    sections: view.sections.map((section) => ({
      ...section,
      items: section.items.map((item) => ({ ...item, commentary_html: styled(item.commentary_html) })),
    })),
  };
}

function footerLinks(document: IssueDocument) {
  const said = words(document.locale);
  return [
    { text: said.view_on_web, href_html: issueAddress(document) },
    { text: said.preferences, href_html: slot('preferences') },
    { text: said.unsubscribe, href_html: slot('unsubscribe') },
  ];
}

/** The line behind the subject in a list of mails: the editor's own, or what the letter opens with. */
function preheaderOf(document: IssueDocument): string {
  const picks = document.picks.map(({ title }) => title).join(' · ');
  const opening = [document.preheader, markdownToText(document.intro), picks].find(
    (text) => text.trim() !== '',
  );
  return shortened(
    withoutMarks(opening ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  );
}

const PREHEADER_LETTERS = 140;

function shortened(text: string): string {
  const letters = [...text];
  return letters.length > PREHEADER_LETTERS ? `${letters.slice(0, PREHEADER_LETTERS - 1).join('')}…` : text;
}
