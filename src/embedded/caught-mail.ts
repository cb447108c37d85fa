import { simpleParser } from 'mailparser';

/** A mail as a reader's program would show it. */
export interface ParsedMail {
  readonly subject: string;
  readonly from: string;
  readonly to: string;
  readonly html: string | null;
  readonly text: string | null;
  /** In the order of the mail, unfolded, otherwise as they stand there. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** What the mail itself does not hold must not be made up: no text from HTML, no HTML from text. */
const AS_IT_IS = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true };

export async function parseCaught(raw: Buffer): Promise<ParsedMail> {
  const mail = await simpleParser(raw, AS_IT_IS);
  const to = [mail.to ?? []].flat();
  return {
    subject: mail.subject ?? '',
    from: mail.from?.text ?? '',
    to: to.map((address) => address.text).join(', '),
    html: mail.html || null,
    text: mail.text || null,
    headers: mail.headerLines.map(({ line }) => headerOf(line)),
  };
}

/** The subject alone, decoded: only the mail's head is read. */
export async function subjectOf(raw: Buffer): Promise<string> {
  const end = raw.indexOf('\r\n\r\n');
  const { subject } = await simpleParser(end < 0 ? raw : raw.subarray(0, end + 4), AS_IT_IS);
  return subject ?? '';
}

function headerOf(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  const value = line.slice(colon + 1).replace(/\r?\n(?=[ \t])/g, '');
  return { name: line.slice(0, colon), value: value.trim() };
}
