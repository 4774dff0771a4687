import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { pdfDate } from './date.ts';
import { PdfDocument } from './document.ts';
import { type FormField, signatureFields } from './fields.ts';
import { checkGeometry, integers } from './geometry.ts';
import { byteRangeHits, fromRevisions, fromScan, MAX_HITS } from './hidden.ts';
import { isDict, isRef, isString, nameOf, type PdfDict, textOf } from './objects.ts';
import { isUsageRights } from './permissions.ts';
import type { ByteSource } from './source.ts';

/** Most signatures of one file that are judged. */
const MAX_SIGNATURES = 100;

/** One signature dictionary and what its geometry says, before any cryptography. */
export interface FoundSignature {
  /** Field name, or "object N" when no field of the last revision carries it. */
  name: string;
  number: number | null;
  dict: PdfDict | null;
  subFilter: string;
  byteRange: number[] | null;
  /** Bytes of the CMS with its padding; null when there are none. */
  contents: Buffer | null;
  /** End of what is covered; null when the geometry is wrong. */
  end: number | null;
  /** /M as ISO 8601 UTC. */
  claimedTime: string | null;
  /** The file was saved anew after signing: told to the clerk. */
  rewritten: boolean;
  faults: SignatureReason[];
}

/** What a PDF says about its signatures. `document` null = its cross-references are broken. */
export interface PdfSignatures {
  document: PdfDocument | null;
  /** Gives objects by place, also where the cross-references are broken. */
  access: PdfDocument;
  signatures: FoundSignature[];
  defects: SignatureReason[];
}

/** What the dictionary itself gets wrong (universal signature forgery: entries missing, doubled or of another type). */
function dictionaryFaults(document: PdfDocument, dict: PdfDict): SignatureReason[] {
  const faults: SignatureReason[] = [];
  const type = document.resolve(dict.entries.get('Type'));
  const subFilter = nameOf(document.resolve(dict.entries.get('SubFilter')));
  if (dict.duplicates.length > 0)
    faults.push(formatFailure(`/${dict.duplicates[0]} stands twice in the signature dictionary`));
  if (dict.entries.has('Type') && nameOf(type) !== 'Sig' && nameOf(type) !== 'DocTimeStamp')
    faults.push(formatFailure('/Type of the signature dictionary is neither Sig nor DocTimeStamp'));
  if (subFilter === null) faults.push(formatFailure('/SubFilter is missing or no name'));
  return faults;
}

function describe(document: PdfDocument, name: string, number: number | null, dict: PdfDict): FoundSignature {
  const byteRange = integers(document.resolve(dict.entries.get('ByteRange')));
  const raw = document.resolve(dict.entries.get('Contents'));
  const contents = isString(raw) ? raw : null;
  const geometry = checkGeometry(byteRange, contents, document.source.size);
  const faults = [...geometry.faults, ...dictionaryFaults(document, dict)];
  return {
    name,
    number,
    dict,
    subFilter: nameOf(document.resolve(dict.entries.get('SubFilter'))) ?? '',
    byteRange,
    contents: contents?.bytes ?? null,
    end: faults.length === 0 ? byteRange![2]! + byteRange![3]! : null,
    claimedTime: pdfDate(textOf(document.resolve(dict.entries.get('M')))),
    rewritten: geometry.rewritten,
    faults,
  };
}

/** A field of which the value is no signature at all. */
function valueless(name: string, number: number | null): FoundSignature {
  return {
    name,
    number,
    dict: null,
    subFilter: '',
    byteRange: null,
    contents: null,
    end: null,
    claimedTime: null,
    rewritten: false,
    faults: [formatFailure('the value of the signature field is no dictionary')],
  };
}

/** Readers differ on which value a field has that has several. */
function valueFaults(field: FormField, namesakes: number): SignatureReason[] {
  const faults = field.dict.duplicates.map((key) => formatFailure(`/${key} stands twice in the field`));
  if (namesakes > 1) faults.push(formatFailure(`field ${field.name} has several values`));
  return faults;
}

function keyOf(dict: PdfDict): string {
  const contents = dict.entries.get('Contents');
  return isString(contents) ? `at ${contents.start}` : JSON.stringify(dict.entries.get('ByteRange') ?? null);
}

/** Signatures that the form's fields carry, with the fields' names; a field whose value is no signature is a fault. */
function fromFields(document: PdfDocument): FoundSignature[] {
  const fields = signatureFields(document);
  const valued = Map.groupBy(
    fields.filter((field) => field.value !== undefined),
    (field) => field.name,
  );
  return fields.flatMap((field) => {
    if (field.value === undefined || field.value === null) return [];
    const value = document.resolve(field.value);
    const number = isRef(field.value) ? field.value.number : field.number;
    if (!isDict(value)) return [valueless(field.name, number)];
    const found = describe(document, field.name, number, value);
    const faults = [...found.faults, ...valueFaults(field, valued.get(field.name)!.length)];
    return [{ ...found, faults, end: faults.length === 0 ? found.end : null }];
  });
}

function openDocument(
  source: ByteSource,
  password: string | null,
  defects: SignatureReason[],
): PdfDocument | null {
  try {
    return PdfDocument.open(source, source.size, password);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unreadable';
    defects.push({ code: 'STRUCTURE', detail: `cross-references cannot be read: ${detail}` });
    return null;
  }
}

/** A file cut within its only signature: what is left behind the last revision cannot be read any more. */
function isCutOff(document: PdfDocument, hits: number[]): boolean {
  const end = Math.max(...document.sections.map((section) => section.end));
  return hits.some((hit) => hit > end);
}

/** Finds every signature of the file. Throws CongvanError PDF_LIMIT when the file costs too much to read. */
export function findSignatures(source: ByteSource, password: string | null = null): PdfSignatures {
  const defects: SignatureReason[] = [];
  const document = openDocument(source, password, defects);
  const access = document ?? PdfDocument.byPlace(source, source.size);
  const hits = byteRangeHits(source);
  const byField = document === null ? [] : fromFields(document);
  const known = new Set(byField.flatMap((one) => (one.dict === null ? [] : [keyOf(one.dict)])));
  const others = document === null ? fromScan(access, hits) : fromRevisions(document, hits);
  const hidden = others.filter(({ dict }) => !known.has(keyOf(dict)) && !isUsageRights(access, dict));
  const signatures = [
    ...byField,
    ...hidden.map(({ number, dict }) => describe(access, `object ${number}`, number, dict)),
  ];
  if (signatures.length > MAX_SIGNATURES || hits.length >= MAX_HITS)
    defects.push({ code: 'LIMIT', detail: `more than ${MAX_SIGNATURES} signatures` });
  if (document !== null && signatures.length === 0 && isCutOff(document, hits))
    defects.push({ code: 'STRUCTURE', detail: 'a signature behind the last revision is cut off' });
  if (document?.encryption === 'locked')
    defects.push({ code: 'ENCRYPTED', detail: 'the PDF is encrypted, and no password at hand opens it' });
  return { document, access, signatures: signatures.slice(0, MAX_SIGNATURES), defects };
}
