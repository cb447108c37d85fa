/** A Content-Type field (RFC 2045 section 5.1), read without faith. */
export interface ContentType {
  /** Lower case, such as "multipart/report"; "text/plain" where there is none. */
  readonly type: string;
  /** '' where there is none. */
  parameter(name: string): string;
}

const PARAMETER = /;\s*([a-z0-9_*-]{1,40})\s*=\s*(?:"([^"]{0,300})"?|([^\s;]{1,300}))/gi;

export function readContentType(value: string): ContentType {
  const type = value.split(';')[0]?.trim().toLowerCase() || 'text/plain';
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of value.slice(0, 4_000).matchAll(PARAMETER))
    parameters.set(name.toLowerCase().replace(/\*.*$/, ''), quoted ?? plain ?? '');
  return { type, parameter: (name) => parameters.get(name) ?? '' };
}
