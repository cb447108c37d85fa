import type { IssueDocument } from '../document/document.ts';
import { readIssue } from '../document/read-issue.ts';
import { composeMessage } from '../outbound/compose.ts';
import { feedbackId, listId } from '../outbound/message-names.ts';
import type { Publication } from '../publications/publication.ts';
import { renderLetter } from '../rendering/letter.ts';
import { fillHtml, fillText } from '../rendering/slots.ts';
import { Fault } from '../result.ts';

/** Stands in the sample where each reader's own token stands, and is as long as one. */
export const SAMPLE_TOKEN = 'sampletokenofareader0123456789';
export const LETTERS_URL = 'https://letters.example.test';

/** The letter as one reader gets it, for what runs beside the press. */
export interface SampleLetter {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** As it goes over the wire. */
  readonly raw: string;
}

export interface BenchLetter {
  readonly markdown: string;
  readonly sample: SampleLetter;
}

const ITEMS = 3;
const TRIAL_WORDS = 100;
const WORDS =
  'the week in papers a model that reads its own notes and one that forgets them what held and what did not'.split(
    ' ',
  );

/**
 * An issue whose letter has about so many bytes on the wire. A word costs about the same wherever it stands, so two
 * trials tell how many are needed.
 *
 * @throws {Fault} `too_few_bytes`
 */
export async function letterOf(bytes: number, publication: Publication): Promise<BenchLetter> {
  const least = await written(1, publication);
  const trial = await written(TRIAL_WORDS, publication);
  const perWord = (trial.sample.raw.length - least.sample.raw.length) / (TRIAL_WORDS - 1);
  const words = Math.round((bytes - least.sample.raw.length) / perWord) + 1;
  if (words >= 1) return written(words, publication);
  throw new Fault(
    'too_few_bytes',
    `--bytes must be ${least.sample.raw.length} or more: no letter is shorter.`,
  );
}

/** @param words of commentary below each item. */
async function written(words: number, publication: Publication): Promise<BenchLetter> {
  const markdown = markdownOf(words);
  const { document } = readIssue(markdown, publication);
  return { markdown, sample: await sampleOf(document, publication) };
}

function markdownOf(words: number): string {
  const items = Array.from({ length: ITEMS }, (_, place) => {
    const link = `[Paper number ${place}](https://papers.example.test/${place}/as-it-was-printed)`;
    return `## What paper ${place} found\n\n${link}\n\n${wordsOf(words, place)}.\n`;
  });
  return `---\ntitle: A letter to be measured\nslug: measured\n---\n\n# Papers\n\n${items.join('\n')}`;
}

function wordsOf(count: number, from: number): string {
  return Array.from({ length: count }, (_, place) => WORDS[(from + place) % WORDS.length]).join(' ');
}

async function sampleOf(document: IssueDocument, publication: Publication): Promise<SampleLetter> {
  const letter = await renderLetter({ document, publication, pictures: new Map() });
  const link = (verb: string) => `${LETTERS_URL}/${verb}/${SAMPLE_TOKEN}`;
  const slots = {
    origin: LETTERS_URL,
    base: LETTERS_URL,
    unsubscribe: link('unsubscribe'),
    preferences: link('preferences'),
  };
  const { name, slug, from_name, from_address, reply_to } = publication;
  const content = {
    subject: letter.subject,
    html: fillHtml(letter.html, slots),
    text: fillText(letter.text, slots),
  };
  const raw = await composeMessage({
    ...content,
    from: { name: from_name, address: from_address },
    reply_to,
    to: { name: 'Reader 1', address: `${SAMPLE_TOKEN}@d1.example.test` },
    message_id: `<${SAMPLE_TOKEN}@example.test>`,
    date: new Date(0),
    list: {
      id: listId(slug, from_address),
      name,
      unsubscribe_url: slots.unsubscribe,
      unsubscribe_mail: null,
    },
    feedback_id: feedbackId('i1', slug, from_address),
    auto_submitted: false,
  });
  return { ...content, raw: raw.toString('latin1') };
}
