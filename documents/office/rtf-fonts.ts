/** Which bytes mean which letters in an RTF: by the font's charset, else by the file's code page. */
import { encodingOfFont } from '../encoding-legacy.ts';

export interface RtfFont {
  name: string;
  charset: number | null;
}

/** \fcharset → code page of Windows. */
const PAGES: Record<number, number> = {
  128: 932,
  129: 949,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  204: 1251,
  222: 874,
  238: 1250,
};
const NAMES: Record<number, string> = {
  932: 'shift_jis',
  949: 'euc-kr',
  936: 'gbk',
  950: 'big5',
  65001: 'utf-8',
};

type Decoder = InstanceType<typeof TextDecoder>;

const decoders = new Map<number, Decoder>();

/** `page` = \ansicpg of the file. Fonts of TCVN3 and VNI have their own tables: their bytes are kept as latin-1. */
export function decodeBytes(bytes: number[], font: RtfFont | undefined, page: number): string {
  const legacy = encodingOfFont(font?.name ?? null) !== null;
  const own = legacy ? 1252 : (PAGES[font?.charset ?? 0] ?? page);
  return decoderOf(own).decode(Uint8Array.from(bytes));
}

function decoderOf(page: number): Decoder {
  const known = decoders.get(page);
  if (known !== undefined) return known;
  const decoder = makeDecoder(NAMES[page] ?? `windows-${page}`);
  decoders.set(page, decoder);
  return decoder;
}

function makeDecoder(name: string): Decoder {
  try {
    return new TextDecoder(name);
  } catch {
    return new TextDecoder('windows-1252');
  }
}
