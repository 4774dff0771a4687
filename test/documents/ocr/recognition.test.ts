import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing } from '../../../documents/ocr/page-reader.ts';
import type { PageWord } from '../../../documents/ocr/page-text.ts';
import { isBadRecognition, isSyllable } from '../../../documents/ocr/syllables.ts';
import { openTesseractNative } from '../../../documents/ocr/tesseract-native.ts';
import { wordsOfTsv } from '../../../documents/ocr/tesseract-tsv.ts';
import { rereadUnclear } from '../../../documents/ocr/unclear-lines.ts';

describe("Tesseract's table", () => {
  it('gives words, NFC, with confidences from 0 to 1; Icelandic Ð is Đ', () => {
    const tsv = [
      '1\t1\t0\t0\t0\t0\t0\t0\t100\t50\t-1\t',
      '5\t1\t1\t1\t1\t1\t10\t20\t30\t8\t96.5\tQU\u0059\u00caT',
      '5\t1\t1\t1\t1\t2\t45\t20\t30\t8\t12\t\u00d0I\u0323NH',
      '5\t1\t1\t1\t1\t3\t80\t20\t30\t8\t95\t ',
      'rubbish',
    ].join('\n');
    expect(wordsOfTsv(tsv)).toEqual([
      { text: 'QUYÊT', box: [10, 20, 40, 28], confidence: 0.965 },
      { text: 'ĐỊNH', box: [45, 20, 75, 28], confidence: 0.12 },
    ]);
  });
});

describe('syllables', () => {
  it.each([
    'Quyết',
    'định',
    'nghiêng',
    'hoà',
    'hòa',
    'Uỷ',
    'ỦY',
    'khuyến',
    'giếng',
    'gì',
    'thuở',
    'quý',
    'đường',
    'xoong',
  ])('%s is one', (word) => expect(isSyllable(word)).toBe(true));
  it.each(['tliực', 'ĐINB', 'strong', 'ngq', 'hện9', 'wật', 'UBND'])('%s is none', (word) =>
    expect(isSyllable(word)).toBe(false),
  );

  const GOOD =
    'Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015 theo đề nghị của Giám đốc Sở Nội vụ';
  it.each<[string, string, boolean]>([
    ['good text', GOOD, false],
    ['text without marks', GOOD.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd'), true],
    ['broken text', GOOD.replace(/h/g, 'li').replace(/n/g, 'ri'), true],
    ['too little to tell', 'tliực liiện', false],
  ])('%s', (_name, text, bad) => expect(isBadRecognition(text.split(' '))).toBe(bad));
});

describe('bands of a page', () => {
  it.each<[[number, number][], [number, number], [number, number][]]>([
    [[], [0, 1], [[0, 1]]],
    [[[0, 0.45]], [0, 1], [[0.45, 1]]],
    [[[0, 0.45]], [0.3, 0.9], [[0.45, 0.9]]],
    [
      [[0.4, 0.6]],
      [0, 1],
      [
        [0, 0.4],
        [0.6, 1],
      ],
    ],
    [
      [
        [0, 0.5],
        [0.495, 1],
      ],
      [0, 1],
      [],
    ],
  ])('%j of which %j is wanted leave %j', (done, wanted, rest) =>
    expect(missing(done, wanted)).toEqual(rest),
  );
});

describe('number and date, read three times', () => {
  const word = (text: string, x: number): PageWord => ({
    text,
    box: [x, 0.1, x + 0.05, 0.11],
    bold: false,
    italic: false,
    stamp: false,
    confidence: 0.95,
  });
  const line = (texts: string[]) => texts.map((text, index) => word(text, 0.1 + index * 0.06));
  it.each<[string, string[], string[][], string, number]>([
    [
      'print stays as it was',
      ['Số:', '125/QĐ-UBND'],
      [['Số:', '125/QĐ-UBND'], ['Số:125/QĐ-UBND']],
      'Số: 125/QĐ-UBND',
      0.95,
    ],
    [
      'two against one',
      ['Số:', '43', '/BC-UBND'],
      [
        ['Số:', '23', '/BC-UBND'],
        ['Số:', '23', '/BC-UBND'],
      ],
      'Số: 23 /BC-UBND',
      0.7,
    ],
    [
      'each another',
      ['Số:', '43', '/BC-UBND'],
      [
        ['Số:', '23', '/BC-UBND'],
        ['Số:', '28', '/BC-UBND'],
      ],
      'Số: 43 /BC-UBND',
      0.4,
    ],
    [
      'only one makes sense',
      ['Số:', '4†', '/BC-UBND'],
      [
        ['Số:', '41', '/BC-UBND'],
        ['Số:', '4+', '/BC-UBND'],
      ],
      'Số: 41 /BC-UBND',
      0.4,
    ],
    ['none makes sense', ['Số:', '8Q', '/BC-UBND'], [['Số:', '§Q', '/BC-UBND'], []], 'Số: 8Q /BC-UBND', 0.2],
  ])('%s', async (_name, first, others, text, confidence) => {
    const again = async (_box: unknown, dpi: number) => line(others[dpi === 300 ? 0 : 1]!);
    const words = await rereadUnclear(line(first), again);
    expect(words.map((one) => one.text).join(' ')).toBe(text);
    expect(Math.min(...words.map((one) => one.confidence))).toBe(confidence);
  });
});

describe('the installed program', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cv-tesseract-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function program(name: string, body: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(
      path,
      `#!/bin/sh\nif [ "$1" = --list-langs ]; then echo eng; echo vie; exit; fi\n${body}\n`,
    );
    await chmod(path, 0o755);
    return path;
  }
  const IMAGE = { width: 4, height: 4, pixels: new Uint8Array(16) };
  const OPTIONS = { segmentation: 'block', dpi: 200, maxMs: 2000 } as const;

  it('gets the picture through a pipe and gives its words', async () => {
    const engine = await openTesseractNative(
      await program(
        'good',
        'head -c 2 >/dev/null; printf "5\\t1\\t1\\t1\\t1\\t1\\t1\\t2\\t3\\t4\\t90\\tSở\\n"; cat >/dev/null',
      ),
    );
    expect(await engine!.recognise(IMAGE, OPTIONS)).toEqual([
      { text: 'Sở', box: [1, 2, 4, 6], confidence: 0.9 },
    ]);
  });

  it.each<[string, string, string]>([
    ['fails', 'exit 3', 'OCR_FAILED'],
    ['hangs', 'exec sleep 30', 'OCR_SLOW'],
  ])('that %s is an error of ours', async (name, body, code) => {
    const engine = await openTesseractNative(await program(name, body));
    await expect(engine!.recognise(IMAGE, { ...OPTIONS, maxMs: 300 })).rejects.toMatchObject({ code });
  });

  it.each(['no-such-program-here', '/bin/true'])('%s is none', async (path) => {
    expect(await openTesseractNative(path)).toBeNull();
  });
});
