import type { PageWords } from './words.ts';

export const de: PageWords = {
  email: 'E-Mail-Adresse',
  name: 'Name',
  optional: 'freiwillig',
  language: 'Sprache',
  subscribe: 'Abonnieren',
  promise:
    'Zuerst kommt eine Mail mit einem Link zum Bestätigen. Abbestellen geht jederzeit mit einem Klick.',
  leaveEmpty: 'Dieses Feld leer lassen',
  latest: 'Neueste Ausgaben',
  archive: 'Archiv',
  allIssues: 'Alle Ausgaben',
  nothingSent: 'An der ersten Ausgabe wird noch geschrieben. Wer abonniert, bekommt sie zugeschickt.',
  home: 'Startseite',
  previous: 'Vorige Ausgabe',
  next: 'Nächste Ausgabe',
  corrected: (date) => `Berichtigt am ${date}.`,
  asSent: 'So lesen, wie sie verschickt wurde',
  showsAsSent: 'Dies ist die Ausgabe, wie sie verschickt wurde.',
  newestVersion: 'Berichtigte Fassung lesen',
  checkMail: {
    title: 'Bitte ins Postfach schauen',
    text: 'Eine Mail ist unterwegs. Öffnen Sie den Link darin und drücken Sie dort den Knopf; erst dann stehen Sie auf der Liste. Kommt in den nächsten Minuten nichts an, sehen Sie bitte im Spam-Ordner nach.',
  },
  badAddress: 'Das ist keine vollständige E-Mail-Adresse. Sie sollte aussehen wie name@example.com.',
  tooQuick: 'Das ging sehr schnell. Bitte drücken Sie den Knopf noch einmal.',
  tooMany: {
    title: 'Einen Augenblick bitte',
    text: 'Von hier kamen zuletzt viele Anmeldungen. Bitte versuchen Sie es etwas später noch einmal.',
  },
  confirm: {
    title: 'Nur noch ein Klick',
    text: (publication) => `Drücken Sie den Knopf, und ${publication} kommt in Ihr Postfach.`,
    button: 'Ja, ich abonniere',
    done: 'Sie stehen auf der Liste',
    doneText: (publication) => `Die nächste Ausgabe von ${publication} kommt per Mail zu Ihnen.`,
    newest: (title) => `Die neueste Ausgabe lesen: ${title}`,
    over: 'Dieser Link hat seinen Dienst getan',
    overText:
      'Er wurde schon benutzt, oder die Adresse ist inzwischen abgemeldet. Zum Abonnieren benutzen Sie bitte wieder das Formular.',
  },
  leave: {
    title: (publication) => `${publication} abbestellen?`,
    text: 'Drücken Sie den Knopf, und es kommt keine weitere Ausgabe.',
    button: 'Abbestellen',
    done: 'Abbestellt',
    doneText: (publication) => `${publication} wird Ihnen nicht mehr zugeschickt.`,
    undo: 'Ich möchte doch bleiben',
    undone: 'Schön, dass Sie wieder da sind',
    undoneText: (publication) => `${publication} kommt weiterhin zu Ihnen.`,
    undoAsk: (publication) => `Drücken Sie den Knopf, und ${publication} kommt weiterhin zu Ihnen.`,
  },
  preferences: {
    title: 'Ihre Einstellungen',
    text: (publication) => `Wie ${publication} Sie anspricht, und in welcher Sprache.`,
    save: 'Speichern',
    saved: 'Gespeichert.',
    leave: 'Abbestellen …',
  },
  notFound: {
    title: 'Hier ist nichts',
    text: 'Vielleicht ist die Adresse vertippt, oder was hier stand, ist umgezogen.',
  },
  badLink: {
    title: 'Dieser Link funktioniert nicht',
    text: 'Vielleicht ist er unterwegs abgeschnitten worden. Öffnen Sie ihn noch einmal aus der Mail, oder kopieren Sie ihn ganz.',
  },
  fault: {
    title: 'Hier ist etwas schiefgegangen',
    text: 'Es liegt an uns, nicht an Ihnen. Bitte versuchen Sie es gleich noch einmal.',
  },
};
