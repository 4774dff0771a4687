/** How much of one file is recognised. Reading letters costs about a second of CPU a page: without limits one mail holds a process. */
export interface OcrLimits {
  /** Pages of one file whose picture is recognised. */
  maxPages: number;
  /** Pixels rendered for recognition, all pages and regions of one file together. */
  maxTotalPixels: number;
  /** Pixels of one picture that goes to the engine: A4 at 300 dpi has 8.7 million, A3 17.4 million. */
  maxPixels: number;
  /** Milliseconds for all recognition of one file. */
  maxMs: number;
  /** Milliseconds for one picture: noise full of specks takes minutes. */
  maxPictureMs: number;
}

export const OCR_LIMITS: OcrLimits = {
  maxPages: 60,
  maxTotalPixels: 400_000_000,
  maxPixels: 18_000_000,
  maxMs: 180_000,
  maxPictureMs: 30_000,
};
