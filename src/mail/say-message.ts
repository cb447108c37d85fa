import { unreachable } from '../result.ts';
import { dotStuffed, endsLine } from './dot-stuffing.ts';
import type { Envelope } from './envelope.ts';
import type { Offers } from './offers.ts';
import type { SmtpSocket } from './smtp-socket.ts';
import type { Stage, Transit } from './transit.ts';

/** Says what goes before the message: all of it where the server takes commands ahead, else the next of it. */
export function sayEnvelope(socket: SmtpSocket, transit: Transit, { pipelining }: Offers): void {
  for (let stage = transit.next; stage !== null && stage !== 'dot'; stage = transit.next) {
    if (transit.verdict || (transit.awaits && !pipelining)) return;
    socket.say(commandOf(stage, transit.envelope));
    transit.said();
  }
}

/** Says the message and its end: from here on the server may deliver it. */
export function sayMessage(socket: SmtpSocket, transit: Transit, { chunking }: Offers): void {
  const { raw, dotless } = transit.passage.message;
  const end = endsLine(raw) ? '' : '\r\n';
  if (chunking) {
    socket.say(`BDAT ${raw.length + end.length} LAST\r\n`);
    socket.sayBytes(raw);
    socket.say(end);
  } else {
    socket.sayBytes(dotless ? raw : dotStuffed(raw));
    socket.say(`${end}.\r\n`);
  }
  transit.said();
}

/** Ends a message that lost its only recipient, and that the server asked for all the same (RFC 2920 section 3.1). */
export function sayNoMessage(socket: SmtpSocket, transit: Transit): void {
  socket.say('.\r\n');
  transit.said();
}

function commandOf(stage: Exclude<Stage, 'dot'>, { mail, rcpt }: Envelope): string {
  switch (stage) {
    case 'rset':
      return 'RSET\r\n';
    case 'mail':
      return mail;
    case 'rcpt':
      return rcpt;
    case 'data':
      return 'DATA\r\n';
    default:
      return unreachable(stage);
  }
}
