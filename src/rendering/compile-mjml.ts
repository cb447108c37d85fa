/**
 * MJML to the HTML that is mailed. `mj-include` stays off (it would read files), no web fonts.
 *
 * @throws when a template of ours is not valid MJML
 */
export async function compileMjml(mjml: string): Promise<string> {
  // loaded when first needed: it takes half a second, and most commands write no letter
  const { default: mjml2html } = await import('mjml');
  const { html } = await mjml2html(mjml, { fonts: {}, ignoreIncludes: true, validationLevel: 'strict' });
  return collapse(withoutEmptyStyles(html));
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
