import type { LetterShell } from './letter-shell.ts';

/**
 * Gives the Markdown dialect's HTML the inline styles that mail programs need; the dialect writes its
 * tags without attributes but for `href`, so a tag is known by its name. Night colours come by class.
 */
export function mailMarkdown(html: string, shell: Pick<LetterShell, 'palette' | 'start' | 'slant'>): string {
  const styles = tagStyles(shell);
  const styled = html.replace(
    /<([a-z][a-z0-9]*)(?=[\s>])/g,
    (tag, name: string) => tag + (styles[name] ?? ''),
  );
  return styled.replace(LAST_PARAGRAPH, '<p style="margin:0;">');
}

/** What follows a text has its own distance from it. */
const LAST_PARAGRAPH = /<p style="[^"]*">(?=(?:(?!<(?:p|ul|ol|li|pre|blockquote|hr|h\d)[ >])[\s\S])*$)/;

function tagStyles({
  palette: { light },
  start,
  slant,
}: Pick<LetterShell, 'palette' | 'start' | 'slant'>): Readonly<Record<string, string>> {
  const flow = 'margin:0 0 14px;';
  const heading = ` class="t"${style(`margin:0 0 8px;font-size:17px;line-height:1.4;color:${light.ink};`)}`;
  return {
    p: style(flow),
    a: ` class="k"${style(`color:${light.accent};text-decoration:underline;`)}`,
    ul: style(`${flow}padding:0 24px;`),
    ol: style(`${flow}padding:0 24px;`),
    em: style(`font-style:${slant};`),
    li: style('margin:0 0 6px;'),
    blockquote: ` class="m l"${style(`margin:0 0 14px;padding:0 18px;border-${start}:3px solid ${light.rule};color:${light.muted};`)}`,
    pre: ` class="box"${style(`${flow}padding:14px 16px;background:${light.tint};border-radius:6px;font-size:14px;line-height:1.5;white-space:pre-wrap;`)}`,
    code: style("font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.9em;"),
    hr: ` class="l"${style(`border:0;border-top:1px solid ${light.rule};margin:20px 0;`)}`,
    h2: heading,
    h3: heading,
    h4: heading,
    strong: ` class="t"${style(`color:${light.ink};`)}`,
  };
}

function style(css: string): string {
  return ` style="${css}"`;
}
