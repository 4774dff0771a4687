import { createHash } from 'node:crypto';
import { PdfDocument } from '../../signatures/pdf/document.ts';
import { isDict, isRef, nameOf, type PdfDict, type PdfObject } from '../../signatures/pdf/objects.ts';
import { memorySource } from '../../signatures/pdf/source.ts';
import type { Signer } from './certificates.ts';
import { type MessageOptions, makeDetachedSignature, makeTimestamp } from './signed-message.ts';

/** Octets kept for the CMS; with a time stamp and chains it needs about 6,000. */
const CMS_ROOM = 12_288;

export interface SignPdfOptions {
  /** ISO 8601; null = neither signingTime nor /M. */
  signingTime: string | null;
  /** Field name. */
  name: string;
  reason?: string;
  chainIncluded: boolean;
  subFilter?: 'adbe.pkcs7.detached' | 'ETSI.CAdES.detached' | 'ETSI.RFC3161';
  hash?: 'sha256' | 'sha1';
  timestamp?: { server: Signer; genTime: string };
}

function pdfText(text: string): string {
  return `<${Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(text, 'utf16le').swap16()]).toString('hex')}>`;
}

function pdfDate(instant: string): string {
  const local = new Date(Date.parse(instant) + 7 * 3_600_000).toISOString();
  return `(D:${local.slice(0, 19).replace(/[-:T]/g, '')}+07'00')`;
}

/** PDF syntax of an object. */
function write(object: PdfObject): string {
  if (object === null || typeof object === 'boolean' || typeof object === 'number') return String(object);
  if (Array.isArray(object)) return `[${object.map(write).join(' ')}]`;
  if (object.kind === 'name')
    return `/${object.value.replace(/[^A-Za-z0-9._+-]/g, (c) => `#${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}`;
  if (object.kind === 'ref') return `${object.number} ${object.generation} R`;
  if (object.kind === 'string') return `<${object.bytes.toString('hex')}>`;
  if (object.kind === 'dict')
    return `<<${[...object.entries].map(([key, value]) => `/${key} ${write(value)}`).join(' ')}>>`;
  throw new Error('a stream is not written again');
}

function withEntries(dict: PdfDict | null, extra: Record<string, string>): string {
  const kept = [...(dict?.entries ?? [])].filter(([key]) => !(key in extra));
  const all = [
    ...kept.map(([key, value]) => `/${key} ${write(value)}`),
    ...Object.entries(extra).map(([key, value]) => `/${key} ${value}`),
  ];
  return `<<${all.join(' ')}>>`;
}

/** An incremental revision: objects by number, written behind bytes that stay as they are. */
function appendObjects(pdf: Buffer, document: PdfDocument, objects: Map<number, string>): Buffer {
  let out = pdf.at(-1) === 10 ? '' : '\n';
  const offsets = new Map<number, number>();
  for (const [number, body] of objects) {
    offsets.set(number, pdf.length + Buffer.byteLength(out, 'latin1'));
    out += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const start = pdf.length + Buffer.byteLength(out, 'latin1');
  const rows = [...offsets].sort((a, b) => a[0] - b[0]);
  const table = rows
    .map(([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`)
    .join('');
  const previous = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(
    pdf.toString('latin1', Math.max(0, pdf.length - 2048)),
  )![1];
  const size = Math.max(sizeOf(document), ...[...objects.keys()].map((number) => number + 1));
  const kept = ['Root', 'Info', 'ID'].flatMap((key) => {
    const value = document.trailer.entries.get(key);
    return value === undefined ? [] : [`/${key} ${write(value)}`];
  });
  out += `xref\n${table}trailer\n<</Size ${size} /Prev ${previous} ${kept.join(' ')}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(out, 'latin1')]);
}

function sizeOf(document: PdfDocument): number {
  return Math.max(0, ...document.entries.keys()) + 1;
}

function firstPage(document: PdfDocument): { number: number; dict: PdfDict } {
  for (const number of [...document.entries.keys()].sort((a, b) => a - b)) {
    const dict = document.get(number);
    if (isDict(dict) && nameOf(dict.entries.get('Type')) === 'Page') return { number, dict };
  }
  throw new Error('no page');
}

function list(document: PdfDocument, object: PdfObject | undefined): string[] {
  const value = document.resolve(object);
  return Array.isArray(value) ? value.map(write) : [];
}

/** The revision with field and signature dictionary, the hole still empty. */
function withHole(pdf: Buffer, options: SignPdfOptions): Buffer {
  const document = new PdfDocument(memorySource(pdf), pdf.length);
  const root = document.trailer.entries.get('Root');
  if (!isRef(root)) throw new Error('no catalog');
  const page = firstPage(document);
  const [field, signature] = [sizeOf(document), sizeOf(document) + 1];
  const form = document.dict(document.catalog!.entries.get('AcroForm'));
  const fields = [...list(document, form?.entries.get('Fields')), `${field} 0 R`];
  const annotations = [...list(document, page.dict.entries.get('Annots')), `${field} 0 R`];
  const subFilter = options.subFilter ?? 'adbe.pkcs7.detached';
  const optional = [
    options.signingTime === null ? '' : `/M ${pdfDate(options.signingTime)}`,
    options.reason === undefined ? '' : `/Reason ${pdfText(options.reason)}`,
  ].join(' ');
  const type = subFilter === 'ETSI.RFC3161' ? 'DocTimeStamp' : 'Sig';
  const objects = new Map([
    [
      root.number,
      withEntries(document.catalog, {
        AcroForm: withEntries(form, { Fields: `[${fields.join(' ')}]`, SigFlags: '3' }),
      }),
    ],
    [page.number, withEntries(page.dict, { Annots: `[${annotations.join(' ')}]` })],
    [
      field,
      `<</Type /Annot /Subtype /Widget /FT /Sig /T ${pdfText(options.name)} /F 132 /Rect [0 0 0 0] /P ${page.number} 0 R /V ${signature} 0 R>>`,
    ],
    [
      signature,
      `<</Type /${type} /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${optional} /ByteRange [0 0000000000 0000000000 0000000000] /Contents <${'0'.repeat(2 * CMS_ROOM)}>>>`,
    ],
  ]);
  return appendObjects(pdf, document, objects);
}

/** Fills in /ByteRange; gives the place of the hole. */
function settleRange(pdf: Buffer): { start: number; end: number } {
  const marker = pdf.lastIndexOf('/Contents <', undefined, 'latin1');
  const start = marker + '/Contents '.length;
  const end = start + 2 * CMS_ROOM + 2;
  const at = pdf.lastIndexOf('/ByteRange [', undefined, 'latin1') + '/ByteRange ['.length;
  const room = '0 0000000000 0000000000 0000000000'.length;
  pdf.write(`0 ${start} ${end} ${pdf.length - end}`.padEnd(room, ' '), at, 'latin1');
  return { start, end };
}

/**
 * Signs a PDF by an incremental revision: the bytes given stay untouched, so that the leader can sign first and the
 * agency after (N30 32.2d). The signature is invisible.
 */
export function signPdf(pdf: Uint8Array, signer: Signer, options: SignPdfOptions): Buffer {
  const out = withHole(Buffer.from(pdf), options);
  const { start, end } = settleRange(out);
  const covered = [out.subarray(0, start), out.subarray(end)];
  const digest = createHash(options.hash ?? 'sha256')
    .update(covered[0]!)
    .update(covered[1]!)
    .digest();
  const message: MessageOptions = { ...options, cades: options.subFilter === 'ETSI.CAdES.detached' };
  const cms =
    options.subFilter === 'ETSI.RFC3161'
      ? makeTimestamp(signer, Buffer.concat(covered), options.signingTime!)
      : makeDetachedSignature(signer, digest, message);
  if (cms.length > CMS_ROOM) throw new Error('signature larger than its hole');
  out.write(cms.toString('hex'), start + 1, 'latin1');
  return out;
}

/**
 * Changes one byte of what is signed so that the file still opens: a digit in a text of the first page's description.
 * The file must have been made by `makeOfficialPdf`.
 */
export function alterAfterSigning(pdf: Uint8Array): Buffer {
  const out = Buffer.from(pdf);
  const marker = out.indexOf('/CreationDate (D:', 0, 'latin1');
  if (marker < 0) throw new Error('no /CreationDate to alter');
  const at = marker + '/CreationDate (D:2'.length;
  out[at] = out[at] === 0x30 ? 0x31 : 0x30;
  return out;
}

/** Appends a revision that overwrites the first page with an empty one: what a re-saving program leaves behind. */
export function appendRevision(pdf: Uint8Array): Buffer {
  const bytes = Buffer.from(pdf);
  const document = new PdfDocument(memorySource(bytes), bytes.length);
  const page = firstPage(document);
  return appendObjects(bytes, document, new Map([[page.number, withEntries(page.dict, { Rotate: '180' })]]));
}
