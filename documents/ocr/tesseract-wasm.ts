/**
 * The adapter of tesseract.js-core (Tesseract in WebAssembly): the only file that imports it. It is driven directly, in
 * the process that reads: tesseract.js would start a worker of its own and look for its data on the network.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { CongvanError } from '../../config/error.ts';
import type { OcrEngine, OcrOptions, OcrWord } from './engine.ts';
import { OCR_LIMITS } from './limits.ts';
import type { GreyImage } from './picture.ts';
import { SEGMENTATION, wordsOfTsv } from './tesseract-tsv.ts';

interface TesseractApi {
  Init(dataPath: string | null, language: string, mode: number): number;
  SetVariable(name: string, value: string): boolean;
  SetImageFile(): number;
  SetSourceResolution(dpi: number): void;
  Recognize(monitor: null): number;
  GetTSVText(page: number): string;
  Clear(): void;
  End(): void;
}

interface TesseractModule {
  FS: { writeFile(path: string, data: Uint8Array): void; unlink(path: string): void };
  TessBaseAPI: new () => TesseractApi;
}

type LoadModule = (options: Record<string, unknown>) => Promise<TesseractModule>;

const LSTM_ONLY = 1;
const DATA = '@tesseract.js-data/vie/4.0.0_best_int/vie.traineddata.gz';
const CORE = 'tesseract.js-core/tesseract-core-simd-lstm.js';
/** The WebAssembly memory grows with the largest picture and never shrinks: after so many pictures it is started anew. */
const PICTURES_OF_AN_INSTANCE = 400;

/** Thrown through the WebAssembly when the time is over; the instance is given up afterwards. */
class TimeIsOver extends Error {}

/** Starts in about 0.1–0.4 s; 90 MB at first, 150 MB after a page. Throws `CongvanError` OCR_MISSING when its packages are not installed. */
export async function openTesseractWasm(): Promise<OcrEngine> {
  const engine = new TesseractWasm();
  await engine.start();
  return engine;
}

class TesseractWasm implements OcrEngine {
  readonly name = 'tesseract-wasm';
  #module: TesseractModule | null = null;
  #api: TesseractApi | null = null;
  #data: Uint8Array | null = null;
  #deadline = Number.POSITIVE_INFINITY;
  #pictures = 0;

  async start(): Promise<void> {
    const require = createRequire(import.meta.url);
    let load: LoadModule;
    try {
      load = require(CORE) as LoadModule;
      this.#data ??= await readFile(require.resolve(DATA));
    } catch (cause) {
      throw new CongvanError('OCR_MISSING', 'Không có bộ nhận dạng chữ tiếng Việt.', {
        temporary: false,
        cause,
      });
    }
    this.#module = await load({
      print: () => {},
      printErr: () => {},
      TesseractProgress: () => {
        if (performance.now() > this.#deadline) throw new TimeIsOver();
      },
    });
    this.#module.FS.writeFile('vie.traineddata', gunzipSync(this.#data));
    this.#api = new this.#module.TessBaseAPI();
    this.#pictures = 0;
    if (this.#api.Init(null, 'vie', LSTM_ONLY) !== 0)
      throw new CongvanError('OCR_MISSING', 'Dữ liệu nhận dạng chữ tiếng Việt bị hỏng.', {
        temporary: false,
      });
  }

  async recognise(image: GreyImage, options: OcrOptions): Promise<OcrWord[]> {
    if (this.#api === null || this.#pictures >= PICTURES_OF_AN_INSTANCE) {
      await this.close();
      await this.start();
    }
    this.#pictures += 1;
    this.#deadline = performance.now() + (options.maxMs ?? OCR_LIMITS.maxPictureMs);
    try {
      return this.#run(image, options);
    } catch (cause) {
      this.#forget();
      const slow = cause instanceof TimeIsOver;
      throw new CongvanError(
        slow ? 'OCR_SLOW' : 'OCR_FAILED',
        slow ? 'Nhận dạng chữ quá lâu, đã dừng.' : 'Không nhận dạng được chữ trong ảnh.',
        { temporary: false, cause },
      );
    }
  }

  #run(image: GreyImage, { segmentation, dpi, letters }: OcrOptions): OcrWord[] {
    const api = this.#api!;
    this.#module!.FS.writeFile('/input', asPgm(image));
    if (api.SetImageFile() !== 0) throw new Error('picture refused');
    api.SetSourceResolution(dpi);
    api.SetVariable('tessedit_pageseg_mode', SEGMENTATION[segmentation]);
    api.SetVariable('tessedit_char_whitelist', letters ?? '');
    api.Recognize(null);
    const words = wordsOfTsv(api.GetTSVText(0));
    api.Clear();
    return words;
  }

  async close(): Promise<void> {
    this.#api?.End();
    this.#forget();
  }

  #forget(): void {
    this.#api = null;
    this.#module = null;
  }
}

/** Netpbm grey: a header of one line, then the pixels; the one format that costs nothing to write. */
export function asPgm({ width, height, pixels }: GreyImage): Uint8Array {
  const header = Buffer.from(`P5 ${width} ${height} 255\n`, 'latin1');
  const file = new Uint8Array(header.length + pixels.length);
  file.set(header);
  file.set(pixels, header.length);
  return file;
}
