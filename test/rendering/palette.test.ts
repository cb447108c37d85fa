import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contrast, palette } from '../../src/rendering/palette.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('palette', () => {
  test('whatever the accent, text in it can be read by day and by night', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const { light, dark } = palette(accent);
        for (const side of [light, dark])
          for (const ground of [side.sheet, side.page, side.card, side.tint])
            expect(contrast(side.accent, ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  test('running text and small print keep their contrast on every ground of any accent', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const { light, dark } = palette(accent);
        for (const side of [light, dark])
          for (const text of [side.ink, side.body, side.muted])
            for (const ground of [side.sheet, side.page, side.card, side.tint])
              expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  test('an accent that can be read stays as the editor chose it', () => {
    expect(palette('#0B6E99').light.accent).toBe('#0b6e99');
  });

  test.each([null, '', 'red', '#12345', '#12345g', '#fff;}body{display:none'])(
    'what is no colour (%s) is the house colour',
    (accent) => {
      expect(palette(accent)).toEqual(palette('#c2361f'));
    },
  );
});
