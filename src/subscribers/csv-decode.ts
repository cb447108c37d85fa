/** Bytes to text, piece by piece. */
interface Decoder {
  write(bytes: Buffer): string;
  end(): string;
}

const LONGEST_BOM = 3;
const [LINE_FEED, CARRIAGE_RETURN] = [10, 13];
/** A "line" longer than this is decoded as it comes. */
const LONGEST_LINE = 1024 * 1024;

/**
 * Text of a CSV file as spreadsheets write it: UTF-16 with its byte order mark, UTF-8 with or without, and
 * lines that cannot be UTF-8 as Windows-1252. Holds no more than a line.
 */
export async function* decodeCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: Decoder | null = null;
  let start = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (decoder) {
      yield decoder.write(Buffer.from(chunk));
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < LONGEST_BOM) continue;
    decoder = decoderFor(start);
    yield decoder.write(start);
  }
  decoder ??= decoderFor(start);
  if (start.length < LONGEST_BOM) yield decoder.write(start);
  yield decoder.end();
}

function decoderFor(start: Buffer): Decoder {
  if (start[0] === 0xff && start[1] === 0xfe) return utf16('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return utf16('utf-16be');
  return utf8OrWindows();
}

function utf16(label: string): Decoder {
  const decoder = new TextDecoder(label);
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

function utf8OrWindows(): Decoder {
  let rest = Buffer.alloc(0);
  return {
    write(bytes) {
      const all = Buffer.concat([rest, bytes]);
      const end = Math.max(all.lastIndexOf(LINE_FEED), all.lastIndexOf(CARRIAGE_RETURN)) + 1;
      const cut = end === 0 && all.length > LONGEST_LINE ? all.length : end;
      rest = all.subarray(cut);
      return decodeLines(all.subarray(0, cut));
    },
    end: () => decodeLines(rest),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

/** No byte of a longer character is a line feed in either encoding, so lines can be told apart first. */
function decodeLines(bytes: Buffer): string {
  const whole = decodeUtf8(bytes);
  if (whole !== null) return whole;
  let text = '';
  for (let from = 0; from < bytes.length; ) {
    const next = bytes.indexOf(LINE_FEED, from);
    const line = bytes.subarray(from, next < 0 ? bytes.length : next + 1);
    text += decodeUtf8(line) ?? windows1252.decode(line);
    from += line.length;
  }
  return text;
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
