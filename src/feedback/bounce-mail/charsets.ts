/** Bytes to text and back out of what mail wraps text in. Nothing here throws: what cannot be read is read as Latin-1. */

/** @param charset as the mail names it; null for headers and the like: UTF-8, or else Latin-1. */
export function decodeText(bytes: Buffer, charset: string | null): string {
  const named = charset === null ? null : decoderOf(charset);
  try {
    return named ? named.decode(bytes) : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** Names that mailers write and the Encoding Standard does not list. */
const ALIASES: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  ms932: 'shift_jis',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp936: 'gbk',
  'hz-gb-2312': 'gbk',
  cp1251: 'windows-1251',
  cp1252: 'windows-1252',
  ks_c_5601: 'euc-kr',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
};

function decoderOf(charset: string): InstanceType<typeof TextDecoder> | null {
  const name = charset.toLowerCase().replace(/[^a-z0-9._-]/g, '');
  try {
    return new TextDecoder(ALIASES[name] ?? name, {
      fatal: name === '' || (ALIASES[name] ?? name) === 'utf-8',
    });
  } catch {
    return null;
  }
}

/** Undoes a Content-Transfer-Encoding. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(bytes.toString('latin1'), 'base64');
    case 'quoted-printable':
      return fromQuotedPrintable(bytes.toString('latin1').replace(/=[ \t]*\r?\n/g, ''));
    default:
      return bytes;
  }
}

function fromQuotedPrintable(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

const WORD = /=\?([^?\s]{1,40})\?([BbQq])\?([^?\s]{0,2000})\?=/g;

/** Encoded words of a header (RFC 2047); the blank between two of them is none. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  return value
    .replace(/\?=\s{1,20}=\?/g, '?==?')
    .replace(WORD, (_, charset: string, kind: string, text: string) =>
      decodeText(
        /b/i.test(kind) ? Buffer.from(text, 'base64') : fromQuotedPrintable(text.replaceAll('_', ' ')),
        charset.split('*')[0] ?? charset,
      ),
    );
}
