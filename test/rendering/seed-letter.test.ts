import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readIssue } from '../../src/document/read-issue.ts';
import { CLIP_BYTES, renderLetter } from '../../src/rendering/letter.ts';
import { findMaterial } from '../support/require.ts';
import { publication } from './documents.ts';

const seed = findMaterial('PRESSRUN_SEED');

test.skipIf(seed === null)(
  'a real issue whose pictures are all missing is a whole letter below the clip',
  async () => {
    const { document } = readIssue(await readFile(String(seed), 'utf8'));
    const { html, text } = await renderLetter({ document, publication, pictures: new Map() });
    expect(Buffer.byteLength(html)).toBeLessThan(CLIP_BYTES);
    expect(html).not.toContain('<img');
    for (const section of document.sections)
      for (const { headline } of section.items)
        expect(text.replaceAll(/\s/g, '')).toContain(headline.replaceAll(/\s/g, ''));
  },
);
