/** The adapter of the program `tesseract`: used when it is installed with Vietnamese data, because it is faster. */
import { spawn } from 'node:child_process';
import { CongvanError } from '../../config/error.ts';
import type { OcrEngine, OcrOptions, OcrWord } from './engine.ts';
import { OCR_LIMITS } from './limits.ts';
import type { GreyImage } from './picture.ts';
import { SEGMENTATION, wordsOfTsv } from './tesseract-tsv.ts';
import { asPgm } from './tesseract-wasm.ts';

/** The table of an A3 page of small print has less than a megabyte. */
const MAX_OUTPUT = 16 * 1024 * 1024;
const LOOK_MS = 5_000;

/** Null when the program is not installed or has no Vietnamese data. */
export async function openTesseractNative(program = 'tesseract'): Promise<OcrEngine | null> {
  try {
    const { output } = await run(program, ['--list-langs'], null, LOOK_MS);
    return /^vie$/m.test(output) ? new TesseractNative(program) : null;
  } catch {
    return null;
  }
}

class TesseractNative implements OcrEngine {
  readonly name = 'tesseract-native';
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
  }

  async recognise(image: GreyImage, options: OcrOptions): Promise<OcrWord[]> {
    const variables =
      options.letters === undefined ? [] : ['-c', `tessedit_char_whitelist=${options.letters}`];
    const mode = ['--oem', '1', '--psm', SEGMENTATION[options.segmentation]];
    const told = ['stdin', 'stdout', '-l', 'vie', '--dpi', String(Math.round(options.dpi)), ...mode];
    const { output } = await run(
      this.#program,
      [...told, ...variables, 'tsv'],
      asPgm(image),
      options.maxMs ?? OCR_LIMITS.maxPictureMs,
    );
    return wordsOfTsv(output);
  }

  async close(): Promise<void> {}
}

function run(
  program: string,
  args: readonly string[],
  input: Uint8Array | null,
  maxMs: number,
): Promise<{ output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      // One thread: several readers share the machine, and Tesseract's threads cost more than they bring.
      env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      child.kill('SIGKILL');
    }, maxMs);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    // A program that ends early breaks the pipe; its exit code says more.
    child.stdin.on('error', () => {});
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(failure('OCR_FAILED', 'Không chạy được chương trình nhận dạng chữ.', cause));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      if (slow) reject(failure('OCR_SLOW', 'Nhận dạng chữ quá lâu, đã dừng.'));
      else if (code !== 0) reject(failure('OCR_FAILED', 'Không nhận dạng được chữ trong ảnh.'));
      else resolve({ output: Buffer.concat(chunks).toString('utf8') });
    });
    child.stdin.end(input ?? undefined);
  });
}

function failure(code: string, message: string, cause?: unknown): CongvanError {
  return new CongvanError(code, message, { temporary: false, cause });
}
