/** Plain XML files and edXML envelopes with enveloped, enveloping or detached XML signatures. */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import { type FileFacts, noFacts, type SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { claimedTimeOf } from './claimed-time.ts';
import { coverageOf } from './coverage.ts';
import {
  attribute,
  elementsNamed,
  enclosing,
  parseXml,
  type XmlDocument,
  type XmlElement,
} from './libxml.ts';
import { DS } from './namespaces.ts';
import { type ResolvedReference, xmlSignatureFacts } from './signature.ts';

/** Most signatures that are judged in one file. */
const MAX_SIGNATURES = 50;

export interface ReadXmlOptions {
  /** Certificates at hand besides those in the file. */
  pool: Certificate[];
  /** The content that a detached signature names, when it is not in the file. */
  detached?: Uint8Array | null;
}

/** Signatures of the file itself: one inside another's objects or properties is that one's content or counter-signature. */
function signaturesOf(document: XmlDocument): XmlElement[] {
  return elementsNamed(document, DS, 'Signature').filter(
    (element) => element.parent === null || enclosing(element.parent, DS, 'Signature') === null,
  );
}

function defectOf(error: unknown): SignatureReason {
  if (!(error instanceof CongvanError)) throw error;
  if (error.code === 'XML_LIMIT') return { code: 'LIMIT', detail: error.message };
  return formatFailure(error.message);
}

async function oneSignature(
  document: XmlDocument,
  signature: XmlElement,
  index: number,
  options: ReadXmlOptions,
): Promise<SignatureFacts> {
  const content = options.detached ?? null;
  let asked = 0;
  const resolve = (): ResolvedReference => {
    asked += 1;
    // One content cannot be two things: with several outside references nobody knows which one it is.
    if (content !== null && asked === 1) return { bytes: content };
    return { missing: { code: 'SIGNED_DATA_NOT_FOUND', detail: 'what the signature names is not at hand' } };
  };
  const read = await xmlSignatureFacts({ document, signature, resolve, pool: options.pool });
  const { references: _, ...facts } = read;
  const time = claimedTimeOf(document, signature, read);
  return {
    ...facts,
    ...coverageOf(document, signature, read),
    name: attribute(signature, 'Id') ?? `Signature ${index + 1}`,
    kind: 'signature',
    extent: 0,
    claimedTime: time.claimedTime,
    notes: [...facts.notes, ...time.notes],
  };
}

/** Whether the word stands in the octets at all, in UTF-8 or UTF-16: without it a file that cannot be read carries none. */
function mentionsSignature(bytes: Uint8Array): boolean {
  const wide = (text: string) => Buffer.from(text, 'utf16le');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [Buffer.from('Signature'), wide('Signature'), wide('Signature').swap16()].some((word) =>
    buffer.includes(word),
  );
}

/** Reads every signature of an XML document. Never throws for what the file contains. */
export async function readXml(bytes: Uint8Array, options: ReadXmlOptions): Promise<FileFacts> {
  let document: XmlDocument;
  try {
    document = parseXml(bytes);
  } catch (error) {
    return noFacts('xml', mentionsSignature(bytes) ? [defectOf(error)] : []);
  }
  try {
    const found = noFacts('xml');
    const signatures = signaturesOf(document);
    if (signatures.length > MAX_SIGNATURES)
      return noFacts('xml', [{ code: 'LIMIT', detail: `more than ${MAX_SIGNATURES} signatures` }]);
    for (const [index, signature] of signatures.entries())
      found.signatures.push(await oneSignature(document, signature, index, options));
    return found;
  } finally {
    document.dispose();
  }
}
