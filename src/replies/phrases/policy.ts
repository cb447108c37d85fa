import { type PhraseGroup, phrases } from '../phrase.ts';

/** The sender, its network, its rate or its looks. Such words never blame the address. */
export const POLICY_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'policy',
    reason: 'listed on a blocklist',
    source:
      'Postfix reject_rbl_client, Exim dnslists, Sendmail dnsbl; the lists named; Microsoft S3150, 5.7.606, 4.7.650',
    phrases: phrases(`
      spamhaus | spamcop | sorbs | barracudacentral | abuseat | uceprotect | surbl | uribl | psbl |
      ivmsip | invaluement | cloudmark | senderbase | senderscore | hostkarma | backscatterer |
      mailspike | spamrl | trustedsource | dnsbl | rbl | /rbl | dnswl | blacklist | black list |
      blocklist | block list | black-list | block-list | blocked using | blocked by | blocked for abuse |
      blocked due to | blocked because | listed at | is listed on | is listed in | was listed in |
      currently listed | banned send | banned ip | banned host | s3150 | s3140 | s775 | dnsblocked |
      sender.office.com | delisting | cdrbl | aup# | denylist | blocked - see | refused - see |
      access from ip address | server ip … listed | mail server at … is blocked | :blocked) | bad ip profile`),
  },
  {
    class: 'policy',
    reason: 'bad reputation or complaints',
    source:
      'Yahoo TSS04, PH01, BL21; Gmail UnsolicitedRateLimitError; Comcast, Apple, T-Online, Proofpoint, Mimecast, Cisco',
    phrases: phrases(`
      reputation | user complaints | unsolicited | bulk mail | bulk email | [tss0 | [ph01] | [bl21] |
      [bl23] | [ts0 | [iptss | aol … postmaster … rtr: | rtr: | rly: | con:b | hvu:b | dyn:t | (snd: |
      sending spam | known spammer | spammer | spam source | considered spam | spam traffic |
      poor reputation | suspicious | phishing | unwanted messages | go away | open proxy`),
  },
  {
    class: 'policy',
    reason: 'taken for spam',
    source: 'SpamAssassin, Rspamd, Cisco, Barracuda, iCloud CS01 and HM08, Orange OFR_506, Mail.ru, QQ',
    phrases: phrases(`
      spam | junk | content rejected | content denied | content filter | content reject | content policy |
      content violation | objectionable content | refused by content | bayes | hm08 | hm07 | ofr_506 |
      advertis | security policies | security policy | bulkmail | blocked by … filter | message filtered |
      message was filtered | message rejected due to content | message content … rejected |
      rejected by … content | rejected by filter | rejected by … filter | blocked using … pattern |
      message looks like`),
  },
  {
    class: 'policy',
    reason: 'SPF, DKIM or DMARC',
    source: 'RFC 7372, RFC 9989; Gmail 5.7.26, Outlook.com 5.7.515, Yahoo 5.7.9, iCloud, Zoho, QQ, Orange',
    phrases: phrases(`
      dmarc | dkim | domainkeys | sender policy framework | spf | spf's | openspf | /spf | spf- | spf: |
      spf, | unauthenticated email | unauthenticated sender | required authentication level |
      email authentication | sender authentication | sender id | senderid | not authorized to send |
      not allowed to send | not permitted to send | not authorised to send | is not a permitted sender |
      ip … not allowed | invalid ip for sending | spoof | forged | impersonat | p=dmarcrejection |
      custom from | customfromdenied`),
  },
  {
    class: 'policy',
    reason: 'reverse DNS',
    source: 'RFC 7372 X.7.25; Postfix reject_unknown_client_hostname, Gmail, Comcast, AOL, Exim, 1&1',
    phrases: phrases(`
      ptr record | ptr for | ptr … not | no ptr | valid ptr | missing ptr | reverse dns | reverse-dns |
      reverse lookup | reverse address | reverse hostname | rdns | reverse record | fcrdns |
      forward and reverse | ip name lookup failed | ip name possibly forged | find your hostname |
      find your reverse | cannot resolve your | unresolvable | unverifyable | unverifiable |
      hostname … does not match | mismatches client ip | dynamic ip | dynamic … address | dial-up |
      dialup | residential | no host name found | client host rejected: cannot find |
      helo command rejected | helo … rejected | ehlo … rejected | invalid helo | bad helo | helo name |
      generic hostname`),
  },
  {
    class: 'policy',
    reason: 'rate or connections',
    source:
      'Gmail 4.2.1 and 4.7.28, Yahoo, QQ, docomo, Postfix anvil, Sendmail ratecontrol, Exchange, Comcast',
    phrases: phrases(`
      rate limit | ratelimit | rate that | rate exceeded | rate is too | at a rate | too quickly |
      too fast | too many connections | too many concurrent | too many simultaneous | too many sessions |
      too many messages | too many mails | too many emails | too many recipients | too many errors |
      too many invalid | too many bad | too many unknown | too many invalid recipients |
      too many unsuccessful | too much mail | too frequent | too many from | connection limit |
      connections limit | connection rate | connection frequency | connection count | frequency limited |
      frequency limit | concurrency | concurrent connections | throttl | quota … sending | sending limit |
      sending quota | daily limit | hourly limit | message limit exceeded | mail limit |
      limit exceeded for sender | unusual rate | unusual traffic | unexpected volume | mail flood |
      receivingrate | exceeded the maximum number | maximum number of messages |
      maximum number of recipients | maximum number of connections | excessive`),
  },
  {
    class: 'policy',
    reason: 'sender refused',
    source:
      'Postfix smtpd_sender_restrictions, Sendmail, Exim verify=sender, Exchange sender filter, qmail badmailfrom',
    phrases: phrases(`
      sender address rejected | sender rejected | sender denied | sender blocked | sender is blocked |
      sender refused | sender verify failed | sender verification | sender domain | sending domain |
      domain of sender | sender address | sender … does not exist | sender … is invalid |
      sender … not found | sender unknown | unknown sender | sender not exist |
      no access from mail server | invalid client ip | dns check failed | invalid sender | bad sender |
      sender's | envelope sender | envelope from | return path | return-path | backscatter | null sender |
      empty sender | from address | from: address | mail from domain | from domain |
      mail from … rejected | mail from … not | mail from … does not | mail from: … invalid | badmailfrom |
      your domain | your email address | your e-mail address | your ip | your host | your server |
      your network | your mail server | your message was rejected due to | access denied by |
      client host rejected | client host … blocked | client not | connecting ip | connection rejected |
      connection not accepted | connections not accepted | connections will not be accepted |
      not accepted from | refused to talk | service refus | not allowed to connect | sending to/from |
      sending mta | invalid dns mx or a/aaaa | senderfilter | resolver.rst | notauthorized |
      not authenticated | unauthenticated | authentication required | authentication is required |
      requires authentication | must authenticate | authentication failed | smtp authentication |
      advertise auth | not accept mail from | not accepting connections | sender ip address |
      host network not allowed | host network, not allowed | no valid recipients from |
      confirm this mail server | requires confirmation | mail from … refused | smtp server of your isp |
      submit messages to this e-mail system | 5.5.4 invalid domain name | 5.5.4 … invalid domain name`),
  },
  {
    class: 'policy',
    reason: 'relaying denied',
    source:
      'Postfix, Sendmail, Exim, qmail rcpthosts, Exchange: the server is not for that domain; often its own fault',
    phrases: phrases(`
      relay access denied | relaying denied | relay denied | relaying not | relay not permitted |
      relay is not permitted | not permitted to relay | not allowed to relay | prohibited … relay |
      unable to relay | cannot relay | won't relay | we do not relay | does not relay | no relaying |
      relaying is prohibited | relaying mail … not allowed | relaying mail to | relaying to |
      not configured to relay | insecure mail relay | open relay | mail relay | rcpthosts | not a relay |
      rejected: relay | as a relay | not a gateway | not local host | specified domain is not allowed |
      don't handle mail for | do not handle mail for | list of allowed rcpthost`),
  },
  {
    class: 'policy',
    reason: 'refused by the reader or by a rule',
    source:
      'Exchange transport rules and recipient restrictions, Google groups, docomo and au filters, Mimecast, TMDA',
    phrases: phrases(`
      user rules | rcp-p2 | rcp-p3 | pol-p | recipient preferences | due to policy | policy reasons |
      policy violation | policy restriction | local policy | protocol violation |
      administrative prohibition | administratively denied | administratively prohibited |
      only accepting mail from | only accepts | refuse to receive | refuses to receive | user reject |
      rejects your mail | rejected by recipient | blocked by the recipient | blocked by recipient |
      blocked you | you have been blocked | blacklisted by recipient | delivery not authorized |
      transport.rules | posting to this group | groups.google.com/support | not a member of |
      email address is not verified | identities failed the check | post messages to |
      5.7.1 … recipient address rejected: access denied | permission to post | group … may not exist |
      tls required | must issue a starttls |
      encryption required | geographical | from your country`),
  },
  {
    class: 'policy',
    reason: 'refused by a filter that will not say so',
    source:
      'KDDI au answers "550 : User unknown" with no address after DATA where its reader refuses the sender; Biglobe',
    phrases: phrases(`
      550 : user unknown | 550 :user unknown | mail delivery failed... user unknown`),
  },
];

/** A filter's words where nothing else is said. */
export const VAGUE_POLICY_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'policy',
    reason: 'refused by a rule',
    source: 'words of many filters',
    phrases: phrases(`
      policy | policies | message refused | violat | prohibited | restricted | not authorized |
      not authorised | not permitted | moderat | challenge | whitelist | allow list | allowlist |
      approve list | protected by | security | blocked | banned | denied | forbidden | abuse | filter |
      not allowed | access denied | refused by | not welcome | fingerprint`),
  },
];
