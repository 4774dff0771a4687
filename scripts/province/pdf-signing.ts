import { createHash } from 'node:crypto';
import { PdfDocument } from '../../signatures/pdf/document.ts';
import { isDict, isRef, nameOf, type PdfDict, type PdfObject } from '../../signatures/pdf/objects.ts';
import { memorySource } from '../../signatures/pdf/source.ts';
import { type Signer, signValue } from './certificates.ts';
import { octetString } from './der-writer.ts';
import {
  type MessageOptions,
  makeDetachedSignature,
  makeEnclosingSignature,
  makeTimestamp,
} from './signed-message.ts';

/** Octets kept for the CMS; with a time stamp and chains it needs about 6,000. */
const CMS_ROOM = 12_288;

export interface SignPdfOptions {
  /** ISO 8601; null = neither signingTime nor /M. */
  signingTime: string | null;
  /** Field name. */
  name: string;
  reason?: string;
  chainIncluded: boolean;
  subFilter?: PdfSubFilter;
  hash?: 'sha256' | 'sha1';
  timestamp?: { server: Signer; genTime: string };
  /** Shows the signature: left, bottom, right, top in points. */
  rectangle?: [number, number, number, number];
  /** Further entries of field and widget, PDF syntax. */
  fieldEntries?: string;
  /** Further entries of the signature dictionary, PDF syntax. */
  signatureEntries?: string;
  /** Certifies the document (DocMDP) at this level; the catalog then names the signature under /Perms. */
  certify?: 1 | 2 | 3;
  /** Number of an empty signature field to sign in; a new one is added without. */
  intoField?: number;
  /** Encrypts a string of an object, for files that are encrypted. */
  encryptString?: (bytes: Buffer, number: number) => Buffer;
}

export type PdfSubFilter =
  | 'adbe.pkcs7.detached'
  | 'adbe.pkcs7.sha1'
  | 'adbe.x509.rsa_sha1'
  | 'ETSI.CAdES.detached'
  | 'ETSI.RFC3161';

function textBytes(text: string): Buffer {
  return Buffer.concat([Buffer.of(0xfe, 0xff), Buffer.from(text, 'utf16le').swap16()]);
}

function pdfText(text: string): string {
  return `<${textBytes(text).toString('hex')}>`;
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
  const kept = ['Root', 'Info', 'ID', 'Encrypt'].flatMap((key) => {
    const value = document.trailer.entries.get(key);
    return value === undefined ? [] : [`/${key} ${write(value)}`];
  });
  if (nameOf(document.trailer.entries.get('Type')) === 'XRef') {
    const stream = xrefStream([...rows, [size, start]], `/Prev ${previous} ${kept.join(' ')}`, size);
    return Buffer.concat([pdf, Buffer.from(`${out}${stream}startxref\n${start}\n%%EOF\n`, 'latin1')]);
  }
  out += `xref\n${table}trailer\n<</Size ${size} /Prev ${previous} ${kept.join(' ')}>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(out, 'latin1')]);
}

/** A cross-reference stream as object `number`, its rows as hexadecimal so that the file stays readable. */
function xrefStream(rows: [number, number][], entries: string, number: number): string {
  const index = rows.map(([one]) => `${one} 1`).join(' ');
  const data = rows.map(([, offset]) => `01${offset.toString(16).padStart(8, '0')}00`).join('');
  const dict = `<</Type /XRef /Size ${number + 1} /W [1 4 1] /Index [${index}] /Filter /ASCIIHexDecode /Length ${data.length + 1} ${entries}>>`;
  return `${number} 0 obj\n${dict}\nstream\n${data}>\nendstream\nendobj\n`;
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

const BYTE_RANGE = '/ByteRange [0 0000000000 0000000000 0000000000]';

function signatureBody(options: SignPdfOptions, signer: Signer, number: number): string {
  const subFilter = options.subFilter ?? 'adbe.pkcs7.detached';
  const string = (bytes: Buffer) => (options.encryptString?.(bytes, number) ?? bytes).toString('hex');
  const level = `/Type /TransformParams /P ${options.certify} /V /1.2`;
  const optional = [
    options.signingTime === null ? '' : `/M ${pdfDate(options.signingTime)}`,
    options.reason === undefined ? '' : `/Reason ${pdfText(options.reason)}`,
    subFilter === 'adbe.x509.rsa_sha1' ? `/Cert <${string(signer.certificate)}>` : '',
    options.certify === undefined
      ? ''
      : `/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <<${level}>>>>]`,
    options.signatureEntries ?? '',
  ].join(' ');
  const type = subFilter === 'ETSI.RFC3161' ? 'DocTimeStamp' : 'Sig';
  const hole = `/Contents <${'0'.repeat(2 * CMS_ROOM)}>`;
  return `<</Type /${type} /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${optional} ${BYTE_RANGE} ${hole}>>`;
}

/** A drawing of the size of the rectangle, and the widget's entries for it. */
function appearance(options: SignPdfOptions, number: number): { body: string | null; entries: string } {
  const { rectangle } = options;
  if (rectangle === undefined) return { body: null, entries: '/Rect [0 0 0 0]' };
  const [width, height] = [rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]];
  const drawn = `0.5 g 0 0 ${width} ${height} re f`;
  const dict = `<</Type /XObject /Subtype /Form /BBox [0 0 ${width} ${height}] /Length ${drawn.length}>>`;
  const entries = `/Rect [${rectangle.join(' ')}] /AP <</N ${number} 0 R>>`;
  return { body: `${dict}\nstream\n${drawn}\nendstream`, entries };
}

/** The form and the page with one more field in them. */
function withField(document: PdfDocument, field: number, extra: string[]): Map<number, string> {
  const root = document.trailer.entries.get('Root');
  if (!isRef(root)) throw new Error('no catalog');
  const page = firstPage(document);
  const given = document.catalog!.entries.get('AcroForm');
  const form = document.dict(given);
  const fields = [...list(document, form?.entries.get('Fields')), `${field} 0 R`];
  const annotations = [...list(document, page.dict.entries.get('Annots')), `${field} 0 R`];
  const newForm = withEntries(form, { Fields: `[${fields.join(' ')}]`, SigFlags: '3' });
  const perms = Object.fromEntries(extra.map((one) => ['Perms', one]));
  const objects = new Map<number, string>();
  if (isRef(given)) objects.set(given.number, newForm);
  if (!isRef(given) || extra.length > 0)
    objects.set(
      root.number,
      withEntries(document.catalog, isRef(given) ? perms : { AcroForm: newForm, ...perms }),
    );
  objects.set(page.number, withEntries(page.dict, { Annots: `[${annotations.join(' ')}]` }));
  return objects;
}

/** The revision with field and signature dictionary, the hole still empty. */
function withHole(pdf: Buffer, signer: Signer, options: SignPdfOptions): Buffer {
  const document = PdfDocument.open(memorySource(pdf), pdf.length);
  const next = sizeOf(document);
  const [field, signature, drawing] = [options.intoField ?? next, next + 1, next + 2];
  const shown = appearance(options, drawing);
  const added = options.intoField === undefined;
  const perms = options.certify === undefined ? [] : [`<</DocMDP ${signature} 0 R>>`];
  const objects = added ? withField(document, field, perms) : new Map<number, string>();
  const encrypted = options.encryptString?.(textBytes(options.name), field) ?? textBytes(options.name);
  const widget = `/Type /Annot /Subtype /Widget /FT /Sig /T <${encrypted.toString('hex')}> /F 132 ${shown.entries} /P ${firstPage(document).number} 0 R /V ${signature} 0 R ${options.fieldEntries ?? ''}`;
  objects.set(
    field,
    added
      ? `<<${widget}>>`
      : withEntries(document.dict({ kind: 'ref', number: field, generation: 0 }), { V: `${signature} 0 R` }),
  );
  if (shown.body !== null) objects.set(drawing, shown.body);
  // The signature last: its hole is looked for from the end.
  objects.set(signature, signatureBody(options, signer, signature));
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

/** What goes into /Contents. */
function signatureValue(signer: Signer, covered: Buffer, options: SignPdfOptions): Buffer {
  const { subFilter } = options;
  const message: MessageOptions = { ...options, cades: subFilter === 'ETSI.CAdES.detached' };
  const digest = (hash: string) => createHash(hash).update(covered).digest();
  if (subFilter === 'ETSI.RFC3161') return makeTimestamp(signer, covered, options.signingTime!);
  if (subFilter === 'adbe.pkcs7.sha1') return makeEnclosingSignature(signer, digest('sha1'), message);
  if (subFilter === 'adbe.x509.rsa_sha1')
    return octetString(signValue(signer.privateKey, signer.kind, covered, 'sha1'));
  return makeDetachedSignature(signer, digest(options.hash ?? 'sha256'), message);
}

/**
 * Signs a PDF by an incremental revision: the bytes given stay untouched, so that the leader can sign first and the
 * agency after (N30 32.2d). The signature is invisible.
 */
export function signPdf(pdf: Uint8Array, signer: Signer, options: SignPdfOptions): Buffer {
  const out = withHole(Buffer.from(pdf), signer, options);
  const { start, end } = settleRange(out);
  const covered = [out.subarray(0, start), out.subarray(end)];
  const cms = signatureValue(signer, Buffer.concat(covered), options);
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
  const document = PdfDocument.open(memorySource(bytes), bytes.length);
  const page = firstPage(document);
  return appendObjects(bytes, document, new Map([[page.number, withEntries(page.dict, { Rotate: '180' })]]));
}
