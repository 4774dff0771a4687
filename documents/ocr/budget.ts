/** What recognition may still cost for one file. */
import { CongvanError } from '../../config/error.ts';
import type { OcrLimits } from './limits.ts';

export class Budget {
  readonly #limits: OcrLimits;
  readonly #pages = new Set<number>();
  #pixels = 0;
  /** Milliseconds of recognition so far; time between calls is not counted. */
  #spent = 0;

  constructor(limits: OcrLimits) {
    this.#limits = limits;
  }

  /** Throws `CongvanError` OCR_LIMIT when the page is one too many, or nothing is left. */
  startPage(number: number): void {
    this.check();
    if (!this.#pages.has(number) && this.#pages.size >= this.#limits.maxPages)
      throw refusal(`chỉ nhận dạng tối đa ${this.#limits.maxPages} trang của một tệp`);
    this.#pages.add(number);
  }

  check(): void {
    if (this.#spent >= this.#limits.maxMs) throw refusal('hết thời gian dành cho tệp này');
    if (this.#pixels >= this.#limits.maxTotalPixels) throw refusal('tệp có quá nhiều điểm ảnh');
  }

  pixels(count: number): void {
    this.#pixels += count;
  }

  /** Milliseconds for the next picture. */
  pictureMs(): number {
    return Math.max(1, Math.min(this.#limits.maxPictureMs, this.#limits.maxMs - this.#spent));
  }

  async spend<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.#spent += performance.now() - started;
    }
  }
}

function refusal(why: string): CongvanError {
  return new CongvanError('OCR_LIMIT', `Không nhận dạng tiếp: ${why}.`, { temporary: false });
}
