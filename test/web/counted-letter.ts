import { type ParsedMail, simpleParser } from 'mailparser';
import { createSend } from '../../src/delivery/create-send.ts';
import { workBatch } from '../../src/delivery/work-batch.ts';
import type { Issue } from '../../src/issues/issue-store.ts';
import type { Publication } from '../../src/publications/publication.ts';
import { batchDeps } from '../support/press.ts';
import type { Sink } from '../support/sink.ts';
import type { Press } from './press.ts';

/** A letter as a reader's mail program has it. */
export interface Arrived {
  readonly to: string;
  readonly html: string;
  readonly text: string;
  readonly mail: ParsedMail;
}

/** Sends an issue to the publication's readers; answers the send, and the letters as they arrived. */
export async function mailIssue(press: Press, sink: Sink, publication: Publication, issue: Issue) {
  const send = await createSend(press.parts, { publication, issue, at: null, again: true });
  const deps = { ...batchDeps(press.db, [sink.target]), tokens: press.tokens };
  const before = sink.taken.length;
  await workBatch(deps, send.id, 1);
  await deps.outbound.close();
  const letters = await Promise.all(sink.taken.slice(before).map(read));
  return { send: send.id, letters };
}

async function read({ to, raw }: { readonly to: string; readonly raw: string }): Promise<Arrived> {
  const mail = await simpleParser(raw);
  return { to, html: mail.html || '', text: mail.text ?? '', mail };
}

/** What its links lead to, in their order, the hidden one last. */
export function hrefs(html: string): string[] {
  return [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map(([, href = '']) => href);
}

export function pixelOf(html: string): string | null {
  return /<img src="([^"]*\/o\/[^"]*\.gif)"/.exec(html)?.[1] ?? null;
}

/** The path alone, for `inject`. */
export function pathOf(address: string): string {
  return new URL(address).pathname;
}
