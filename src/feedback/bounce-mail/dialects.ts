/**
 * How mail servers that do not (or not only) write RFC 3464 tell that a mail failed or waits. A sign is
 * a line's words, lower case. Where the mail comes from a mail server's own name one is enough anywhere; where it
 * comes from anybody, it must stand at the top.
 */
export interface Dialect {
  readonly name: string;
  readonly kind: 'bounce' | 'delayed';
  readonly signs: readonly string[];
}

export const DIALECTS: readonly Dialect[] = [
  {
    name: 'a warning, whoever writes it',
    kind: 'delayed',
    signs: [
      'has not yet been delivered', // Exim
      'delay reason:', // Exim
      'this is a warning message only', // Sendmail
      'this is a warning only', // Postfix
      'you do not need to resend your message', // Postfix, Sendmail
      'you do not need to re-send the message', // OpenSMTPD
      'only a temporary failure report', // OpenSMTPD
      'message is delayed for more than', // OpenSMTPD
      'delivery to the following recipient has been delayed', // Gmail
      'delivery to the following recipients has been delayed', // Exchange
      'this is a delayed delivery notification',
      'had transient non-fatal errors', // Sendmail
      'message still undelivered after', // Sendmail
      'will be retried until',
      'will keep trying',
      'we will continue trying',
      'delivery incomplete', // Gmail
      'is still being retried',
      'zustellung verzögert',
      'delivery attempts will continue',
      'we will continue to try',
      'has been postponed',
    ],
  },
  {
    name: 'Exim, Mail.ru, GMX, Zoho',
    kind: 'bounce',
    signs: [
      'this message was created automatically by mail delivery software',
      'a message that you sent could not be delivered',
    ],
  },
  {
    name: 'qmail, netqmail, Yahoo',
    kind: 'bounce',
    signs: [
      'this is the qmail-send program',
      "i wasn't able to deliver",
      'i tried to deliver a bounce message to this address',
      'we were unable to deliver your message to the following address',
      "i'm not going to try again",
      'this is the mail delivery agent at',
      'this is the machine generated message from mail service',
    ],
  },
  {
    name: 'Postfix',
    kind: 'bounce',
    signs: [
      'this is the mail system at host',
      'this is the postfix program at host',
      'this is the postfix mail system',
      'i had to inform you that',
      'your message could not be delivered to one or more recipients',
      'the mail system',
    ],
  },
  {
    name: 'Sendmail',
    kind: 'bounce',
    signs: [
      'transcript of session follows',
      'had permanent fatal errors',
      'had delivery problems',
      'the original message was received at',
      'unsent message follows',
      'while talking to',
    ],
  },
  {
    name: 'Exchange, Outlook.com, Office 365',
    kind: 'bounce',
    signs: [
      'your message did not reach some or all of the intended recipients',
      'did not reach the following recipient',
      'could not be reached:',
      'delivery has failed to these recipients or groups',
      'diagnostic information for administrators',
      "your message couldn't be delivered",
      'your message to … couldn',
      'delivery to the following recipients failed',
      'this is an automatically generated delivery status notification',
      'the e-mail account does not exist at the organization',
    ],
  },
  {
    name: 'Gmail',
    kind: 'bounce',
    signs: [
      'delivery to the following recipient failed permanently',
      'technical details of permanent failure',
      'message not delivered',
      'message blocked',
      'address not found',
      "your message wasn't delivered",
      'groups.google.com/support',
      'google tried to deliver your message',
    ],
  },
  {
    name: 'other servers',
    kind: 'bounce',
    signs: [
      'dragonfly mail agent', // dma
      'there was an error delivering your mail to',
      'an error has occurred while attempting to deliver', // OpenSMTPD
      'this is the mailer-daemon', // OpenSMTPD
      'this is a delivery status notification from', // Courier
      'your message could not be sent', // SurfControl
      'the user(s) account is disabled', // iMail
      'original message follows', // iMail
      'unknown user:', // iMail
      'undeliverable to', // iMail
      'delivery failed', // iMail, others
      'invalid final delivery userid', // iMail
      'was not delivered to:', // Lotus Notes, Domino
      'unable to deliver message to the following', // X2, Messaging Server
      'your message cannot be delivered to the following recipients', // Messaging Server
      'the following message could not be delivered', // X4, MailMarshal
      'could not be delivered', // many
      'could not deliver', // many
      'failed addresses follow', // Smail
      'no such user here', // MDaemon
      'no user by that name', // MDaemon
      'was automatically rejected', // Dovecot
      'cannot be delivered',
      'could not be sent',
      "couldn't be delivered",
      'was not delivered',
      'unable to deliver',
      'undeliverable',
      'undelivered',
      'delivery failure',
      'delivery has failed',
      'failed permanently',
      'delivery status notification',
      'returned to sender',
      'returned mail',
      'failed delivery',
      'failure notice',
      'we had trouble delivering your message',
      'an error occurred while trying to deliver the mail', // SES, WorkMail
      'no valid recipients for this mm', // Verizon
      'each of the following recipients was rejected', // KDDI au
      'message you sent … rejected', // gateways
      'has been rejected', // gateways
      'was rejected', // gateways
      'did not reach',
      'has been blocked',
      'user unknown',
      'mail-delivery-system',
      'not a member of this mailing list', // fml
      'not member article', // fml
      'has detected a loop condition', // fml
      'duplicated message-id', // fml
    ],
  },
  {
    name: 'in other languages',
    kind: 'bounce',
    signs: [
      'nicht zugestellt werden',
      'konnte nicht zugestellt',
      'unzustellbar',
      'nicht übermittelt',
      "n'a pas pu être remis",
      "n'a pas pu etre delivre",
      "n'a pas pu être distribué",
      'non remis',
      'échec de la remise',
      'non recapitabile',
      'impossibile recapitare',
      'no se pudo entregar',
      'no se ha podido entregar',
      'não pôde ser entregue',
      'não foi possível entregar',
      'kon niet worden bezorgd',
      'kunde inte levereras',
      'nie można dostarczyć',
      'nie została dostarczona',
      'не может быть доставлено',
      'не доставлено',
      'не удалось доставить',
      '送信できませんでした',
      '送信に失敗',
      '配信できませんでした',
      '配信に失敗',
      '配送できませんでした',
      '届けられませんでした',
      '退信',
      '投递失败',
      '无法投递',
      '無法投遞',
      '无法送达',
      '無法傳送',
      '发送失败',
      '배달되지',
      '전송하지 못',
      '반송',
    ],
  },
];
