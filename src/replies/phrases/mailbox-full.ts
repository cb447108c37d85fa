import { type PhraseGroup, phrases } from '../phrase.ts';

/** The mailbox exists and has no room. Soft even where a provider calls it permanent. */
export const FULL_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'mailbox-full',
    reason: 'mailbox full',
    source:
      'RFC 3463 X.2.2; Postfix virtual, Dovecot, Exim, Sendmail, vpopmail, maildrop, Exchange, Gmail, Yahoo, iMail',
    phrases: phrases(`
      mailbox full | mailbox is full | mailbox … is full | mailbox was full | mailbox … full |
      mailbox too full | mail box full | mail box is full | inbox is full | inbox full | inbox … is full |
      mailfolder is full | maildir delivery failed: userquota | mailbox has exceeded | mailbox exceeded |
      mailbox exceeds | mailbox size limit | mailbox limit | mailbox would exceed |
      mailbox … over … quota | mailbox … over … limit | account is full | account full |
      user is overquota | user overquota | is overquota | over quota | overquota | over the quota |
      over its quota | over their quota | over disk quota | over the maximum allowed | out of quota |
      out of storage space | quota exceeded | quota is exceeded | quota has been exceeded |
      quota violation | quota exhausted | quota full | quota limit | quota usage | disk quota |
      storage quota | exceed … quota | exceeds … quota | exceeded … quota | exceeded storage allocation |
      exceeded … storage | exceeded the maximum … mailbox | storage limit | storage full |
      storage is full | insufficient storage space | insufficient user quota | not enough storage space |
      not enough space … mailbox | no space left in mailbox | no room in mailbox | full mailbox |
      quotaexceeded | overquotatemp | overquotaperm | recipient storage full | too much mail data |
      user has exhausted allowed storage | message box is full | mailbox contains too many |
      has reached … storage limit | has reached … quota | extended quota | reached disk quota |
      over the allowed quota | over quota. | diskspace quota | disc quota | domaindisk quota |
      not have enough space | not sufficient disk space | space has been used up |
      exceeding their quota | exceeding its mailbox quota | exceeding receiving limits |
      exceeded the local limit | too many messages on the server | account storage limit`),
  },
  {
    class: 'mailbox-full',
    reason: 'mailbox full',
    source: 'the same in other languages',
    phrases: phrases(`
      postfach voll | postfach ist voll | postfach … ist voll | mailbox voll |
      speicherplatz … überschritten | speichergrenze | boite pleine | boîte pleine | boîte … pleine |
      boite … pleine | quota dépassé | quota depasse | ofr_417 | buzón lleno | buzon lleno |
      buzón … lleno | cuota excedida | casella piena | casella … piena | caixa cheia |
      caixa postal cheia | caixa … cheia | volle mailbox | mailbox vol | skrzynka … pełna | przepełniona |
      schránka … plná | ящик переполнен | ящик … переполнен | превышена квота | 邮箱已满 | 邮箱空间已满 | 邮箱满 |
      郵箱已滿 | 空间不足 | 超过容量 | メールボックスが一杯 | メールボックスがいっぱい | メールボックスの容量 | 容量を超え | 용량이 초과 | 용량 초과`),
  },
];
