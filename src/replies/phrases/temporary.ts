import { type PhraseGroup, phrases } from '../phrase.ts';

/** "Not found" that is none: the server says that it could not ask, or asks to come again. */
export const NOT_YET_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'temporary',
    reason: 'the answer is not known yet',
    source: 'Postfix reject_unverified_recipient and DNS soft errors, Exim callouts, greylisting (RFC 6647)',
    phrases: phrases(`
      host not found, try again | name service error … try again | unverified address |
      address verification in progress | recipient verify … temporarily |
      could not complete recipient verify | could not complete sender verify | callout |
      temporary lookup failure | temporarily unable to verify | user lookup … fail | user lookup error |
      contact ldap | ldap lookup | ldap server | ldap error | greylist | graylist | grey list |
      grey-list | postgrey | temporary user lookup | cannot verify recipient |
      recipient verification failed | malformed name server reply |
      malformed or unexpected name server reply`),
  },
];

/** The mailbox is there, and closed: by its owner, its provider, for want of use. */
export const SUSPENDED_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'temporary',
    reason: 'account disabled',
    source: 'RFC 3463 X.2.1, RFC 5248 5.7.13; Gmail, Yahoo, Zimbra, vpopmail, i.ua, Exchange. Many come back',
    phrases: phrases(`
      is disabled | account disabled | mailbox disabled | user disabled | disabled mailbox |
      disableduser | has been disabled | disabled or discontinued | disabled by | temporarily disabled |
      suspended | suspend the service | deactivated | not activated | not yet activated | is not active |
      account not active | inactive | inactivity | is frozen | account is locked |
      account has been locked | mailbox is locked | mailbox locked | account expired | expired account |
      is expired | account has expired | account … blocked | mailbox is blocked | mailbox blocked |
      no longer accepts mail | not accepting mail | not accepting messages | not accepting any mail |
      not currently accepting | is not receiving mail | not receiving mail |
      boite du destinataire archivee | ha expirado por falta de uso | boîte … archivée | ofr_513 |
      konto … gesperrt | postfach … gesperrt | konto deaktiviert | cuenta … deshabilitada |
      cuenta … suspendida | compte … désactivé | account … disattivato | заблокирован | отключен | 已停用 |
      temporary locked | temporarily locked | temporarily limited | archived recipient |
      mailbox unavailable or access denied | mailbox unavailable or access denined | unavailable: user is terminated | rcp-t4 |
      mailbox cannot be accessed | administrativly disabled | administrativley disabled | 被停用 | 被禁用 | 已禁用 | 已冻结 | 被锁定`),
  },
];

/** Networks, queues and servers: what a later try may mend. */
export const TEMPORARY_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'temporary',
    reason: 'expired in the queue',
    source: 'Postfix, Exim retry rules, qmail-send, Sendmail, Exchange QUEUE.Expired, SES, dma, OpenSMTPD',
    phrases: phrases(`
      message expired | was aborted after | queue.expired | envelope expired | delivery time expired |
      delivery expired | retry timeout exceeded | retry time not reached | retry time exceeded |
      retry limit | too many retries | too long in the queue | in the queue too long | been in the queue |
      maximum time in queue | queue lifetime | could not be sent for | could not send message for past |
      could not be delivered for | could not deliver for the last | after multiple retries |
      cannot send message within | have been failing for a long time | been unable to deliver | gave up |
      giving up. | not going to try again | undeliverable for | unable to deliver in | timed out waiting |
      message timed out`),
  },
  {
    class: 'temporary',
    reason: 'network or routing',
    source: 'Postfix, Exim, qmail-remote, Gmail, Exchange SMTPSEND, OpenSMTPD, RFC 3463 X.4',
    phrases: phrases(`
      connection timed out | connection refused | connection reset | connection lost |
      connection dropped | connection closed | connection failed | connection problem | connection error |
      lost connection | bad connection | socket error | network error | network is unreachable |
      network unreachable | no route to host | host unreachable | host is unreachable | host down |
      host is down | operation timed out | unable to connect | could not connect | couldn't connect |
      cannot connect | failed to connect | did not accept our requests to connect |
      unable to establish an smtp connection | wasn't able to establish an smtp connection |
      no answer from host | not responding | did not respond | no response from | timeout | timed out |
      dns query failed | dns error | dns lookup fail | dns failure | too many hops | hop count |
      host lookup did not complete | hop count exceeded | mail loop | mailloop | message looping |
      routing loop | loops back to myself | forwarding loop | loop detected | too many received |
      too many "received" | starttls | does not support tls | tls negotiation | tls session | ssl error |
      certificate | handshake | all hosts have been failing | mx … unreachable |
      unrouteable mail domain | no valid route to | all routes to destination blocked |
      address family mismatch on destination | bad dns lookup error code |
      temporary failure in mx lookup`),
  },
  {
    class: 'temporary',
    reason: 'mail system',
    source: 'RFC 3463 X.3, RFC 5321 421/451/452; local delivery programs',
    phrases: phrases(`
      try again | try later | retry later | come back later | temporarily unavailable |
      temporarily unable | temporarily deferred | temporarily rejected | temporary failure |
      temporary error | temporary problem | temporary system | temporarily not | service unavailable |
      service not available | service currently unavailable | service is currently unavailable |
      currently unavailable | internal error | internal server error | internal system error |
      internal software error | internal configuration error | local error | system error | server error |
      server configuration | configuration error | configuration problem | misconfigured |
      incorrectly configured | resources temporarily | insufficient disk space | insufficient system |
      insufficient storage | not enough disk space | no space left on device | file system full |
      disk full | system full | system is full | system resources | out of memory | server busy |
      server is busy | too busy | overloaded | queue file write error | queueing |
      command died with status | command time limit exceeded | command failed | command output |
      exit status | exit code | local delivery failed | local configuration error |
      unable to open mailbox | cannot open mailbox | cannot create | permission denied | alias … loop |
      procmail | bitte später | später erneut | essayer plus tard | intente … más tarde |
      tente … mais tarde | 稍后 | 稍後 | しばらく`),
  },
];
