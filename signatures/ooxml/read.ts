/**
 * Signatures of Office Open XML packages (docx, xlsx, pptx; ISO/IEC 29500-2 clause 10, [MS-OFFCRYPTO] 2.5). Office signs a list
 * of parts and relationships, not the file: so what counts is that everything a reader would show is on that list, and that
 * the list itself is signed. The published attacks (content injection and masking, legacy wrapping, universal forgery,
 * malicious repair: Rohlmann et al., USENIX Security 2023) all live on one of these two not being asked.
 */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import { type FileFacts, noFacts, type SignatureFacts, unreadableSignature } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { elementsNamed, isNamed, ownText, parseXml, type XmlDocument } from '../xml/libxml.ts';
import { coversElement, type XmlSignatureFacts, xmlSignatureFacts } from '../xml/signature.ts';
import { openZip } from '../zip/open-zip.ts';
import { coverageOf } from './coverage.ts';
import { CONTENT_TYPE, NAMESPACE } from './names.ts';
import { mainParts, type Package, type Part, readPackage } from './package.ts';
import { PackageReferences } from './references.ts';
import { type Exempt, exemptions } from './unsigned.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
/** Signatures of one package; a submission signed by a whole board has some twenty. */
const MAX_SIGNATURES = 100;
/** Bytes that all signatures together may digest: a few seconds. */
const MAX_DIGESTED = 1024 * 1024 * 1024;

/** A part that is a signature, or that some program takes for one. */
interface SignaturePart extends Part {
  /** The origin part leads to it. */
  reached: boolean;
}

/**
 * Signature parts: those that relationships lead to, and those that lie there all the same. QUIRK: Office for Mac says
 * "signed" for any file in that folder.
 */
function signatureParts(found: Package, exempt: Exempt): SignaturePart[] {
  return [...found.parts]
    .map(([key, part]) => ({ ...part, reached: exempt.parts.get(key) === 'signature' }))
    .filter(
      ({ name, contentType }) =>
        contentType?.toLowerCase() === CONTENT_TYPE.signature || /^\/_xmlsignatures\/[^/]*\.xml$/i.test(name),
    );
}

/** Time that the package object claims (mdssi:SignatureTime), where XAdES names none. */
function packageTime(document: XmlDocument, facts: XmlSignatureFacts): string | null {
  const [time] = elementsNamed(document, NAMESPACE.signature, 'SignatureTime');
  if (time === undefined || !coversElement(facts, time)) return null;
  const [value] = elementsNamed(document, NAMESPACE.signature, 'Value', time);
  const instant = value === undefined ? Number.NaN : Date.parse(ownText(value));
  return Number.isNaN(instant) ? null : new Date(instant).toISOString();
}

/** What OOXML asks of a signature beyond XMLDSig: the package object is in it, and so are the details that Office shows. */
function ownRules(document: XmlDocument, facts: XmlSignatureFacts): SignatureReason[] {
  const reasons: SignatureReason[] = [];
  if (!facts.references.some(({ inManifest }) => inManifest))
    reasons.push(formatFailure('no manifest of parts is signed: the signature is over something else'));
  const shown = [
    ...elementsNamed(document, NAMESPACE.office, 'SignatureInfoV1'),
    ...elementsNamed(document, NAMESPACE.signature, 'SignatureTime'),
  ];
  if (shown.some((element) => !coversElement(facts, element)))
    reasons.push(formatFailure('signature details or a time that Office shows are not signed'));
  return reasons;
}

async function factsOf(
  part: SignaturePart,
  document: XmlDocument,
  found: Package,
  context: { exempt: Exempt; pool: Certificate[] },
): Promise<SignatureFacts> {
  const signature = document.root;
  if (!isNamed(signature, DSIG, 'Signature'))
    return unreadableSignature(part.name, 'XMLDSig', formatFailure('the signature part holds no signature'));
  const references = new PackageReferences(found);
  const { resolve } = references;
  const facts = await xmlSignatureFacts({ document, signature, resolve, pool: context.pool });
  const { references: list, ...rest } = facts;
  const failed = references.reasons.filter(
    (one) => !facts.reasons.some((known) => known.detail === one.detail),
  );
  const intact = references.reasons.length > 0 ? false : facts.intact;
  const { coverage, changes } = coverageOf(found, references.covered(list), context.exempt);
  return {
    ...rest,
    name: part.name,
    kind: 'signature',
    coverage,
    extent: 0,
    intact,
    // Where a digest fails, what it was to cover is no addition of somebody else.
    changes: intact === false ? [] : changes,
    claimedTime: facts.claimedTime ?? packageTime(document, facts),
    reasons: [...facts.reasons, ...failed, ...(intact === false ? [] : ownRules(document, facts))],
  };
}

async function readSignature(
  part: SignaturePart,
  found: Package,
  context: { exempt: Exempt; pool: Certificate[] },
): Promise<SignatureFacts> {
  let document: XmlDocument;
  try {
    document = parseXml(part.bytes);
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    return unreadableSignature(
      part.name,
      'XMLDSig',
      formatFailure(`the signature part is no XML: ${error.message}`),
    );
  }
  try {
    return await factsOf(part, document, found, context);
  } finally {
    document.dispose();
  }
}

/** What is wrong with the package is wrong with each of its signatures. */
function withPackage(facts: SignatureFacts, part: SignaturePart, found: Package): SignatureFacts {
  const stray = formatFailure('no relationship leads to this signature');
  return { ...facts, reasons: [...facts.reasons, ...found.faults, ...(part.reached ? [] : [stray])] };
}

/** Each signature may digest every part, so a large document is read with fewer. */
function mostSignatures(found: Package): number {
  const bytes = [...found.parts.values()].reduce((sum, part) => sum + part.bytes.length, 1);
  return Math.min(MAX_SIGNATURES, Math.max(1, Math.floor(MAX_DIGESTED / bytes)));
}

/** Reads every signature of an OOXML file. A signature over its macros alone (vbaProjectSignature) is none of the document. */
export async function readOoxml(bytes: Uint8Array, options: { pool: Certificate[] }): Promise<FileFacts> {
  const zip = openZip(bytes);
  const found = readPackage(zip);
  if (mainParts(found).length > 1)
    found.faults.push(formatFailure('the package opens with several documents'));
  const context = { exempt: exemptions(found), pool: options.pool };
  const parts = signatureParts(found, context.exempt);
  const most = mostSignatures(found);
  if (parts.length > most) found.faults.push({ code: 'LIMIT', detail: `more than ${most} signatures` });
  const file = noFacts('ooxml', [...found.faults]);
  for (const part of parts.slice(0, most)) {
    const facts = await readSignature(part, found, context);
    file.signatures.push(withPackage({ ...facts, notes: [...facts.notes, ...zip.notes] }, part, found));
  }
  return file;
}
