/**
 * Signs a PDF (PAdES baseline B-B, with a time stamp B-T; EN 319 142-1) by an incremental revision: not one byte of what
 * is there changes, so signatures that it carries stay good.
 */
import { createHash } from 'node:crypto';
import { CongvanError } from '../../config/error.ts';
import { PdfDocument } from '../pdf/document.ts';
import { signatureFields } from '../pdf/fields.ts';
import { isRef, type PdfDict, type PdfObject, textOf } from '../pdf/objects.ts';
import { docMdp, permissionsOf } from '../pdf/permissions.ts';
import { memorySource } from '../pdf/source.ts';
import { type Appearance, type Drawn, drawAppearance } from './appearance.ts';
import { pagesOf, refuseBroken } from './page.ts';
import { dateString, points, textString, writeDict, writeObject } from './pdf-syntax.ts';
import { Revision } from './revision.ts';
import {
  buildSignedData,
  type SigningIdentity,
  type StampImprint,
  schemeOfCertificate,
} from './signed-data.ts';

export interface PdfSignatureOptions {
  /** Name of the new field; where it is taken, a number is added. */
  field: string;
  /** Shown by readers beside the certificate; null = left out. */
  name: string | null;
  reason: string | null;
  location: string | null;
  /** ISO 8601: goes into /M. */
  signingTime: string;
  appearance: Appearance;
  timestamp?: StampImprint | undefined;
}

export interface SignedPdf {
  bytes: Buffer;
  /** The field that was made. */
  field: string;
}

/**
 * Errors, permanent: SIGN_PDF_BROKEN, SIGN_PDF_ENCRYPTED, SIGN_PDF_CERTIFIED, SIGN_PDF_FORM, SEAL_IMAGE, and those of
 * `buildSignedData`.
 */
export async function signPdf(
  file: Uint8Array,
  identity: SigningIdentity,
  options: PdfSignatureOptions,
): Promise<SignedPdf> {
  const document = openForSigning(file);
  const room = roomFor(identity, options.timestamp !== undefined);
  const { bytes, hole, field } = withHole(Buffer.from(file), document, options, room);
  const digest = createHash(schemeOfCertificate(identity.certificate).digest)
    .update(bytes.subarray(0, hole.start))
    .update(bytes.subarray(hole.end))
    .digest();
  const { timestamp } = options;
  const cms = await buildSignedData(identity, { digest, signingTime: null, timestamp });
  if (cms.length > room)
    throw new CongvanError('SIGN_TOO_LARGE', 'Chữ ký số lớn hơn chỗ dành cho nó trong tệp PDF.', {
      temporary: false,
      fields: { octets: cms.length, room },
    });
  bytes.write(cms.toString('hex'), hole.start + 1, 'latin1');
  return { bytes, field };
}

/** Octets for the CMS: its certificates, its own fields, and a token with the certificates of the time-stamp server. */
function roomFor(identity: SigningIdentity, stamped: boolean): number {
  const certificates = [identity.certificate, ...identity.chain].reduce((sum, der) => sum + der.length, 0);
  return certificates + 4096 + (stamped ? 16_384 : 0);
}

function refuse(code: string, message: string): never {
  throw new CongvanError(code, message, { temporary: false });
}

/** The document as its last revision left it, once nothing speaks against signing it. */
function openForSigning(file: Uint8Array): PdfDocument {
  const document = opened(file);
  if (document.trailer.entries.has('Encrypt'))
    refuse('SIGN_PDF_ENCRYPTED', 'Tệp PDF được đặt mật khẩu nên không ký số được; đề nghị bỏ mật khẩu.');
  const { catalog } = document;
  if (catalog === null || !isRef(document.trailer.entries.get('Root'))) refuseBroken('no catalog');
  // Readers differ on which of two entries holds: what is signed would not be one document.
  if (catalog.duplicates.length > 0) refuseBroken('catalog has an entry twice');
  if (document.dict(catalog.entries.get('AcroForm'))?.entries.has('XFA'))
    refuse('SIGN_PDF_FORM', 'Tệp PDF là biểu mẫu động (XFA), không ký số được; đề nghị in ra PDF thường.');
  refuseCertified(document);
  return document;
}

function opened(file: Uint8Array): PdfDocument {
  try {
    return PdfDocument.open(memorySource(file), file.length);
  } catch (error) {
    if (error instanceof CongvanError) return refuseBroken(error.message);
    throw error;
  }
}

/** Level 1: "no changes permitted", not even a signature (ISO 32000-2 12.8.2.2); by a certification or a field's lock. */
function refuseCertified(document: PdfDocument): void {
  const certification = document.dict(
    document.dict(document.catalog!.entries.get('Perms'))?.entries.get('DocMDP'),
  );
  const certified = certification !== null && docMdp(document, certification) === 1;
  if (certified || permissionsOf(document, signatureFields(document)).level === 1)
    refuse(
      'SIGN_PDF_CERTIFIED',
      'Tệp PDF đã được chứng nhận "không cho phép thay đổi" nên không thêm chữ ký được nữa.',
    );
}

interface Hole {
  /** Places of `<` and one past `>` of /Contents. */
  start: number;
  end: number;
}

/** The file with field, widget and signature dictionary; /ByteRange stands, /Contents is still empty. */
function withHole(file: Buffer, document: PdfDocument, options: PdfSignatureOptions, room: number) {
  const revision = new Revision(document);
  const pages = pagesOf(document);
  if (pages.length === 0) refuseBroken('no page');
  const drawn = drawAppearance(revision, document, pages, options.appearance);
  const field = freeName(document, options.field);
  const [widget, signature] = [revision.reserve(), revision.reserve()];
  addToPage(revision, document, drawn, widget);
  addToForm(revision, document, widget);
  revision.put(widget, widgetBody(field, drawn, signature));
  const body = signatureBody(options, room);
  revision.put(signature, body);
  const { bytes, starts } = revision.appendTo(file);
  const hole = settleRange(bytes, starts.get(signature)!, body, room);
  return { bytes, hole, field };
}

/** Digits that the three later numbers of /ByteRange may have: files up to ten thousand million octets. */
const RANGE_ROOM = '0 0000000000 0000000000 0000000000';

function signatureBody(options: PdfSignatureOptions, room: number): string {
  const said = [
    ['Name', options.name],
    ['Reason', options.reason],
    ['Location', options.location],
  ].flatMap(([key, value]) => (value === null ? [] : [`/${key} ${textString(value!)}`]));
  return `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M ${dateString(options.signingTime)} ${said.join(' ')} /ByteRange [${RANGE_ROOM}] /Contents <${'0'.repeat(2 * room)}>>>`;
}

function settleRange(bytes: Buffer, bodyStart: number, body: string, room: number): Hole {
  const start = bodyStart + body.indexOf('/Contents <') + '/Contents '.length;
  const end = start + 2 * room + 2;
  const range = `0 ${start} ${end} ${bytes.length - end}`.padEnd(RANGE_ROOM.length);
  bytes.write(range, bodyStart + body.indexOf('/ByteRange [') + '/ByteRange ['.length, 'latin1');
  return { start, end };
}

function widgetBody(field: string, drawn: Drawn, signature: number): string {
  // F 132: print, locked.
  return `<</Type /Annot /Subtype /Widget /FT /Sig /T ${textString(field)} /F 132 /Rect [${points(...drawn.rect)}] /P ${drawn.page.number} 0 R /AP <</N ${drawn.appearance} 0 R>> /V ${signature} 0 R>>`;
}

/** Adds to an array that may stand by itself; gives what must be written in its place, null when it was rewritten there. */
function extendArray(
  revision: Revision,
  document: PdfDocument,
  old: PdfObject | undefined,
  added: number,
): string | null {
  const items = document.resolve(old);
  const kept = Array.isArray(items) ? items.map(writeObject) : [];
  const array = `[${[...kept, `${added} 0 R`].join(' ')}]`;
  if (!isRef(old) || !Array.isArray(items)) return array;
  revision.put(old.number, array);
  return null;
}

function addToPage(revision: Revision, document: PdfDocument, drawn: Drawn, widget: number): void {
  const { number, dict } = drawn.page;
  const annotations = extendArray(revision, document, dict.entries.get('Annots'), widget);
  if (annotations !== null) revision.put(number, writeDict(dict, { Annots: annotations }));
}

/** SigFlags 3: there are signatures, and the file may only be appended to. */
const SIG_FLAGS = 3;

function addToForm(revision: Revision, document: PdfDocument, widget: number): void {
  const old = document.catalog!.entries.get('AcroForm');
  const form = document.dict(old);
  const fields = extendArray(revision, document, form?.entries.get('Fields'), widget);
  const flagged = document.resolve(form?.entries.get('SigFlags')) === SIG_FLAGS;
  if (fields === null && flagged) return;
  const changed = { ...(fields === null ? {} : { Fields: fields }), SigFlags: String(SIG_FLAGS) };
  const body = writeDict(form, changed);
  if (isRef(old) && form !== null) revision.put(old.number, body);
  else putCatalog(revision, document, document.catalog!, body);
}

function putCatalog(revision: Revision, document: PdfDocument, catalog: PdfDict, form: string): void {
  const root = document.trailer.entries.get('Root');
  if (isRef(root)) revision.put(root.number, writeDict(catalog, { AcroForm: form }));
}

function freeName(document: PdfDocument, wanted: string): string {
  const form = document.dict(document.catalog!.entries.get('AcroForm'));
  const fields = document.resolve(form?.entries.get('Fields'));
  const names = (Array.isArray(fields) ? fields : []).map((one) =>
    textOf(document.resolve(document.dict(one)?.entries.get('T'))),
  );
  const taken = new Set([...names, ...signatureFields(document).map((field) => field.name)]);
  let name = wanted;
  for (let n = 2; taken.has(name); n += 1) name = `${wanted}${n}`;
  return name;
}
