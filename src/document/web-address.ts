/**
 * The one spelling of an http or https address that documents hold, or null for anything else.
 * A relative one is resolved against `base`, the address of the text it stands in.
 */
export function webAddress(text: string, base: string | null = null): string | null {
  const trimmed = text.trim();
  if (trimmed === '' || !URL.canParse(trimmed, base ?? undefined)) return null;
  const url = new URL(trimmed, base ?? undefined);
  if (!/^https?:$/.test(url.protocol) || url.hostname === '') return null;
  // a backslash may stand in a query, and would be an escape wherever Markdown is written
  return url.href.replaceAll('\\', '%5C');
}

export function domainOf(url: string): string {
  return new URL(url).hostname.replace(/^www\./, '');
}

/** Query parameters that say where a reader came from, and nothing of the page. */
const TRACKING = /^(utm_.*|source|sk|gi|fbclid|gclid|mc_cid|mc_eid)$/;

export function withoutTracking(address: string): string {
  const url = new URL(address);
  const tracking = [...url.searchParams.keys()].filter((key) => TRACKING.test(key));
  for (const key of tracking) url.searchParams.delete(key);
  return url.href;
}
