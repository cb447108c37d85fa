import type { NoticeId } from '../../ids.ts';
import { findNotice } from '../../notices/notice-store.ts';
import { unreachable } from '../../result.ts';
import type { Web } from '../web-parts.ts';
import type { Tone } from './issue-state.ts';

export interface TestWord {
  readonly said: string;
  readonly said_tone: Tone;
  /** Whether the page would say more when it is opened once more. */
  readonly said_open?: boolean;
}

/** What became of a test so far, in words. */
export async function testWord(web: Web, id: NoticeId): Promise<TestWord | null> {
  const notice = await findNotice(web.db, id);
  if (notice?.kind !== 'test') return null;
  const { email, state, reply } = notice;
  const answer = reply ?? 'no word why';
  switch (state) {
    case 'queued':
    case 'handed over':
      return { said: `The test is on its way to ${email}.`, said_tone: 'wait', said_open: true };
    case 'accepted':
      return { said: `The mail server took the test for ${email}.`, said_tone: 'good' };
    case 'deferred':
      return {
        said: `The mail server asks to wait with the test for ${email}: ${answer}`,
        said_tone: 'wait',
      };
    case 'rejected':
      return { said: `The mail server refused the test for ${email}: ${answer}`, said_tone: 'bad' };
    case 'suppressed':
    case 'left':
      return { said: `The test was not sent: ${email} must not be mailed.`, said_tone: 'bad' };
    case 'unknown':
      return {
        said: `The connection broke while the test for ${email} was handed over: it may have arrived.`,
        said_tone: 'wait',
      };
    default:
      return unreachable(state);
  }
}
