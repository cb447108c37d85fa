import { type PhraseGroup, phrases } from '../phrase.ts';

/** Sentences of one program each, which speak of blocklists and of trying again as well. */
export const GONE_SENTENCES: readonly PhraseGroup[] = [
  {
    class: 'address-gone',
    reason: 'host unknown',
    source:
      'Postfix smtp ("Host not found, try again" may follow), cPanel\'s Exim ("may be blacklisted" follows)',
    aboutHost: true,
    phrases: phrases('host or domain name not found | account or domain may not exist'),
  },
];

/** The address itself is gone. Hard: a phrase that may be said of a sender, a network or a filter has no place here. */
export const GONE_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'address-gone',
    reason: 'the domain takes no mail',
    source: 'RFC 7505 section 4.2; Postfix smtp, Exim remote_smtp, Gmail',
    aboutHost: true,
    phrases: phrases(`
      null mx | nullmx | does not accept mail | doesn't accept mail | does not accept email |
      not accepting network messages | system not accepting messages | does not receive mail |
      no mail is accepted for this domain | mail receiving disabled | no mx found |
      destination seem to reject all mails | doesn't receive email according to |
      an mx or srv record indicated no smtp service | domain is not configured to receive mail |
      no host found for existing smtp connection | no route for current request`),
  },
  {
    class: 'address-gone',
    reason: 'host unknown',
    source: 'Sendmail, Postfix, qmail-remote, Exim routers, Exchange, Courier, Messaging Server',
    aboutHost: true,
    phrases: phrases(`
      host unknown | unknown host | host not found |
      name or service not known | domain not found | domain name not found | unknown domain |
      domain unknown | no such domain | domain does not exist | domain doesn't exist |
      domain … does not exist | domain … couldn't be found | domain … could not be found |
      non-existent domain | nonexistent domain | nxdomain | illegal host/domain name |
      invalid domain name | couldn't find any host | couldn't find a mail exchanger |
      unrouteable address | unroutable address |
      all relevant mx records point to non-existent hosts | no mx record found | no mx or a records |
      recipient domain must exist | no route to domain | bad destination system address |
      bad destination host | mail domain mentioned in email address is unknown |
      domain of the recipient … not exist | domain name is not valid | dns.nonexistentdomain |
      dns.invaliddomain | all host address lookups failed permanently | domain doesnt exist |
      domain is not reachable | no such host | domain has expired | domain is inactive |
      domain must exist | dns server returned answer with no data`),
  },
  {
    class: 'address-gone',
    reason: 'user unknown',
    source:
      'Postfix (recipient tables), Sendmail, Courier, qmail/vpopmail, Exim, Dovecot LMTP, Zimbra, iMail',
    phrases: phrases(`
      user unknown | unknown user | unknown or illegal user | unknown or illegal alias |
      unknown local user | unknown local part | unknown local-part | unknown virtual user |
      unknown recipient | unknown mailbox | unknown address | unknown account | unknown e-mail address |
      unknown email address | recipient unknown | address unknown | mailbox unknown | account unknown |
      user is unknown | recipient is unknown | is unknown to | addresses were unknown |
      addressee unknown | no such user | no such a user | no such local user | no such virtual user |
      no such recipient | no such mailbox | no such mail box | no such address | no such account |
      no such person | no such email | no such id | no such name | no such customer |
      no mailbox here by that name | no mail-box here by that name | no mailbox by that name |
      no account by that name | no mailbox found | no user with that name | no user by that name |
      no one by that name | no person by that name | there is no one at this address | there is no such |
      non-existent user | nonexistent user | non-existent mailbox | non existent user | user nonexistent |
      user non-existent | user not exist | user not known | user not found | user was not found |
      user could not be found | user name not found | username not found | user does not exist |
      user doesn't exist | user doesnt exist | no valid recipients | no valid recipient |
      not a valid user | unavailable mail user | not user of this server | does not have an account |
      not a valid mailbox | not a valid recipient | not a known user | not a local user |
      not a user here | not a user on this | not a valid e-mail address | not a valid email address |
      not a valid address here | not our customer | not our user | is not known here |
      is not known at this | not known at this site | local user unknown | invalid mailbox |
      mailbox invalid | mailbox is invalid | invalid user | user invalid | invalid local address |
      invalid account | bad destination mailbox | bad address … (no such | badrcptto | bad recipient |
      delivery to … user … unknown | address not present in directory | not found in directory |
      not listed in | not found in … name & address book | not found in domino directory |
      not listed in domino directory | mailbox not present | undeliverable address |
      is no longer available | no longer exists | no longer exist | no longer active |
      no longer an active | no longer a valid | no longer in use | no longer works here |
      no longer with the company | no longer employed | is no longer on | user terminated |
      user is terminated | account has been deleted | deleted account | account terminated |
      account not available | recipients are unknown | never logged onto their free aol account |
      mailbox name not allowed | account was deleted | account deleted | account is deleted |
      account removed | account has been removed | account has been closed | account is closed |
      account closed | mailbox has been deleted | mailbox deleted | mailbox was deleted |
      mailbox has been removed | mailbox closed | email account has been closed |
      address has been deleted | user has been deleted | user has been removed |
      this address … been retired | does not have an account here | not have an account here |
      doesn't have an account | does not have a mailbox | this user doesn't have a | can't accept user |
      can't find user | cannot find user | could not find user | could not find a mailbox |
      cannot find your recipient | is not an active address | mailbox is unavailable |
      mailbox unavaiable | no mail box available for this user | rejected: account unavailable |
      not a local address | recipient is not local | recipient is not accepted | recipient not ok |
      recipient address rejected: access denied | recipient address rejected: invalid |
      envelope recipient has been denied | is no longer valid | no longer valid. please | wrong or no longer valid | badrecipientto | validrcptto |
      user missing home directory | user not active | <> not found | <>: not found | bad_recipient |
      bad-recipient | in name directory | requested action not taken: mailbox unavailable |
      not a valid user account`),
  },
  {
    class: 'address-gone',
    reason: 'user unknown',
    source: 'RFC 3463; said of mailbox, address, recipient or account',
    phrases: phrases(`
      mailbox does not exist | mailbox doesn't exist | mailbox not exist | mailbox not found |
      mailbox cannot be found | mailbox … does not exist | mailbox … not found | address does not exist |
      address doesn't exist | address … does not exist | address not found | address could not be found |
      address … could not be found | address wasn't found | address couldn't be found |
      address … wasn't found | email address not found | recipient does not exist |
      recipient doesn't exist | recipient … does not exist | recipient not found | recipient not exist |
      recipient was not found | recipient wasn't found | reciepient not found |
      recipient name is not recognized | recipient unrecognized | recipient cannot be found |
      recipient … not found in | recipient not in … directory | account does not exist |
      account doesn't exist | account not found | account … does not exist |
      account that you tried to reach does not exist | user … does not exist | user … doesn't exist |
      user … not found | user … unknown | not found by smtp address lookup | recipnotfound |
      exrecipnotfound | recipientnotfound | no such smtp user | destination mailbox address invalid |
      destination address does not exist | does not exist here | does not exist at this |
      does not exist on this | does not exist in our | does not exist in virtual | doesnotexist |
      email name is not found | name is not recognized | e-mail account does not exist |
      could not be found. please check | destination mailbox … does not exist |
      destination user … unknown | alias … does not exist`),
  },
  {
    class: 'address-gone',
    reason: 'user unknown',
    source:
      'the same in other languages, as postmasters write them and as Exchange, Gmail and carriers translate it',
    phrases: phrases(`
      unbekannter benutzer | benutzer existiert nicht | benutzer unbekannt | benutzer nicht gefunden |
      unbekannter empfänger | empfänger unbekannt | empfänger … nicht gefunden |
      empfänger … existiert nicht | adresse … nicht gefunden | adresse … existiert nicht |
      adresse unbekannt | postfach existiert nicht | postfach nicht vorhanden | kein solcher benutzer |
      utilisateur inconnu | destinataire inconnu | adresse inconnue | adresse … n'existe pas |
      compte … n'existe pas | utilisateur … n'existe pas | boîte … n'existe pas |
      adresse de messagerie introuvable | usuario desconocido | usuario inexistente | usuario no existe |
      usuario … no existe | destinatario desconocido | buzón … no existe | no existe el usuario |
      no existe ese usuario | no existe dicha persona | cuenta … no existe | dirección … no existe |
      usuário não encontrado | usuário inexistente | usuário desconhecido | destinatário desconhecido |
      conta inexistente | caixa postal … não existe | utente sconosciuto | utente inesistente |
      destinatario sconosciuto | indirizzo inesistente | casella inesistente | nessun utente simile |
      onbekende gebruiker | gebruiker onbekend | geadresseerde onbekend | adres … bestaat niet |
      okänd användare | okänd mottagare | ukendt bruger | ukjent bruker | tuntematon käyttäjä |
      nieznany użytkownik | nie ma takiego użytkownika | użytkownik … nie istnieje | konto nie istnieje |
      adres nie istnieje | neznámý uživatel | uživatel neexistuje | kullanıcı bulunamadı |
      пользователь не найден | пользователь … не найден | нет такого пользователя |
      такого пользователя нет | такой пользователь не | пользователь неизвестен | адресат не найден |
      получатель не найден | почтовый ящик не существует | ящик … не существует | адрес … не существует |
      недопустимый почтовый ящик | 用户不存在 | 用戶不存在 | 收件人不存在 | 收件人地址不存在 | 邮箱不存在 | 帐号不存在 | 帳號不存在 | 帐户不存在 |
      地址不存在 | 找不到收件人 | 找不到該 | 无此用户 | 收件人邮件地址(不存在 | 宛先不明 | 宛先が不明 | ユーザーが存在しません | ユーザが存在しません |
      ユーザーが見つかりません | アドレスは存在しません | アドレスが存在しません | アドレスが見つかりませんでした | 存在しないアドレス | 존재하지 않는 | 사용자를 찾을 수 없 |
      수신자가 없`),
  },
];

/** One provider's words, or words for one thing: believed before "inactive" and its like. */
export const SURE_GONE_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'address-gone',
    reason: 'moved',
    sure: true,
    source: 'RFC 3463 5.1.6, RFC 5321 551; Sendmail REDIRECT; iCloud',
    phrases: phrases(`
      mailbox has moved | user has moved | account has moved | address has moved |
      has moved, no forwarding | has moved; please try | has moved, please try | no longer on server |
      address has been replaced by | address has changed | email address has changed |
      has a new email address | mailbox owner has changed |
      domain owner has changed`),
  },
  {
    class: 'address-gone',
    reason: 'user unknown',
    sure: true,
    source:
      "Providers' own words: Gmail, Yahoo, Exchange Online (5.4.1: not in the directory), web.de, iCloud, Orange, Facebook, QQ, Mail.ru, Mimecast, GoDaddy, i.ua",
    phrases: phrases(`
      5.4.1 … recipient address rejected: access denied | ?p=nosuchuser | answer=6596 |
      delivery error: dd this user doesn't have a |
      requested mail action aborted, mailbox not found | ofr_416 | ofr_418 | ofr004_104 |
      destinataire invalide | 5.5.0 … requested action not taken: mailbox unavailable |
      inactive email address | postmaster.facebook.com/response_codes … rcp-p1 |
      rcp-p1 … facebook.com | int-p1 … facebook.com | int-p3 … facebook.com | int-p4 … facebook.com |
      mailbox not found. http://service.mail.qq.com | invalid recipient - https://community.mimecast.com |
      local mailbox … is unavailable: user not found | x.co/irbounce | mail.i.ua/err/2 | 5.1.0 address rejected | such address doesn't exist`),
  },
  {
    class: 'address-gone',
    reason: 'user unknown',
    ownMailboxes: true,
    source:
      'a mail server of its own mailboxes: iMail, Exchange, Exim, Mail.ru, MDaemon, ph, Domino and Notes, vpopmail, Postfix local(8), MMS gateways',
    phrases: phrases(`
      unknown user: | there is no user by that name at this server | unknown local-part |
      does not have a final email delivery point |
      no matches to nameserver query | invalid final delivery userid | recipient name is not recognized |
      recipnotfound | exrecipnotfound | recipientnotfound | not listed in domino directory |
      not listed in public name & address book | no entry found in domino directory | ディレクトリには見つかりません |
      ディレクトリのリストにありません | non répertorié dans l'annuaire domino |
      no se encuentra en el directorio de domino | no mailbox here by that name | vdelivermail: no such | unknown local part |
      000c05a6 | no valid recipients for this mm | address not present in directory`),
  },
];

/** The address, or a mailbox that is there and closed: X.2.1 tells which. */
export const UNAVAILABLE_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'address-gone',
    reason: 'mailbox unavailable',
    source: 'RFC 5321 section 4.2.3: 550 is said of both',
    phrases: phrases('mailbox unavailable | mailbox not available'),
  },
];

/** Mostly the address, but said of a sender or for a policy too: a precise code overrules these. */
export const VAGUE_GONE_PHRASES: readonly PhraseGroup[] = [
  {
    class: 'address-gone',
    reason: 'no such mailbox',
    source: 'RFC 5321 section 4.2.3: 550 "mailbox unavailable", 553',
    phrases: phrases(`
      mailbox name invalid | invalid recipient |
      recipient invalid | recipient is invalid | invalid address | address invalid | address is invalid |
      recipient address is not valid | address rejected. | not local address | not a valid |
      is not valid | does not exist | doesn't exist | user not local | no user | not a user | unknown id |
      destination server rejected recipients | no recipients | i cannot deliver mail for |
      following recipients was undeliverable | recipient rejected | dosn't exist | the recipient cannot be`),
  },
];
