import { MJML_OPTIONS } from './mjml-order.ts';

type Compile = (mjml: string) => Promise<string>;

let compile: Compile = async (mjml) => {
  // loaded when first needed: it takes half a second, and most commands write no letter
  const { default: mjml2html } = await import('mjml');
  return (await mjml2html(mjml, MJML_OPTIONS)).html;
};

/**
 * From now on MJML is compiled somewhere else: it takes 80 MB, which a process that is to stay small, and compiles now
 * and then, should not keep.
 */
export function compileBy(other: Compile): void {
  compile = other;
}

/**
 * MJML to the HTML that is mailed.
 *
 * @throws when a template of ours is not valid MJML
 */
export async function compileMjml(mjml: string): Promise<string> {
  return collapse(withoutEmptyStyles(await compile(mjml)));
}

/** MJML leaves `class=""` on its Outlook tables, and style sheets with nothing in them. */
function withoutEmptyStyles(html: string): string {
  return html.replaceAll(' class=""', '').replaceAll(/<style[^>]*>\s*<\/style>/g, '');
}

const PREFORMATTED = /(<pre[\s\S]*?<\/pre>)/;

/**
 * Indentation is a third of what MJML writes, and Gmail counts bytes. A line break stays where one was,
 * so no space between words is lost; `<pre>` stays as it is. Not `\s`: that takes U+3000 too.
 */
function collapse(html: string): string {
  const parts = html.split(PREFORMATTED);
  return parts
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[ \t\r]*\n[ \t\r\n]*/g, '\n')))
    .join('');
}
