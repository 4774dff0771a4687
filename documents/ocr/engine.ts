/** What recognises letters in a picture. One adapter file for each engine. */
import type { GreyImage } from './picture.ts';

/** One recognised word. */
export interface OcrWord {
  /** NFC, as the engine gave it: known confusions are not put right here. */
  text: string;
  /** [x0, y0, x1, y1] in pixels of the picture that was given. */
  box: [number, number, number, number];
  /** 0..1, the engine's own; not calibrated. */
  confidence: number;
}

/** Page segmentation modes of Tesseract: column of varied sizes, one block, one line, words anywhere. */
export type Segmentation = 'column' | 'block' | 'line' | 'sparse' | 'auto';

export interface OcrOptions {
  segmentation: Segmentation;
  /** Resolution the picture was made at, dots per inch. */
  dpi: number;
  /** Characters that may be given; all of the language without it. */
  letters?: string;
  /** Milliseconds of work; then what was read so far is lost and OCR_SLOW is thrown. */
  maxMs?: number;
}

type EngineName = 'tesseract-wasm' | 'tesseract-native';

/** Keeps its language data loaded until `close`. One picture at a time. */
export interface OcrEngine {
  readonly name: EngineName;
  /** Words in reading order. Throws `CongvanError`, permanent: OCR_FAILED, OCR_SLOW. */
  recognise(image: GreyImage, options: OcrOptions): Promise<OcrWord[]>;
  close(): Promise<void>;
}
