/** A message as it comes in, and where it ends. */
export interface Body {
  /** Where in the text, the next that has come, the message has ended; -1: not yet. */
  endIn(text: string): number;
}

const DOT = '\r\n.\r\n';

/** Ends behind its final dot (RFC 5321 section 4.5.2), which may come in two pieces. */
export function dottedBody(): Body {
  let tail = '\r\n';
  return {
    endIn(text) {
      const joined = tail + text;
      const at = joined.indexOf(DOT);
      const end = at < 0 ? -1 : at + DOT.length - tail.length;
      tail = joined.slice(1 - DOT.length);
      return end;
    },
  };
}

/** Ends after so many bytes (RFC 3030 section 2, in one chunk). */
export function sizedBody(bytes: number): Body {
  let left = bytes;
  return {
    endIn(text) {
      const end = text.length >= left ? left : -1;
      left -= text.length;
      return end;
    },
  };
}
