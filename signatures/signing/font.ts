import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Tinos (metric-compatible with Times New Roman, OFL) cut down to the letters that a document uses. TrueType tables as
 * in the OpenType specification; only what a PDF's CIDFontType2 needs is kept.
 */

const FILES = {
  regular: '400Regular/Tinos_400Regular.ttf',
  bold: '700Bold/Tinos_700Bold.ttf',
  italic: '400Regular_Italic/Tinos_400Regular_Italic.ttf',
} as const;

export type FontStyle = keyof typeof FILES;

interface FontFile {
  data: Buffer;
  table(tag: string): Buffer;
  glyphOf: Map<number, number>;
  unitsPerEm: number;
  advance(glyph: number): number;
  glyph(glyph: number): Buffer;
}

/** Character → glyph, from a format 4 subtable of the Windows Unicode encoding. */
function readCharacterMap(cmap: Buffer): Map<number, number> {
  const map = new Map<number, number>();
  const count = cmap.readUInt16BE(2);
  for (let i = 0; i < count; i += 1) {
    if (cmap.readUInt16BE(4 + 8 * i) !== 3) continue;
    const at = cmap.readUInt32BE(8 + 8 * i);
    if (cmap.readUInt16BE(at) === 4) readSegments(cmap.subarray(at), map);
  }
  return map;
}

function readSegments(table: Buffer, map: Map<number, number>): void {
  const segments = table.readUInt16BE(6) / 2;
  for (let s = 0; s < segments; s += 1) {
    const end = table.readUInt16BE(14 + 2 * s);
    const start = table.readUInt16BE(16 + 2 * (segments + s));
    const delta = table.readUInt16BE(16 + 2 * (2 * segments + s));
    const rangeAt = 16 + 2 * (3 * segments + s);
    const range = table.readUInt16BE(rangeAt);
    for (let code = start; code <= end && code < 0xffff; code += 1) {
      const direct = range === 0 ? code : table.readUInt16BE(rangeAt + range + 2 * (code - start));
      const glyph = range !== 0 && direct === 0 ? 0 : (direct + delta) & 0xffff;
      if (glyph !== 0) map.set(code, glyph);
    }
  }
}

const loaded = new Map<FontStyle, FontFile>();

function load(style: FontStyle): FontFile {
  const known = loaded.get(style);
  if (known !== undefined) return known;
  const data = readFileSync(
    createRequire(import.meta.url).resolve(`@expo-google-fonts/tinos/${FILES[style]}`),
  );
  const tables = new Map<string, Buffer>();
  for (let i = 0; i < data.readUInt16BE(4); i += 1) {
    const at = 12 + 16 * i;
    const start = data.readUInt32BE(at + 8);
    tables.set(data.toString('latin1', at, at + 4), data.subarray(start, start + data.readUInt32BE(at + 12)));
  }
  const table = (tag: string) => tables.get(tag)!;
  const metrics = table('hhea').readUInt16BE(34);
  const long = table('head').readInt16BE(50) === 1;
  const offset = (glyph: number) =>
    long ? table('loca').readUInt32BE(4 * glyph) : 2 * table('loca').readUInt16BE(2 * glyph);
  const font: FontFile = {
    data,
    table,
    glyphOf: readCharacterMap(table('cmap')),
    unitsPerEm: table('head').readUInt16BE(18),
    advance: (glyph) => table('hmtx').readUInt16BE(4 * Math.min(glyph, metrics - 1)),
    glyph: (glyph) => table('glyf').subarray(offset(glyph), offset(glyph + 1)),
  };
  loaded.set(style, font);
  return font;
}

/** Component glyphs of a composite one: where their number stands in the glyph's bytes. */
function componentPlaces(glyph: Buffer): number[] {
  if (glyph.length < 10 || glyph.readInt16BE(0) >= 0) return [];
  const places: number[] = [];
  for (let at = 10; ; ) {
    const flags = glyph.readUInt16BE(at);
    places.push(at + 2);
    at += 4 + ((flags & 1) !== 0 ? 4 : 2);
    if ((flags & 0x08) !== 0) at += 2;
    else if ((flags & 0x40) !== 0) at += 4;
    else if ((flags & 0x80) !== 0) at += 8;
    if ((flags & 0x20) === 0) return places;
  }
}

/** A font in use by one document: collects the letters, then gives the cut-down file. */
export class FontUse {
  private readonly font: FontFile;
  /** Old glyph → new glyph; 0 is .notdef. */
  private readonly renumbered = new Map<number, number>([[0, 0]]);
  private readonly letters = new Map<number, string>();

  constructor(style: FontStyle) {
    this.font = load(style);
  }

  private glyphOf(letter: string): number {
    return this.font.glyphOf.get(letter.codePointAt(0)!) ?? 0;
  }

  private take(old: number): number {
    const known = this.renumbered.get(old);
    if (known !== undefined) return known;
    const fresh = this.renumbered.size;
    this.renumbered.set(old, fresh);
    return fresh;
  }

  /** Width in points at a size in points. */
  width(text: string, size: number): number {
    let units = 0;
    for (const letter of text) units += this.font.advance(this.glyphOf(letter));
    return (units * size) / this.font.unitsPerEm;
  }

  /** The text as hex of two-octet glyph numbers, for Tj. */
  encode(text: string): string {
    let hex = '';
    for (const letter of text) {
      const glyph = this.take(this.glyphOf(letter));
      this.letters.set(glyph, letter);
      hex += glyph.toString(16).padStart(4, '0');
    }
    return hex;
  }

  /** /W of the CID font: widths in thousandths. */
  widths(): string {
    const all = [...this.renumbered].sort((a, b) => a[1] - b[1]);
    return `[0 [${all.map(([old]) => Math.round((this.font.advance(old) * 1000) / this.font.unitsPerEm)).join(' ')}]]`;
  }

  /** ToUnicode CMap, so that the text can be read out again. */
  toUnicode(): string {
    const rows = [...this.letters].map(([glyph, letter]) => {
      const utf16 = Buffer.from(letter, 'utf16le').swap16().toString('hex');
      return `<${glyph.toString(16).padStart(4, '0')}> <${utf16}>`;
    });
    const blocks: string[] = [];
    for (let i = 0; i < rows.length; i += 100) {
      const part = rows.slice(i, i + 100);
      blocks.push(`${part.length} beginbfchar\n${part.join('\n')}\nendbfchar`);
    }
    const head =
      '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def';
    const space = '1 begincodespacerange <0000> <ffff> endcodespacerange';
    return `${head}\n${space}\n${blocks.join('\n')}\nendcmap end end`;
  }

  /** The TrueType file with the used glyphs only. */
  file(): Buffer {
    const glyphs: Buffer[] = [];
    for (let index = 0; index < this.renumbered.size; index += 1) {
      const old = [...this.renumbered.keys()][index]!;
      const glyph = Buffer.from(this.font.glyph(old));
      for (const at of componentPlaces(glyph)) glyph.writeUInt16BE(this.take(glyph.readUInt16BE(at)), at);
      glyphs.push(Buffer.concat([glyph, Buffer.alloc((4 - (glyph.length % 4)) % 4)]));
    }
    return this.assemble(glyphs);
  }

  private assemble(glyphs: Buffer[]): Buffer {
    const loca = Buffer.alloc(4 * (glyphs.length + 1));
    glyphs.reduce(
      (at, glyph, index) => loca.writeUInt32BE(at + glyph.length, 4 * (index + 1)) && at + glyph.length,
      0,
    );
    const hmtx = Buffer.alloc(4 * glyphs.length);
    for (const [old, fresh] of this.renumbered) hmtx.writeUInt16BE(this.font.advance(old), 4 * fresh);
    const head = Buffer.from(this.font.table('head'));
    head.writeInt16BE(1, 50);
    const hhea = Buffer.from(this.font.table('hhea'));
    hhea.writeUInt16BE(glyphs.length, 34);
    const maxp = Buffer.from(this.font.table('maxp'));
    maxp.writeUInt16BE(glyphs.length, 4);
    const same = ['cvt ', 'fpgm', 'prep'].map((tag): [string, Buffer] => [tag, this.font.table(tag)]);
    return sfnt([
      ...same,
      ['glyf', Buffer.concat(glyphs)],
      ['head', head],
      ['hhea', hhea],
      ['hmtx', hmtx],
      ['loca', loca],
      ['maxp', maxp],
    ]);
  }
}

/** Tables into one TrueType file; check sums are left zero, PDF readers do not look at them. */
function sfnt(tables: [string, Buffer][]): Buffer {
  const header = Buffer.alloc(12 + 16 * tables.length);
  header.writeUInt32BE(0x00010000, 0);
  header.writeUInt16BE(tables.length, 4);
  const sorted = [...tables].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const bodies: Buffer[] = [];
  let at = header.length;
  for (const [index, [tag, body]] of sorted.entries()) {
    header.write(tag, 12 + 16 * index, 'latin1');
    header.writeUInt32BE(at, 12 + 16 * index + 8);
    header.writeUInt32BE(body.length, 12 + 16 * index + 12);
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    bodies.push(padded);
    at += padded.length;
  }
  return Buffer.concat([header, ...bodies]);
}
