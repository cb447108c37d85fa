import type { MailHeaders } from './mail-headers.ts';

/**
 * Answers that no person wrote: vacation notes, tickets, challenges. To be asked only after bounces, which
 * carry the same headers (RFC 3834 section 5; Postfix writes `Auto-Submitted: auto-replied` on its DSNs).
 */
export function isAutoReply(headers: MailHeaders): boolean {
  const subject = headers
    .get('subject')
    .toLowerCase()
    .replace(/^[\s[(*-]{1,10}/, '');
  return saysSo(headers) || SUBJECTS.some((words) => subject.startsWith(words));
}

function saysSo(headers: MailHeaders): boolean {
  const submitted = headers.get('auto-submitted').trim().toLowerCase();
  if (submitted !== '' && !submitted.startsWith('no')) return true;
  if (/^auto[-_]?repl/i.test(headers.get('precedence').trim())) return true;
  return PRESENT.some((name) => headers.get(name) !== '');
}

/** Headers that only auto-responders write. */
const PRESENT: readonly string[] = [
  'x-autoreply',
  'x-auto-reply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoreply-from',
  'x-mail-autoreply',
  'x-vacation',
  'x-apple-action', // Apple Mail's rules: "vacation"
  'x-auto-response-suppress', // Exchange writes it on its out-of-office notes
];

/** Beginnings of subjects, lower case, in the words of Exchange, Gmail, Notes, Roundcube, vacation(1) and others. */
const SUBJECTS: readonly string[] = [
  'out of office',
  'out of the office',
  'out-of-office',
  'automatic reply',
  'auto reply',
  'auto-reply',
  'autoreply',
  'auto response',
  'automatic response',
  'autoresponse',
  'auto:',
  'vacation',
  'on vacation',
  'away from',
  'i am away',
  "i'm away",
  'i am out of',
  'automatische antwort',
  'abwesenheit',
  'abwesend',
  'réponse automatique',
  'absence du bureau',
  'respuesta automática',
  'fuera de la oficina',
  'risposta automatica',
  'fuori sede',
  'resposta automática',
  'ausência',
  'automatisch antwoord',
  'afwezig',
  'autosvar',
  'frånvaro',
  'odpowiedź automatyczna',
  'automatyczna odpowiedź',
  'automatická odpověď',
  'автоответ',
  'автоматический ответ',
  '自动回复',
  '自動回覆',
  '自動応答',
  '自動返信',
  '不在',
  '자동 회신',
];
