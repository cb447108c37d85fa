import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mark, readLabels, scoreRows } from '../../src/feedback/bounce-mail/score.ts';
import { understandMail } from '../../src/feedback/bounce-mail/understand.ts';
import { findMaterial } from '../support/require.ts';

const directory = findMaterial('PRESSRUN_BOUNCES');

test.skipIf(directory === null)('of the labelled mails 99% are right, hard or not', () => {
  const file = (name: string) => path.join(directory ?? '', name);
  const marked = readLabels(readFileSync(file('expected.jsonl'), 'utf8')).flatMap((label) => {
    const mail = mark(label, understandMail(readFileSync(file(label.file))));
    return mail ? [mail] : [];
  });
  expect(marked.length).toBeGreaterThan(200);
  const all = scoreRows(marked).at(-1);
  expect((all?.hard_right ?? 0) / marked.length).toBeGreaterThanOrEqual(0.99);
  expect((all?.same ?? 0) / marked.length).toBeGreaterThanOrEqual(0.99);
});

test('a label is matched recipient by recipient; one too many or too few is wrong', () => {
  const report = (...addresses: readonly string[]) =>
    understandMail(
      Buffer.from(
        [
          'Content-Type: message/delivery-status\n',
          ...addresses.map(
            (name) => `Final-Recipient: rfc822; ${name}@b.example\nAction: failed\nStatus: 5.1.1\n`,
          ),
        ].join('\n'),
      ),
    );
  const [label] = readLabels(
    JSON.stringify({ file: 'a.eml', recipients: [{ reason: 'userunknown', hard: true }] }),
  );
  if (!label) throw new Error('the label was not read');
  expect(mark(label, report('one'))).toMatchObject({ kindRight: true, hardRight: true });
  expect(mark(label, report('one', 'two'))).toMatchObject({ hardRight: false });
  expect(mark(label, report())).toMatchObject({ kindRight: false, hardRight: false });
});

test('a label by which nobody can tell is left out', () => {
  const [label] = readLabels('{"file": "a.eml", "recipients": [{"reason": "onhold", "hard": false}]}\n\n');
  expect(label && mark(label, understandMail(Buffer.from('')))).toBeNull();
  expect(() => readLabels('{"file": 1}')).toThrow('Line 1 of the labels');
});
