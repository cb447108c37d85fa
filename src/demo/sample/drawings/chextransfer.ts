import {
  area,
  blend,
  CORAL,
  chance,
  disc,
  drawing,
  GOLD,
  INK,
  NIGHT,
  PAPER,
  type Point,
  SAND,
  SKY,
  SLATE,
  stroke,
  TEAL,
  through,
  upTo,
} from './canvas.ts';

const BONE = blend(NIGHT, PAPER, 0.8);

/** Ribs on the left; on the right, models by their score on ImageNet and on chest films: no slope. */
export function chexTransfer(): string {
  return drawing(SAND, ...chest(), ...scatter());
}

function chest(): string[] {
  const left = 'M252 150C190 150 120 280 116 420C114 500 176 520 228 476C262 446 262 230 252 150Z';
  const right = 'M328 150C390 150 460 280 464 420C466 500 404 520 352 476C318 446 318 230 328 150Z';
  const ribs = upTo(6).flatMap((index) => {
    const y = 191 + index * 52;
    const reach = 96 + index * 15;
    return [
      stroke(`M290 ${y}C${284 - reach} ${y - 44} ${262 - reach} ${y + 30} ${268 - reach} ${y + 56}`, BONE, 9),
      stroke(`M290 ${y}C${296 + reach} ${y - 44} ${318 + reach} ${y + 30} ${312 + reach} ${y + 56}`, BONE, 9),
    ];
  });
  const spine = upTo(8).map((index) => disc([290, 139 + index * 52], 14, PAPER));
  return [area('M0 0H580V630H0Z', INK), area(left, NIGHT), area(right, NIGHT), ...ribs, ...spine];
}

function scatter(): string[] {
  const random = chance(6871);
  const colours = [TEAL, CORAL, GOLD, SLATE, INK];
  const models = upTo(16).map((index) => {
    const at: Point = [690 + index * 26 + random() * 18, 315 + (random() - 0.5) * 300];
    return disc(at, 10 + 20 * random(), colours[index % colours.length] ?? INK);
  });
  const axes = stroke(
    through([
      [650, 90],
      [650, 540],
      [1130, 540],
    ]),
    INK,
    5,
  );
  const levels = upTo(3).map((index) =>
    stroke(
      through([
        [650, 165 + index * 125],
        [1130, 165 + index * 125],
      ]),
      SKY,
      3,
      '1 12',
    ),
  );
  return [
    ...levels,
    axes,
    stroke(
      through([
        [676, 322],
        [1110, 308],
      ]),
      INK,
      4,
      '14 14',
    ),
    ...models,
  ];
}
