import { describe, expect, test } from 'vitest';
import { type NoticeInput, renderNotice } from '../../src/rendering/notice.ts';
import { HOSTILE, publication } from './documents.ts';

const confirm: NoticeInput = {
  kind: 'confirm',
  locale: 'en',
  publication,
  values: { confirm_url: 'https://press.example.com/confirm/abc' },
};
const welcome = (values: Partial<Extract<NoticeInput, { kind: 'welcome' }>['values']> = {}): NoticeInput => ({
  kind: 'welcome',
  locale: 'en',
  publication,
  values: {
    newest: { title: 'Week 6', url: 'https://press.example.com/issues/week-6' },
    preferences_url: 'https://press.example.com/preferences/abc',
    unsubscribe_url: 'https://press.example.com/unsubscribe/abc',
    ...values,
  },
});
const editor: NoticeInput = {
  kind: 'editor',
  locale: 'en',
  publication,
  values: { heading: 'Nothing was ready', paragraphs: ['The slot passed.', 'Mark an issue ready.'] },
};

describe('every notice', () => {
  test.each([
    ['confirm', confirm],
    ['welcome', welcome()],
    ['editor', editor],
  ] as const)(
    '%s: has language, one h1, a preheader, the postal address, and leaves nothing to fill in',
    async (_kind, input) => {
      const { html, text } = await renderNotice(input);
      expect(html).toMatch(/<html lang="en" dir="ltr"/);
      expect(html.match(/<h1/g)).toHaveLength(1);
      expect(html).toContain('mso-hide:all');
      expect(html).toContain('<meta name="color-scheme" content="light dark">');
      for (const part of [html, text]) {
        expect(part).toContain('Harbour Lane 4');
        expect(part).not.toMatch(/[\u{E000}-\u{E0FF}]|\{\{|\{[a-z]+\}/u);
      }
    },
  );

  test.each(['en', 'de', 'zh-Hans', 'ja', 'fi'])('can be written in %s', async (locale) => {
    for (const input of [confirm, welcome(), editor])
      expect((await renderNotice({ ...input, locale })).html).toContain(`lang="${locale}"`);
  });
});

describe('the confirm mail', () => {
  test('has the link in a button, in clear, and in the text', async () => {
    const { subject, html, text } = await renderNotice(confirm);
    expect(subject).toBe('Please confirm your subscription to Tidal Notes');
    expect(html.split('href="https://press.example.com/confirm/abc"')).toHaveLength(3);
    expect(text).toContain('\nhttps://press.example.com/confirm/abc\n');
  });

  test('offers no other link, and nothing to unsubscribe from', async () => {
    const { html } = await renderNotice(confirm);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    expect(new Set(links)).toEqual(new Set(['https://press.example.com/confirm/abc']));
  });
});

describe('the welcome mail', () => {
  test('greets by name, leads to the newest issue, and says how to leave', async () => {
    const { html, text } = await renderNotice(welcome({ name: 'Ada' }));
    for (const part of [html, text]) {
      expect(part).toContain('Welcome, Ada');
      expect(part).toContain('https://press.example.com/issues/week-6');
      expect(part).toContain('https://press.example.com/unsubscribe/abc');
      expect(part).toContain('https://press.example.com/preferences/abc');
    }
  });

  test('greets without a name, and before the first issue promises none', async () => {
    const { html, text } = await renderNotice(welcome({ newest: null, name: ' ' }));
    expect(text).toContain('Welcome\n=======');
    expect(html).not.toContain('here is the newest one');
  });

  test('takes a hostile name and title as words', async () => {
    const newest = { title: HOSTILE, url: 'https://press.example.com/issues/week-6?"><b>' };
    const { html } = await renderNotice(welcome({ name: HOSTILE, newest }));
    expect(html).not.toMatch(/<script|<mj-|root:|<b>|49/);
  });
});

describe('a word to the editor', () => {
  test('is called by its heading, on one line', async () => {
    const values = { heading: 'Held:\r\nBcc: x@example.com', paragraphs: ['Why.'] };
    expect((await renderNotice({ kind: 'editor', locale: 'en', publication, values })).subject).toBe(
      'Held: Bcc: x@example.com',
    );
  });

  test('leads to the desk where a link is given', async () => {
    const link = { title: 'Open the desk', url: 'https://press.example.com/desk' };
    const values = { heading: 'Held', paragraphs: ['Why.'], link };
    const { html, text } = await renderNotice({ kind: 'editor', locale: 'en', publication, values });
    expect(html).toContain('href="https://press.example.com/desk"');
    expect(text).toContain('Open the desk\nhttps://press.example.com/desk');
  });
});
