import type { Fault } from '../../result.ts';

/**
 * What the desk says where a fault's own sentence tells which command to run: the same matter, in the desk's
 * own buttons and fields. A fault that is not here says itself what to do.
 */
const SENTENCES: Readonly<Record<string, string>> = {
  unknown_publication: 'There is no such publication.',
  unknown_issue: 'There is no such issue in this publication.',
  unknown_send: 'There is no such send in this publication.',
  unknown_webhook: 'There is no such webhook in this publication.',
  unknown_call: 'This call is not kept any more.',
  webhook_off: 'This webhook is switched off: switch it on first.',
  bad_id: 'There is nothing at this address: it may be mistyped, or cut short.',
  no_postal_address:
    'This publication has no postal address, and the law asks for one in every letter: nothing can be sent until there is one.',
  past_time: 'That time is over: choose a later one, or send now.',
  already_sent: 'This issue has a send already: its page shows who got it.',
  duplicate_slug:
    'There is an issue with the same slug already: give this one another slug in its front matter, or tick “A new revision” to replace that one’s text.',
  duplicate_period:
    'Another issue has the same period: give this one another period in its front matter, or that issue’s slug and tick “A new revision” to replace its text.',
  unknown_form:
    'This is no issue that can be read: begin it with front matter (a line ---, “title: …”, a line ---), or choose a Medium export, which begins with “# Title”.',
  not_sending: 'This send is not under way any more, so there is nothing to pause.',
  not_paused: 'This send is not paused any more: its page shows how it stands now.',
  already_over: 'This send is over already: there is nothing to cancel.',
  not_over: 'This send is still under way: it tries again by itself.',
  nothing_to_retry:
    'Nobody is left to send to again: they have it, have left, must not be mailed, or are in an earlier retry.',
  condensed:
    'This send was over so long ago that only its counts are kept: there is nobody to send to again or to decide on.',
  cancelled: 'This send is cancelled and sends no more: retry it with its unknown ones instead.',
};

/** For an editor, who may never have seen a command line. */
export function deskSentence(fault: Fault): string {
  return SENTENCES[fault.code] ?? fault.message;
}
