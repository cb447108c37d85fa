/**
 * The links of a finished letter that lead to the web. Templates write each as `href="..."` in an `<a>`, and whatever
 * an editor wrote has its quotes and brackets escaped, so nothing else looks like one. The letter's own slots
 * (unsubscribe, preferences, the web page of the issue) begin with no scheme and are not among them.
 */
const LINK = /(<a\b[^<>]*?\shref=")(https?:[^"<>]*)(?=")/gi;

/** Each address once, in the order in which they appear, as a browser reads them: `&amp;` is `&`. */
export function letterLinks(html: string): readonly string[] {
  return [...new Set([...html.matchAll(LINK)].map(([, , url = '']) => unescapeHtml(url)))];
}

/** The letter in pieces, between its links and what they lead to. */
export function splitLinks(html: string): (string | { readonly url: string })[] {
  const pieces: (string | { readonly url: string })[] = [];
  let from = 0;
  for (const { index, 1: before = '', 2: url = '' } of html.matchAll(LINK)) {
    pieces.push(html.slice(from, index + before.length), { url: unescapeHtml(url) });
    from = index + before.length + url.length;
  }
  return [...pieces, html.slice(from)];
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The references that templates and Markdown write into attributes. */
function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(amp|lt|gt|quot|apos));/gi,
    (as, decimal, hex, name) => {
      if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? as;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}
