import { describe, expect, it } from 'vitest';
import { dateGaps, numberGap } from '../../../../documents/ocr/digits/gaps.ts';
import { normalised, SIDE } from '../../../../documents/ocr/digits/glyph.ts';
import { chosen, withHandDigits } from '../../../../documents/ocr/digits/hand-words.ts';
import { weightsOf } from '../../../../documents/ocr/digits/network.ts';
import { isSlash, piecesOf } from '../../../../documents/ocr/digits/pieces.ts';
import { readGap } from '../../../../documents/ocr/digits/read-gap.ts';
import { atomsOf, partings } from '../../../../documents/ocr/digits/segments.ts';
import type { PageWord } from '../../../../documents/ocr/page-text.ts';
import type { GreyImage } from '../../../../documents/ocr/picture.ts';
import { drawn, randomFrom, writtenDigit } from '../../../../scripts/digits/signs.ts';

/** An A4 page at 100 dpi would be too coarse; this is the head of one at 200. */
const WIDTH = 1654;
const HEIGHT = 2339;

function sheet(): GreyImage {
  return { width: WIDTH, height: HEIGHT, pixels: new Uint8Array(WIDTH * HEIGHT).fill(255) };
}

/** Writes digits with a pen, each about 36 pixels high on the line, from `left` on; the same hand for the same seed. */
function write(page: GreyImage, digits: string, left: number, foot: number, seed = 5): void {
  const random = randomFrom(seed);
  let x = left;
  for (const digit of digits) {
    const { width, height, ink } = writtenDigit(Number(digit), random);
    for (let dy = 0; dy < height; dy++)
      for (let dx = 0; dx < width; dx++) {
        const to = (foot - 46 + dy) * WIDTH + x + dx - 14;
        page.pixels[to] = Math.min(page.pixels[to]!, 255 - ink[dy * width + dx]!);
      }
    x += 34;
  }
}

function word(text: string, x0: number, x1: number, [y0, y1]: [number, number] = [250, 274]): PageWord {
  const box: PageWord['box'] = [x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT];
  return { text, box, bold: false, italic: false, stamp: false, confidence: 0.2 };
}

const DATE = [
  word('Mẫu,', 930, 990),
  word('ngày', 1000, 1070),
  word('#', 1085, 1140),
  word('tháng', 1165, 1248),
  word('{', 1265, 1300),
  word('năm', 1340, 1403),
  word('2025', 1413, 1486),
];

describe('gaps for handwriting', () => {
  it('lie between the printed words of the date line', () => {
    const [day, month] = dateGaps(DATE, { width: WIDTH, height: HEIGHT });
    expect([day?.kind, month?.kind]).toEqual(['day', 'month']);
    expect((day?.box[0] ?? 0) * WIDTH).toBeCloseTo(1070, 0);
    expect((month?.box[2] ?? 0) * WIDTH).toBeCloseTo(1340, 0);
  });

  it('are found where the handwriting was read as part of a word', () => {
    const words = [
      word('Mẫu,', 930, 990),
      word('ngàyÍ5tháng', 1000, 1248),
      word('01', 1265, 1300),
      word('năm', 1340, 1403),
      word('2025', 1413, 1486),
    ];
    const day = dateGaps(words, { width: WIDTH, height: HEIGHT })[0];
    expect((day?.box[0] ?? 0) * WIDTH).toBeGreaterThan(1060);
    expect((day?.box[0] ?? 0) * WIDTH).toBeLessThan(1085);
    expect((day?.box[2] ?? 0) * WIDTH).toBeGreaterThan(1150);
  });

  it('end before the symbol of the number line', () => {
    const words = [word('Số:', 300, 345), word('8Q', 360, 400), word('/QĐ-UBND', 450, 625)];
    const gap = numberGap(words, 'QĐ-UBND', { width: WIDTH, height: HEIGHT });
    expect(gap).toMatchObject({ kind: 'number', slash: false });
    expect((gap?.box[2] ?? 0) * WIDTH).toBeCloseTo(450, 0);
  });
});

describe('the digit network', () => {
  it('reads what a pen wrote between printed words', () => {
    const page = sheet();
    write(page, '16', 1085, 274);
    write(page, '12', 1262, 274);
    const gaps = dateGaps(DATE, page);
    expect(gaps.map((gap) => readGap(page, gap)?.digits)).toEqual(['16', '12']);
  });

  it('puts the date line right and never makes it certain', () => {
    const page = sheet();
    write(page, '23', 1085, 274, 9);
    write(page, '04', 1262, 274, 9);
    const words = withHandDigits(DATE, { print: page, red: null, blue: null });
    expect(words.map(({ text }) => text).join(' ')).toBe('Mẫu, ngày 23 tháng 04 năm 2025');
    expect(words.filter(({ text }) => /\d{2}$/.test(text)).every(({ confidence }) => confidence < 0.9)).toBe(
      true,
    );
  });

  it('reads a number in blue ink', () => {
    const blue = sheet();
    write(blue, '85', 360, 274, 3);
    const words = [word('Số:', 300, 345), word('8Q', 360, 400), word('/QĐ-UBND', 450, 625)];
    const read = withHandDigits(words, { print: sheet(), red: null, blue });
    expect(read.map(({ text }) => text)).toEqual(['Số: 85', '/QĐ-UBND']);
  });

  it('leaves lines alone where nothing is written', () => {
    expect(withHandDigits(DATE, { print: sheet(), red: null, blue: null })).toEqual(DATE);
    const other = [word('Kính', 300, 360), word('gửi:', 370, 420)];
    expect(withHandDigits(other, { print: sheet(), red: null, blue: null })).toEqual(other);
  });

  it('takes no line under the number for a digit', () => {
    const page = sheet();
    for (let x = 1085; x < 1150; x++) page.pixels.fill(0, 276 * WIDTH + x, 276 * WIDTH + x + 1);
    expect(readGap(page, dateGaps(DATE, page)[0]!)).toBeNull();
  });

  it('refuses weights of another shape', () => {
    expect(() => weightsOf(new Uint8Array(12))).toThrow(RangeError);
  });
});

describe('two readings of one number', () => {
  const sure = (digits: string, value: number) => ({ digits, sure: value });
  it.each<[string, string | null, number, { digits: string; sure: number } | null, unknown]>([
    ['agree', '05', 0.4, sure('05', 0.8), { digits: '05', confidence: 0.75 }],
    ['only the engine', '05', 0.4, null, { digits: '05', confidence: 0.4 }],
    ['only the network', null, 0, sure('16', 0.8), { digits: '16', confidence: 0.4 }],
    [
      'the network is sure, the engine is not',
      '46',
      0.2,
      sure('16', 0.8),
      { digits: '16', confidence: 0.25 },
    ],
    ['the engine read print', '46', 0.95, sure('16', 0.8), { digits: '46', confidence: 0.95 }],
    ['the network guesses', '46', 0.5, sure('16', 0.45), { digits: '46', confidence: 0.25 }],
    ['nobody', null, 0, sure('1', 0.1), null],
  ])('%s', (_name, first, confidence, second, wanted) => {
    expect(chosen(first, confidence, second)).toEqual(wanted);
  });
});

describe('pieces of ink', () => {
  const picture = (strokes: Parameters<typeof drawn>[0]): GreyImage => {
    const { width, height, ink } = drawn(strokes, 1.5);
    return { width, height, pixels: ink.map((value) => 255 - value) };
  };

  it('a slash is told from a one with its hook', () => {
    const [slash] = piecesOf(
      picture([
        [
          [20, 44],
          [32, 8],
        ],
      ]),
      150,
      6,
    );
    const [one] = piecesOf(
      picture([
        [
          [18, 26],
          [32, 8],
          [32, 44],
        ],
      ]),
      150,
      6,
    );
    expect(isSlash(slash!, 56, 34)).toBe(true);
    expect(isSlash(one!, 56, 34)).toBe(false);
  });

  it('two parts one above the other are one sign', () => {
    const image = picture([
      [
        [20, 10],
        [36, 10],
      ],
      [
        [22, 18],
        [34, 30],
        [20, 44],
      ],
    ]);
    const atoms = atomsOf(piecesOf(image, 150, 6), image, 34);
    expect(new Set(atoms?.map((atom) => atom.of)).size).toBe(1);
  });

  it('every way to part three is tried', () => {
    expect(partings(3).map((way) => way.map(([from, to]) => to - from).join('+'))).toEqual([
      '1+1+1',
      '2+1',
      '1+2',
      '3',
    ]);
  });

  it('a sign fills the middle whatever its size; none without ink', () => {
    const small = normalised(
      drawn(
        [
          [
            [24, 24],
            [24, 32],
          ],
        ],
        1,
      ),
    );
    expect(small[(SIDE / 2) * SIDE + SIDE / 2]).toBeGreaterThan(0.5);
    expect(Math.max(...normalised({ width: 4, height: 4, ink: new Uint8Array(16) }))).toBe(0);
  });
});
