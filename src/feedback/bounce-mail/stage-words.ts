import type { Stage } from '../../replies/classify.ts';

/** Words by which mail servers tell what they had said when they were refused. The first that stands in the text. */
const STAGE_WORDS: readonly (readonly [words: string, stage: Stage])[] = [
  // Postfix smtp(8)
  ['in reply to rcpt to', 'rcpt'],
  ['in reply to end of data', 'dot'],
  ['in reply to data', 'data'],
  ['in reply to mail from', 'mail'],
  ['in reply to ehlo', 'helo'],
  ['in reply to helo', 'helo'],
  ['refused to talk to me', 'connect'],
  // Exim remote_smtp
  ['after rcpt to', 'rcpt'],
  ['after pipelined data', 'data'],
  ['after end of data', 'dot'],
  ['after data', 'data'],
  ['after pipelined mail from', 'mail'],
  ['after mail from', 'mail'],
  ['after initial connection', 'connect'],
  ['after ehlo', 'helo'],
  ['after helo', 'helo'],
  // GMX, web.de
  ['after rcpt command', 'rcpt'],
  ['after end of data command', 'dot'],
  ['after mail command', 'mail'],
  // qmail-remote
  ['but my name was rejected', 'helo'],
  ['does not like recipient', 'rcpt'],
  ['sender was rejected', 'mail'],
  ['failed on data command', 'data'],
  ['failed after i sent the message', 'dot'],
  ['but greeting failed', 'connect'],
  // dma
  ['did not like our rcpt', 'rcpt'],
  ['did not like our mail', 'mail'],
  ['did not like our final data', 'dot'],
  // Sendmail; its ">>> DATA" proves nothing, because pipelined replies are printed below it
  ['>>> rcpt', 'rcpt'],
  ['>>> mail', 'mail'],
  // Gmail's heading for a refused RCPT, and its own numbers for the step
  ["because the address couldn't be found", 'rcpt'],
  ['(state 14)', 'rcpt'],
  ['(state 17)', 'dot'],
  ['(state 18)', 'dot'],
  // gateways that name the command
  ['smtp:rcpt', 'rcpt'],
  ['smtp:mail', 'mail'],
  ['smtp:data', 'data'],
  ['smtp:connect', 'connect'],
  // m-FILTER
  ['-smtp command data', 'data'],
  ['-smtp command rcpt', 'rcpt'],
  // gateways whose reports are about addresses: Messaging Server, MessageLabs, McAfee, InterScan, others
  ['remote smtp server has rejected address', 'rcpt'],
  ['this is the mail delivery agent at messagelabs.com', 'rcpt'],
  [' --- the following addresses had delivery problems --- ', 'rcpt'],
  ['sent <<< rcpt to', 'rcpt'],
  ['rcpt to generated', 'rcpt'],
  ['following rcpt command', 'rcpt'],
  ['rejected recipient', 'rcpt'],
  ['refused recipient', 'rcpt'],
  ['to accept your message (data)', 'dot'],
  // Yahoo
  ['[rcpt_to]', 'rcpt'],
  ['[mail_from]', 'mail'],
  ['for rcpt to response', 'rcpt'],
  // SendGrid
  ['in rcpt to', 'rcpt'],
  ['in mail from', 'mail'],
];

export function stageIn(text: string): Stage | null {
  const folded = text.slice(0, 4_000).toLowerCase().replace(/\s+/g, ' ');
  return STAGE_WORDS.find(([words]) => folded.includes(words))?.[1] ?? null;
}
