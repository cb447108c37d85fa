import { type PhraseGroup, phrases } from '../phrase.ts';

/** This letter was refused, for its size or its form; the next one may pass. */
export const MESSAGE_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'message',
    reason: 'message too big',
    source: 'RFC 1870, RFC 3463 X.2.3 and X.3.4; Postfix, Exim, Sendmail, Exchange, Gmail',
    phrases: phrases(`
      message too big | message too large | message is too large | message is too big |
      message size exceeds | message exceeds | message length exceeds | message size limit |
      message … too large | mail size limit | mail size exceeds | mail is too large |
      maximum message size | maximum size | max message size | exceeded maximum inbound |
      exceeded maximum message | exceeds fixed maximum | exceeds … size | exceeds the maximum |
      exceeds size limit | size limit exceeded | size exceeds | line too long | header too long |
      header is too big | sizelimit | size limit | line limit exceeded | file too big | taille limite |
      exeeded the maximum size`),
  },
  {
    class: 'message',
    reason: 'virus or forbidden attachment',
    source: 'ClamAV and amavis, Mimecast, Proofpoint, Gmail ("potential security issue")',
    phrases: phrases(`
      virus | infected | malware | illegal attachment | forbidden attachment | banned attachment |
      blocked attachment | attachment type | attachments are not | attachment … not allowed |
      attachment … blocked | attachment … rejected | attachment … prohibited | file type … not allowed |
      executable content | potential security issue | dangerous content | banned content`),
  },
  {
    class: 'message',
    reason: 'malformed message',
    source: 'RFC 5322 checks of Gmail, SES, Postfix, Exim; RFC 3463 X.6',
    phrases: phrases(`
      not rfc | rfc 5322 | rfc 2822 | rfc5322 | rfc2822 | rfc 822 | duplicate header | multiple from |
      missing from | missing message-id | messageid | header syntax | headers fail syntax | bad header |
      invalid header | malformed message | malformed header | malformed mime | malformed address |
      improper use of 8-bit | 8bit mime | 8-bit data | 8bit data | bare lf | bare cr | bare newline |
      smtputf8 | transaction failed: | conversion failed | conversion required | media not supported |
      content … too complex | message could not be parsed | message parsing | nesting level |
      mime … error | mime … not allowed | no subject`),
  },
  {
    class: 'message',
    reason: 'protocol',
    source: 'RFC 5321 section 4.2.2',
    phrases: phrases(`
      syntax error | command unrecognized | command not recognized | unrecognized command |
      command parameter not | command not implemented | bad sequence of commands |
      parameters … not recognized | error in processing | bad protocol | improper command pipelining |
      pipelining`),
  },
];
