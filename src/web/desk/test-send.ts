import type { NoticeId } from '../../ids.ts';
import { findNotice } from '../../notices/notice-store.ts';
import { unreachable } from '../../result.ts';
import type { Web } from '../web-parts.ts';

/** What became of a test so far, in words. */
export async function testSentence(web: Web, id: NoticeId): Promise<string | null> {
  const notice = await findNotice(web.db, id);
  if (notice?.kind !== 'test') return null;
  const { email, state, reply } = notice;
  const answer = reply ?? 'no word why';
  switch (state) {
    case 'queued':
    case 'handed over':
      return `The test is on its way to ${email}.`;
    case 'accepted':
      return `The mail server took the test for ${email}.`;
    case 'deferred':
      return `The mail server asks to wait with the test for ${email}: ${answer}`;
    case 'rejected':
      return `The mail server refused the test for ${email}: ${answer}`;
    case 'suppressed':
    case 'left':
      return `The test was not sent: ${email} is suppressed.`;
    case 'unknown':
      return `The connection broke while the test for ${email} was handed over: it may have arrived.`;
    default:
      return unreachable(state);
  }
}
