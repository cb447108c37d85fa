import MarkdownItFactory, { type MarkdownIt, type Token } from 'markdown-it';
import { joinLines } from './clean-text.ts';

/**
 * The one Markdown dialect of introduction, commentary and closing words: CommonMark without HTML (tags
 * are shown as text), tables and pictures; links to http, https and mailto alone, bare addresses included.
 */
const dialect: MarkdownIt = new MarkdownItFactory({ html: false, linkify: true }).disable('table');
dialect.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
dialect.validateLink = (url) => /^(https?|mailto):/i.test(url.trim());

// an item has one picture, which is not in its commentary; another one is a link to it
dialect.renderer.rules.image = (tokens, index) => {
  const { children, href } = readImage(tokens[index]);
  const words = dialect.utils.escapeHtml(plainText(children) || 'picture');
  return href === '' ? words : `<a href="${dialect.utils.escapeHtml(href)}">${words}</a>`;
};
dialect.renderer.rules.fence = (tokens, index) =>
  `<pre><code>${dialect.utils.escapeHtml(tokens[index]?.content ?? '')}</code></pre>\n`;
dialect.core.ruler.push('headings below the headline', ({ tokens }) => {
  // the title, a section and a headline are h1 to h3
  for (const token of tokens) if (/^h[1-3]$/.test(token.tag)) token.tag = 'h4';
});

dialect.core.ruler.push('links have an address and nothing else', ({ tokens }) => {
  for (const token of tokens) if (token.children) token.children = plainLinks(token.children);
});

/** `[words]()` is its words; the title of a link is shown nowhere in mail. Links do not nest. */
function plainLinks(tokens: readonly Token[]): Token[] {
  let address = '';
  return tokens.filter((token) => {
    if (token.type === 'link_open') {
      address = String(token.attrGet('href') ?? '');
      token.attrs = [['href', address]];
    }
    return !token.type.startsWith('link_') || address !== '';
  });
}

function readImage(token: Token | undefined): { children: readonly Token[]; href: string } {
  return { children: token?.children ?? [], href: String(token?.attrGet('src') ?? '') };
}

/** HTML without attributes but `href` (and `start` of a numbered list), safe whatever was written. */
export function markdownToHtml(markdown: string): string {
  return dialect.render(markdown);
}

/**
 * The text of a letter's text part, a paragraph a line, not wrapped. `cite` is told each link's address and
 * answers the mark that stands behind the link's words (" [3]").
 */
export function markdownToText(markdown: string, cite: (url: string) => string = () => ''): string {
  const tokens = dialect.parse(markdown, {});
  return writeBlocks(tokens, cite)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** A title is shorter; a longer line is nobody's title, and may have been made to be slow. */
const LONGEST_LINE = 5000;

/** The words of a line of Markdown. */
export function wordsOf(line: string): string {
  if (line.length > LONGEST_LINE || !/[\\`*_[\]<&~!\n]/.test(line)) return line;
  return plainText(dialect.parseInline(line, {})[0]?.children ?? []);
}

/** The words of inline tokens, marks of emphasis and addresses left out. */
export function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => tokenWords(token, () => ''))
    .reduce(joinSoftly, '')
    .replaceAll(SOFT, ' ');
}

/** One block a line, an empty line between paragraphs, containers by their customary marks. */
function writeBlocks(tokens: readonly Token[], cite: (url: string) => string): string[] {
  const lines: string[] = [];
  const prefixes: { first: string; rest: string }[] = [];
  const counters: (number | null)[] = [];
  const put = (text: string) => {
    for (const line of text.split('\n')) {
      lines.push(prefixes.map(({ first }) => first).join('') + line);
      for (const prefix of prefixes) prefix.first = prefix.rest;
    }
  };
  for (const token of tokens) {
    if (token.type === 'inline') put(writeInline(token.children ?? [], cite));
    else if (token.type === 'fence' || token.type === 'code_block')
      put(token.content.replace(/^/gm, '    ').trimEnd());
    else if (token.type === 'hr') put('* * *');
    else if (token.type === 'bullet_list_open') counters.push(null);
    else if (token.type === 'ordered_list_open') counters.push(Number(token.attrGet('start') ?? 1));
    else if (token.type === 'list_item_open') prefixes.push(itemPrefix(counters));
    else if (token.type === 'blockquote_open') prefixes.push({ first: '> ', rest: '> ' });
    if (token.type.endsWith('_list_close')) counters.pop();
    if (token.type === 'list_item_close' || token.type === 'blockquote_close') {
      prefixes.pop();
      if (/^[> ]*$/.test(lines.at(-1) ?? '')) lines.pop();
    }
    if (token.level === 0 && token.nesting <= 0) lines.push('');
    else if (token.type === 'paragraph_close' && !token.hidden)
      lines.push(
        prefixes
          .map(({ rest }) => rest)
          .join('')
          .trimEnd(),
      );
  }
  return lines;
}

function itemPrefix(counters: (number | null)[]): { first: string; rest: string } {
  const number = counters.at(-1) ?? null;
  if (number !== null) counters[counters.length - 1] = number + 1;
  const first = number === null ? '- ' : `${number}. `;
  return { first, rest: ' '.repeat(first.length) };
}

function writeInline(tokens: readonly Token[], cite: (url: string) => string): string {
  const open: string[] = [];
  const words = tokens.map((token) => {
    if (token.type === 'link_open') open.push(String(token.attrGet('href') ?? ''));
    if (token.type !== 'link_close') return tokenWords(token, cite);
    const url = open.pop() ?? '';
    // a bare address is its own words
    return token.info === 'auto' ? '' : cite(url);
  });
  return words.reduce(joinSoftly, '').replaceAll(SOFT, '');
}

/** Stands for a line's end within a paragraph until both its sides are known; never in a document. */
const SOFT = '\ue000';

function tokenWords(token: Token, cite: (url: string) => string): string {
  if (token.type === 'softbreak') return SOFT;
  if (token.type === 'hardbreak') return '\n';
  if (token.type === 'image') {
    const { children, href } = readImage(token);
    return plainText(children) + (href === '' ? '' : cite(href));
  }
  return token.content;
}

function joinSoftly(before: string, after: string): string {
  if (after === '') return before;
  return before.endsWith(SOFT) ? joinLines(before.slice(0, -1), after) : before + after;
}
