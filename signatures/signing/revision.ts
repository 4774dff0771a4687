/**
 * An incremental revision (ISO 32000-1 7.5.6): new objects and cross-references behind bytes that stay exactly as they
 * are, so that signatures over them stay good. Written in the style of the file's last section: table or stream.
 */
import type { PdfDocument } from '../pdf/document.ts';
import { nameOf } from '../pdf/objects.ts';
import { streamBody, writeObject } from './pdf-syntax.ts';

/** Objects of a new revision: those of before under their number, new ones under numbers that nobody has had. */
export class Revision {
  readonly document: PdfDocument;
  private readonly bodies = new Map<number, Buffer>();
  private next: number;

  constructor(document: PdfDocument) {
    this.document = document;
    const declared = document.trailer.entries.get('Size');
    const highest = [...document.entries.keys()].reduce((most, number) => Math.max(most, number), 0);
    this.next = Math.max(highest + 1, typeof declared === 'number' ? declared : 0);
  }

  /** A number for an object that is put in later. */
  reserve(): number {
    this.next += 1;
    return this.next - 1;
  }

  put(number: number, body: string | Buffer): void {
    this.bodies.set(number, typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
  }

  add(body: string | Buffer): number {
    const number = this.reserve();
    this.put(number, body);
    return number;
  }

  /** The file with this revision, and where the body of each object of it begins. */
  appendTo(file: Buffer): { bytes: Buffer; starts: Map<number, number> } {
    const out = new Output(file);
    const starts = new Map<number, number>();
    const rows: Row[] = [];
    for (const [number, body] of this.bodies) {
      const generation = this.generationOf(number);
      rows.push({ number, generation, offset: out.length });
      out.write(`${number} ${generation} obj\n`);
      starts.set(number, out.length);
      out.write(body);
      out.write('\nendobj\n');
    }
    const asStream = nameOf(this.document.trailer.entries.get('Type')) === 'XRef';
    if (asStream) this.writeXrefStream(out, rows);
    else this.writeXrefTable(out, rows);
    return { bytes: out.bytes(), starts };
  }

  private generationOf(number: number): number {
    const entry = this.document.entries.get(number);
    return entry?.kind === 'plain' ? entry.generation : 0;
  }

  private writeXrefTable(out: Output, rows: Row[]): void {
    const start = out.length;
    const lines = subsections(rows).map(
      (part) => `${part[0]!.number} ${part.length}\n${part.map(tableRow).join('')}`,
    );
    out.write(`xref\n${lines.join('')}trailer\n<<${this.trailerEntries()}>>\nstartxref\n${start}\n%%EOF\n`);
  }

  private writeXrefStream(out: Output, rows: Row[]): void {
    const number = this.reserve();
    const start = out.length;
    const all = [...rows, { number, generation: 0, offset: start }];
    const parts = subsections(all);
    const index = parts.flatMap((part) => [part[0]!.number, part.length]).join(' ');
    const dict = `/Type /XRef /W [1 6 2] /Index [${index}] ${this.trailerEntries()}`;
    out.write(`${number} 0 obj\n`);
    out.write(streamBody(dict, Buffer.concat(parts.flat().map(streamRow))));
    out.write(`\nendobj\nstartxref\n${start}\n%%EOF\n`);
  }

  private trailerEntries(): string {
    const { trailer } = this.document;
    const kept = ['Root', 'Info', 'ID'].flatMap((key) => {
      const value = trailer.entries.get(key);
      return value === undefined ? [] : [`/${key} ${writeObject(value)}`];
    });
    return [`/Size ${this.next}`, `/Prev ${this.document.sections[0]!.start}`, ...kept].join(' ');
  }
}

interface Row {
  number: number;
  generation: number;
  offset: number;
}

/** Runs of consecutive numbers, ascending. */
function subsections(rows: Row[]): Row[][] {
  const parts: Row[][] = [];
  for (const row of [...rows].sort((a, b) => a.number - b.number)) {
    const last = parts.at(-1);
    if (last !== undefined && last.at(-1)!.number + 1 === row.number) last.push(row);
    else parts.push([row]);
  }
  return parts;
}

function tableRow(row: Row): string {
  return `${String(row.offset).padStart(10, '0')} ${String(row.generation).padStart(5, '0')} n \n`;
}

function streamRow(row: Row): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 1;
  bytes.writeUIntBE(row.offset, 1, 6);
  bytes.writeUInt16BE(row.generation, 7);
  return bytes;
}

/** What is written behind a file, beginning on a line of its own. */
class Output {
  length: number;
  private readonly parts: Buffer[];

  constructor(file: Buffer) {
    this.parts = [file];
    this.length = file.length;
    const last = file.at(-1);
    if (last !== 10 && last !== 13) this.write('\n');
  }

  write(part: string | Buffer): void {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts, this.length);
  }
}
