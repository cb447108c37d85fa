import { ok, type Result, refuse } from '../result.ts';

/** What a picture's own bytes say of it; sizes in pixels. */
export interface PictureFormat {
  readonly extension: 'png' | 'jpg' | 'gif';
  readonly media_type: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a picture's format from its bytes, whatever its name says. Only what every mail program shows is
 * taken; the refusal says what to do.
 */
export function readPictureFormat(bytes: Buffer): Result<PictureFormat, string> {
  const found = readPng(bytes) ?? readGif(bytes) ?? readJpeg(bytes);
  if (found && found.width > 0 && found.height > 0) return ok(found);
  return refuse(refusal(bytes));
}

function refusal(bytes: Buffer): string {
  const start = bytes.subarray(0, 512).toString('latin1');
  // caniemail.com: neither Gmail nor Outlook shows SVG, Outlook on Windows no WebP
  if (/<svg[\s>]/i.test(start)) return 'is an SVG, which mail programs do not show: save it as PNG';
  if (/^RIFF....WEBP/s.test(start)) return 'is a WebP, which Outlook does not show: save it as PNG or JPEG';
  return 'is no PNG, JPEG or GIF that can be read: save it again as one of them';
}

/** W3C PNG, 5.2 and 11.2.2: the signature, then IHDR with width and height. */
function readPng(bytes: Buffer): PictureFormat | null {
  const isPng = bytes.length >= 24 && bytes.toString('latin1', 0, 16) === '\x89PNG\r\n\x1a\n\0\0\0\rIHDR';
  if (!isPng) return null;
  const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  return { extension: 'png', media_type: 'image/png', ...size };
}

/** GIF89a, 17 and 18: the signature, then the logical screen. */
function readGif(bytes: Buffer): PictureFormat | null {
  if (bytes.length < 10 || !/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return null;
  return {
    extension: 'gif',
    media_type: 'image/gif',
    width: bytes.readUInt16LE(6),
    height: bytes.readUInt16LE(8),
  };
}

/** ITU-T T.81, B.1.1: segments up to the frame header (SOF), which has the size. */
function readJpeg(bytes: Buffer): PictureFormat | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    if (isFrameHeader(marker)) {
      const size = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
      return { extension: 'jpg', media_type: 'image/jpeg', ...size };
    }
    // a fill byte, or a segment with its length
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

/** SOF0 to SOF15, but for the three numbers that mean other tables (DHT, JPG, DAC). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
