/** The engine of this process: opened at the first scan, kept for the next ones. */
import { CongvanError } from '../../config/error.ts';
import type { OcrEngine } from './engine.ts';
import { openTesseractNative } from './tesseract-native.ts';
import { openTesseractWasm } from './tesseract-wasm.ts';

let shared: Promise<OcrEngine | null> | null = null;

/** The one engine of the process; null when there is none. One picture at a time: do not read two files at once. */
export function sharedEngine(): Promise<OcrEngine | null> {
  shared ??= openEngine();
  return shared;
}

/** The program `tesseract` where it is installed with Vietnamese data, else the WebAssembly; null without both. */
export async function openEngine(): Promise<OcrEngine | null> {
  const native = await openTesseractNative();
  if (native !== null) return native;
  try {
    return await openTesseractWasm();
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'OCR_MISSING') return null;
    throw error;
  }
}

/** Ends the shared engine, as at the end of a test or of the process. */
export async function closeSharedEngine(): Promise<void> {
  const engine = await shared;
  shared = null;
  await engine?.close();
}
