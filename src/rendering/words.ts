import { language } from './locale.ts';

/** What letters and an issue's page say besides the editor's own text; `{...}` is filled by {@link fillWords}. */
export interface Words {
  readonly view_on_web: string;
  readonly picks: string;
  readonly topics: string;
  readonly archive: string;
  readonly neighbours: string;
  readonly previous: string;
  readonly next: string;
  readonly round_ups: string;
  readonly links: string;
  /** Between a label and what it names, with its space. */
  readonly colon: string;
  readonly picture_of: string;
  readonly week: string;
  readonly reason: string;
  readonly unsubscribe: string;
  readonly preferences: string;
  readonly confirm_subject: string;
  readonly confirm_heading: string;
  readonly confirm_ask: string;
  readonly confirm_button: string;
  readonly confirm_ignore: string;
  readonly or_open: string;
  readonly welcome_subject: string;
  readonly welcome_heading: string;
  readonly welcome_heading_named: string;
  readonly welcome_done: string;
  readonly welcome_newest: string;
  readonly welcome_leave: string;
  readonly editor_reason: string;
}

const en: Words = {
  view_on_web: 'View on the web',
  picks: 'Editor’s picks',
  topics: 'In this issue',
  archive: 'All issues',
  neighbours: 'Other issues',
  previous: 'Previous issue',
  next: 'Next issue',
  round_ups: 'Round-ups',
  links: 'Links',
  colon: ': ',
  picture_of: 'Picture: {headline}',
  week: 'Week {week}, {year}',
  reason: 'You receive this letter because you subscribed to {name}.',
  unsubscribe: 'Unsubscribe',
  preferences: 'Preferences',
  confirm_subject: 'Please confirm your subscription to {name}',
  confirm_heading: 'One last click',
  confirm_ask: 'Someone, probably you, asked for {name} to be sent to this address. Confirm that it was you:',
  confirm_button: 'Confirm my subscription',
  confirm_ignore: 'If it was not you, do nothing. Without the click no letter will come.',
  or_open: 'Or open this address in a browser:',
  welcome_subject: 'Welcome to {name}',
  welcome_heading: 'Welcome',
  welcome_heading_named: 'Welcome, {reader}',
  welcome_done: 'Your subscription to {name} is confirmed. The next issue comes to this address.',
  welcome_newest: 'Until then, here is the newest one:',
  welcome_leave: 'You can change your name and language, or leave, at any time.',
  editor_reason: 'You receive this because you are an editor of {name}.',
};

const de: Words = {
  view_on_web: 'Im Browser ansehen',
  picks: 'Auswahl der Redaktion',
  topics: 'In dieser Ausgabe',
  archive: 'Alle Ausgaben',
  neighbours: 'Andere Ausgaben',
  previous: 'Vorige Ausgabe',
  next: 'Nächste Ausgabe',
  round_ups: 'Rückblicke',
  links: 'Links',
  colon: ': ',
  picture_of: 'Bild: {headline}',
  week: 'Woche {week}, {year}',
  reason: 'Sie erhalten diesen Brief, weil Sie {name} abonniert haben.',
  unsubscribe: 'Abbestellen',
  preferences: 'Einstellungen',
  confirm_subject: 'Bitte bestätigen Sie Ihr Abonnement von {name}',
  confirm_heading: 'Ein letzter Klick',
  confirm_ask:
    'Jemand, vermutlich Sie, möchte {name} an diese Adresse bestellen. Bestätigen Sie, dass Sie es waren:',
  confirm_button: 'Abonnement bestätigen',
  confirm_ignore: 'Waren Sie es nicht, tun Sie einfach nichts. Ohne den Klick kommt kein Brief.',
  or_open: 'Oder öffnen Sie diese Adresse im Browser:',
  welcome_subject: 'Willkommen bei {name}',
  welcome_heading: 'Willkommen',
  welcome_heading_named: 'Willkommen, {reader}',
  welcome_done: 'Ihr Abonnement von {name} ist bestätigt. Die nächste Ausgabe kommt an diese Adresse.',
  welcome_newest: 'Bis dahin lesen Sie hier die neueste:',
  welcome_leave: 'Name und Sprache können Sie jederzeit ändern, und jederzeit gehen.',
  editor_reason: 'Sie erhalten diese Nachricht, weil Sie {name} herausgeben.',
};

const zh: Words = {
  view_on_web: '在网页上阅读',
  picks: '编辑精选',
  topics: '本期主题',
  archive: '全部各期',
  neighbours: '前后各期',
  previous: '上一期',
  next: '下一期',
  round_ups: '汇总',
  links: '链接',
  colon: '：',
  picture_of: '图：{headline}',
  week: '{year} 年第 {week} 周',
  reason: '您收到这封信，是因为您订阅了《{name}》。',
  unsubscribe: '退订',
  preferences: '订阅设置',
  confirm_subject: '请确认订阅《{name}》',
  confirm_heading: '只差一步',
  confirm_ask: '有人（大概就是您）希望用这个地址订阅《{name}》。请确认是您本人：',
  confirm_button: '确认订阅',
  confirm_ignore: '如果不是您本人，无需理会。不点击确认，就不会收到任何来信。',
  or_open: '或在浏览器中打开这个地址：',
  welcome_subject: '欢迎订阅《{name}》',
  welcome_heading: '欢迎',
  welcome_heading_named: '{reader}，欢迎您',
  welcome_done: '您已成功订阅《{name}》。下一期会寄到这个地址。',
  welcome_newest: '在此之前，先看看最新一期：',
  welcome_leave: '您可以随时修改称呼和语言，也可以随时退订。',
  editor_reason: '您收到这封信，是因为您是《{name}》的编辑。',
};

const ja: Words = {
  view_on_web: 'ウェブで読む',
  picks: '編集者のおすすめ',
  topics: '今号のトピック',
  archive: 'すべての号',
  neighbours: '前後の号',
  previous: '前の号',
  next: '次の号',
  round_ups: 'まとめ',
  links: 'リンク',
  colon: '：',
  picture_of: '図：{headline}',
  week: '{year}年 第{week}週',
  reason: '「{name}」をご購読いただいているため、このメールをお送りしています。',
  unsubscribe: '購読を解除する',
  preferences: '購読の設定',
  confirm_subject: '「{name}」の購読をご確認ください',
  confirm_heading: 'あと一歩です',
  confirm_ask:
    'このアドレスで「{name}」の購読申し込みがありました。ご本人によるものでしたら、ご確認ください。',
  confirm_button: '購読を確認する',
  confirm_ignore: 'お心当たりがなければ、何もなさらないでください。確認されない限り、メールは届きません。',
  or_open: 'または、次のアドレスをブラウザーで開いてください。',
  welcome_subject: '「{name}」へようこそ',
  welcome_heading: 'ようこそ',
  welcome_heading_named: '{reader}さん、ようこそ',
  welcome_done: '「{name}」の購読が確認されました。次の号からこのアドレスにお届けします。',
  welcome_newest: 'それまでの間、最新号をどうぞ。',
  welcome_leave: 'お名前や言語の変更、購読の解除はいつでもできます。',
  editor_reason: '「{name}」の編集者であるため、このメールをお送りしています。',
};

const LANGUAGES: Readonly<Record<string, Words>> = { en, de, zh, ja };

/** English where a language is not there yet. */
export function words(locale: string): Words {
  return LANGUAGES[language(locale)] ?? en;
}

/** A value is put in once and never read as a pattern itself. */
export function fillWords(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z]+)\}/g, (mark, name: string) => values[name] ?? mark);
}
