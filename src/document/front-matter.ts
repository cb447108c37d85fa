import { type Document, isNode, LineCounter, parseDocument, stringify, visit } from 'yaml';
import { z } from 'zod';
import { Fault } from '../result.ts';
import { cleanLine } from './clean-text.ts';
import type { Card, IssueDocument } from './document.ts';
import { domainOf, webAddress } from './web-address.ts';

/** A map of YAML as plain strings (no dates, no numbers), with the line each key stands on. */
interface YamlMap {
  readonly values: unknown;
  /** Counted from 1 in the whole file. */
  lineOf(path: readonly PropertyKey[]): number;
}

const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text === '' ? null : text));
const link = z.object({ title: z.string(), url: z.string() });
const optionalLink = z
  .union([link, z.literal('')])
  .optional()
  .transform((value) => (typeof value === 'object' ? value : null));

const frontMatter = z.object({
  title: optionalText,
  slug: optionalText,
  locale: optionalText,
  period: optionalText,
  preheader: optionalText,
  source_url: optionalText,
  picks: z.array(z.union([z.string(), link])).optional(),
  previous: optionalLink,
  next: optionalLink,
  round_ups: z.array(link).optional(),
});

export type FrontMatter = z.infer<typeof frontMatter>;

export interface SplitFile {
  readonly front: FrontMatter;
  lineOf(path: readonly PropertyKey[]): number;
  /** Keys that mean nothing here. */
  readonly unknownKeys: readonly string[];
  readonly body: string;
  /** How many lines stand before the body. */
  readonly bodyOffset: number;
}

/**
 * The front matter of a file that starts with `---`, and the Markdown below it.
 *
 * @throws {Fault} `bad_front_matter`, with the line.
 */
export function splitFrontMatter(text: string): SplitFile {
  const lines = text.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line));
  if (end < 0) {
    throw broken(1, 'it has no end', 'put a line --- below its last key');
  }
  const yaml = readYamlMap(lines.slice(1, end).join('\n'), 1);
  const parsed = frontMatter.safeParse(yaml.values ?? {});
  if (!parsed.success) throw notAsDocumented(parsed.error, yaml);
  return {
    front: parsed.data,
    lineOf: yaml.lineOf,
    unknownKeys: Object.keys(Object(yaml.values)).filter((key) => !(key in frontMatter.shape)),
    body: lines.slice(end + 1).join('\n'),
    bodyOffset: end + 1,
  };
}

function notAsDocumented(error: z.ZodError, yaml: YamlMap): Fault {
  const [problem] = error.issues;
  const path = problem?.path ?? [];
  if (path.length === 0) return broken(2, 'it is not a list of keys', 'write each as "key: value"');
  return broken(yaml.lineOf(path), `"${path.join('.')}" has not the right form`, formOf(path));
}

function formOf([key]: readonly PropertyKey[]): string {
  if (key === 'picks') return 'give a list, each with a title and a url';
  if (key === 'round_ups') return 'give a list, each with a title and a url';
  if (key === 'previous' || key === 'next') return 'give it a title and a url below it';
  return 'give one line of text, in quotes if it holds a colon';
}

/** @param offset how many lines of the file stand before this YAML */
function readYamlMap(text: string, offset: number): YamlMap {
  const counter = new LineCounter();
  // failsafe: every scalar is the text that was written, 2021 and yes too
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: counter });
  const [error] = document.errors;
  if (error || hasAlias(document)) {
    const line = (error?.linePos?.[0].line ?? 1) + offset;
    throw broken(
      line,
      error?.message.split(/ at line |\n/)[0] ?? 'it has an alias',
      'write it as "key: value", with quotes around a value that holds a colon',
    );
  }
  forgetNulls(document);
  return {
    values: document.toJS(),
    lineOf: (path) => {
      const node: unknown = path.length > 0 ? document.getIn(path, true) : null;
      const start = isNode(node) ? node.range?.[0] : undefined;
      return start === undefined ? offset + 1 : counter.linePos(start).line + offset;
    },
  };
}

/** A few lines of aliases can unfold to gigabytes, and an issue has no use for them. */
function hasAlias(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** `next: null` is nothing, and `title: "null"` is a title. */
function forgetNulls(document: Document.Parsed): void {
  visit(document, {
    Scalar: (_, node) => {
      if (node.type === 'PLAIN' && (node.value === 'null' || node.value === '~')) node.value = '';
    },
  });
}

function broken(line: number, what: string, remedy: string): Fault {
  return new Fault('bad_front_matter', `Line ${line}: the front matter is broken, ${what}: ${remedy}.`);
}

const cardForm = z.object({
  url: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  domain: z.string().optional(),
  image: z.object({ src: z.string(), alt: z.string().default('') }).optional(),
});

/**
 * A card's YAML; what it leaves out is filled from its address.
 *
 * @param line where the card's fence opens, from 1
 * @throws {Fault} `bad_card`
 */
export function readCard(text: string, line: number, base: string | null): Card {
  const document = parseDocument(text, { schema: 'failsafe' });
  const readable = document.errors.length === 0 && !hasAlias(document);
  const parsed = readable ? cardForm.safeParse(document.toJS()) : null;
  const url = parsed?.success ? webAddress(parsed.data.url, base) : null;
  if (!parsed?.success || url === null) {
    throw new Fault(
      'bad_card',
      `Line ${line}: this card cannot be read: write "url: https://...", and if wanted title, description, domain and image, each "key: value".`,
    );
  }
  const { title, description, domain, image } = parsed.data;
  return {
    url,
    title: cleanLine(title ?? '') || domainOf(url),
    description: description ?? '',
    domain: cleanLine(domain ?? '') || domainOf(url),
    image: image && cleanLine(image.src) !== '' ? image : null,
  };
}

export function writeCard(card: Card): string {
  const { url, title, description, domain, image } = card;
  return toYaml({
    url,
    title,
    ...(description !== '' && { description }),
    ...(domain !== domainOf(url) && { domain }),
    ...(image && { image }),
  });
}

/** In the order a person looks for them; what is empty is left out. */
export function writeFrontMatter(document: IssueDocument): string {
  const { title, slug, locale, period, preheader, source_url, picks, previous, next, round_ups } = document;
  return toYaml({
    title,
    slug,
    locale,
    ...(period !== null && { period }),
    ...(preheader !== '' && { preheader }),
    ...(source_url !== null && { source_url }),
    ...(picks.length > 0 && { picks }),
    ...(previous && { previous }),
    ...(next && { next }),
    ...(round_ups.length > 0 && { round_ups }),
  });
}

function toYaml(value: object): string {
  return stringify(value, { lineWidth: 0 });
}
