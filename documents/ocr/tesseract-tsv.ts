/** Tesseract's table of words (TSV), the same from the WebAssembly and from the program. */
import type { OcrWord, Segmentation } from './engine.ts';

/** Its page segmentation modes. */
export const SEGMENTATION: Record<Segmentation, string> = {
  auto: '3',
  column: '4',
  block: '6',
  line: '7',
  sparse: '11',
};

/** Rows of level 5 are words: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
const WORD_LEVEL = '5';

/** Words in reading order; rows that are no words, or empty ones, are left out. */
export function wordsOfTsv(tsv: string): OcrWord[] {
  const words: OcrWord[] = [];
  for (const row of tsv.split('\n')) {
    const cells = row.split('\t');
    const text = vietnamese(cells[11] ?? '');
    if (cells[0] !== WORD_LEVEL || text === '') continue;
    const [left, top, width, height, confidence] = cells.slice(6, 11).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (![left, top, width, height].every(Number.isFinite)) continue;
    words.push({
      text,
      box: [left, top, left + width, top + height],
      confidence: Math.min(1, Math.max(0, (Number.isFinite(confidence) ? confidence : 0) / 100)),
    });
  }
  return words;
}

/** QUIRK: the data know the Icelandic Ð (U+00D0) too, which looks like Đ (U+0110) and is no letter of Vietnamese. */
function vietnamese(text: string): string {
  return text.normalize('NFC').replaceAll('\u00d0', '\u0110').replaceAll('\u00f0', '\u0111').trim();
}
