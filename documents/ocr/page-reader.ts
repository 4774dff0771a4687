/** Reads the pages of an opened PDF: decides between text layer and picture, part by part, and remembers what it read. */
import { CongvanError } from '../../config/error.ts';
import { linesOfWords, type TextLine } from '../layout.ts';
import type { OpenPdf, PdfPage } from '../pdf-text.ts';
import type { Box } from '../pdf-words.ts';
import { Budget } from './budget.ts';
import { withHandDigits } from './digits/hand-words.ts';
import type { OcrEngine } from './engine.ts';
import { isUsableLayer, stampsForLines } from './layer.ts';
import type { OcrLimits } from './limits.ts';
import { recogniseBand, recogniseRegion } from './page-bands.ts';
import { type PagePicture, pictureOfPage, quietRow } from './page-picture.ts';
import type { OpenPages, PageDefect, PagePart, PageText, PageWord, RegionOptions } from './page-text.ts';
import { boxAsRead, NOT_TURNED, type PageTurn } from './page-turn.ts';
import { signatureBlock } from './second-look.ts';
import { rereadUnclear } from './unclear-lines.ts';
import { uprightPicture } from './upright.ts';
import { stampedMarks } from './urgency-stamp.ts';

/** What is known of one page so far. */
interface Known {
  layer: PdfPage;
  /** Its text layer is read instead of its picture. */
  usable: boolean;
  size: [number, number];
  turn: PageTurn;
  blank: boolean;
  /** Recognised words, and the bands of the height they come from. */
  words: PageWord[];
  bands: [number, number][];
  /** The signature block was read once more. */
  lookedTwice: boolean;
  /** Number and date were read once more, and red stamps looked for. */
  reread: boolean;
}

/** Header, number, date, title and abstract stand in this share of page 1. */
const HEAD_SHARE = 0.45;
/** Nơi nhận and the signature block are not higher than this above the lowest ink. */
const FOOT_SHARE = 0.45;
/** A rest thinner than this holds no line. */
const THINNEST_BAND = 0.01;

export interface PageSources {
  /** The same document opened twice: for its text, and for its pictures without annotations. Both are closed here. */
  text: OpenPdf;
  pictures: OpenPdf;
  engine: OcrEngine | null;
  limits: OcrLimits;
}

export class PageReader implements OpenPages {
  readonly pageCount: number;
  readonly defects: PageDefect[] = [];
  readonly engine: string | null;
  readonly #text: OpenPdf;
  readonly #pictures: OpenPdf;
  readonly #engine: OcrEngine | null;
  readonly #budget: Budget;
  readonly #known = new Map<number, Known>();
  /** The picture looked at last; one A4 page takes 4–12 MB. */
  #picture: { number: number; picture: PagePicture } | null = null;

  constructor({ text, pictures, engine, limits }: PageSources) {
    this.#text = text;
    this.#pictures = pictures;
    this.#engine = engine;
    this.#budget = new Budget(limits);
    this.pageCount = text.pageCount;
    this.engine = engine?.name ?? null;
  }

  async readPage(number: number, part: PagePart = 'whole'): Promise<PageText> {
    try {
      const known = this.#look(number);
      if (!known.usable) await this.#recognise(number, known, part);
      return textOf(number, known);
    } catch (error) {
      this.#note(number, error);
      return textOf(number, this.#known.get(number) ?? UNREAD);
    }
  }

  async readRegion(number: number, box: Box, options: RegionOptions = {}): Promise<TextLine[]> {
    try {
      const known = this.#look(number);
      if (this.#engine === null) return [];
      this.#budget.check();
      const words = await this.#budget.spend(() => this.#region(number, known, box, options));
      return linesOfWords(words, number);
    } catch (error) {
      this.#note(number, error);
      return [];
    }
  }

  async close(): Promise<void> {
    this.#picture = null;
    this.#text.close();
    this.#pictures.close();
  }

  #look(number: number): Known {
    let known = this.#known.get(number);
    if (known === undefined) {
      const layer = this.#text.readPage(number);
      known = {
        layer,
        usable: isUsableLayer(this.#pictures, layer),
        size: this.#pictures.pageSize(number),
        turn: NOT_TURNED,
        blank: false,
        words: [],
        bands: [],
        lookedTwice: false,
        reread: false,
      };
      this.#known.set(number, known);
    }
    return known;
  }

  async #recognise(number: number, known: Known, part: PagePart): Promise<void> {
    const engine = this.#engine;
    if (engine === null) throw new CongvanError('OCR_MISSING', NO_ENGINE, { temporary: false });
    if (part === 'whole' && isCovered(known.bands, [0, 1])) return;
    this.#budget.startPage(number);
    await this.#budget.spend(async () => {
      const picture = await this.#pictureOf(number, known, engine);
      if (picture.blank) return;
      for (const band of missing(known.bands, bandOf(part, picture))) {
        const cut: [number, number] = [
          quietRow(picture.inks.print, band[0]),
          quietRow(picture.inks.print, band[1]),
        ];
        known.words.push(...(await recogniseBand(engine, picture, cut, this.#budget.pictureMs())));
        known.bands.push(cut);
      }
      if (number === 1 && !known.reread) {
        known.words = await rereadUnclear(known.words, (box, dpi) =>
          this.#readAgain(number, known, box, dpi),
        );
        known.words = withHandDigits(known.words, picture.inks);
        known.words.push(...(await stampedMarks(engine, picture, this.#budget.pictureMs())));
        known.reread = true;
      }
      if (part !== 'head' && !known.lookedTwice) {
        known.words = await signatureBlock(engine, picture, known.words, this.#budget.pictureMs());
        known.lookedTwice = true;
      }
    });
  }

  /** A region that cannot be read again keeps its first reading. */
  async #readAgain(number: number, known: Known, box: Box, dpi: number): Promise<PageWord[]> {
    try {
      return await this.#region(number, known, box, { dpi, line: true });
    } catch (error) {
      this.#note(number, error);
      return [];
    }
  }

  #region(number: number, known: Known, box: Box, options: RegionOptions): Promise<PageWord[]> {
    const page = { turn: known.turn, width: known.size[0], height: known.size[1] };
    const [pdf, engine, budget] = [this.#pictures, this.#engine!, this.#budget];
    return recogniseRegion({ pdf, engine, number, page, box, options, budget });
  }

  async #pictureOf(number: number, known: Known, engine: OcrEngine): Promise<PagePicture> {
    if (this.#picture?.number === number) return this.#picture.picture;
    const fresh = known.bands.length === 0;
    const picture = fresh
      ? await uprightPicture(this.#pictures, number, engine, this.#budget.pictureMs())
      : pictureOfPage(this.#pictures, number, known.turn.quarter);
    this.#budget.pixels(picture.cost);
    const [width, height] = this.#pictures.pageSize(number);
    known.size = picture.turn.quarter % 180 === 0 ? [width, height] : [height, width];
    known.turn = picture.turn;
    known.blank = picture.blank;
    this.#picture = { number, picture };
    return picture;
  }

  /** Each kind of trouble is told once: a broken file says the same of every page. */
  #note(number: number, error: unknown): void {
    if (!(error instanceof CongvanError) || error.temporary) throw error;
    if (this.defects.some((defect) => defect.code === error.code)) return;
    this.defects.push({ code: error.code, detail: `Trang ${number}: ${error.message}` });
  }
}

const NO_ENGINE = 'Trang là ảnh quét, chưa có bộ nhận dạng chữ để đọc.';

const UNREAD: Known = {
  layer: { number: 0, words: [], imageOnly: true, picture: false, truncated: false },
  usable: false,
  size: [595, 842],
  turn: NOT_TURNED,
  blank: false,
  words: [],
  bands: [],
  lookedTwice: false,
  reread: false,
};

function textOf(number: number, known: Known): PageText {
  const { layer, size, turn, blank } = known;
  const page = { turn, width: size[0], height: size[1] };
  const about = { number, ...page, blank, picture: layer.picture };
  if (known.usable) {
    const words = layer.words.map((word) => ({ ...word, confidence: 1 }));
    return { ...about, words, lines: linesOfWords(layer.words, number), source: 'text-layer' };
  }
  const stamps = layer.words
    .filter((word) => word.stamp)
    .map((word) => ({ ...word, box: boxAsRead(page, word.box), confidence: 1 }));
  const shown = stampsForLines(stamps);
  const lines = linesOfWords([...known.words, ...shown], number);
  return { ...about, words: [...known.words, ...stamps], lines, source: shown.length > 0 ? 'both' : 'ocr' };
}

function bandOf(part: PagePart, { inkBottom }: PagePicture): [number, number] {
  if (part === 'head') return [0, HEAD_SHARE];
  if (part === 'foot') return [Math.max(0, inkBottom - FOOT_SHARE), 1];
  return [0, 1];
}

/** What of a wanted band was not read yet, from top to bottom. */
export function missing(
  done: readonly (readonly [number, number])[],
  wanted: readonly [number, number],
): [number, number][] {
  let rests: [number, number][] = [[wanted[0], wanted[1]]];
  for (const [top, bottom] of done)
    rests = rests.flatMap(([from, to]): [number, number][] => [
      [from, Math.min(to, top)],
      [Math.max(from, bottom), to],
    ]);
  return rests.filter(([from, to]) => to - from > THINNEST_BAND).sort((a, b) => a[0] - b[0]);
}

function isCovered(done: readonly [number, number][], wanted: [number, number]): boolean {
  return missing(done, wanted).length === 0;
}
