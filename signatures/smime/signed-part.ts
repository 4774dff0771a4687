/** The signed part of a multipart/signed against its detached signature. */
import { digestName, startDigest } from '../algorithms.ts';
import { attributeValues, CMS_OID, type CmsSigner, type SignedData } from '../cms/cms.ts';
import { contentOf, type SignedContent } from '../cms/signer.ts';
import { octets } from '../der.ts';
import type { SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import { canonicalLines } from './mime.ts';
import { changedInTransit } from './transit.ts';

/** Whether bytes have the digest that the signer signed. Null = there is none to compare with. */
function digestTest(signer: CmsSigner): ((bytes: Uint8Array) => boolean) | null {
  const [signed] = attributeValues(signer.signedAttributes, CMS_OID.messageDigest);
  const hash = digestName(signer.digestAlgorithm.oid);
  if (signed === undefined || hash === null) return null;
  const wanted = octets(signed);
  return (bytes) => Buffer.compare(startDigest(hash).update(bytes).digest(), wanted) === 0;
}

/**
 * What a signer is over: the part with CRLF line ends (RFC 8551 3.1.1).
 * QUIRK: some programs sign bare LF, and the part comes with just that: then the bytes as they stand are the signed ones.
 */
export function partContent(part: Uint8Array): (signer: CmsSigner) => SignedContent {
  const canonical = canonicalLines(part);
  const [asCanonical, asItStands] = [contentOf(canonical), contentOf(part)];
  return (signer) => {
    const asSigned = canonical === part ? null : digestTest(signer);
    const exact = asSigned?.(part) === true && !asSigned(canonical);
    return exact ? asItStands : asCanonical;
  };
}

/** Content inside a signature that should be detached: it must be the part itself, or two readers show two messages. */
function insideDiffers(cms: SignedData, part: Uint8Array): boolean {
  if (cms.content === null) return false;
  return Buffer.compare(canonicalLines(cms.content), canonicalLines(part)) !== 0;
}

/** A part and the signature over it. */
export interface SignedPart {
  cms: SignedData;
  part: Uint8Array;
}

/**
 * What a multipart/signed has besides what every CMS signature has. `mayLook` = whether there is time left to look for what
 * a relay changed; asked only where something did.
 */
export function partFindings(
  facts: SignatureFacts,
  { cms, part }: SignedPart,
  signer: CmsSigner,
  mayLook: () => boolean,
): SignatureFacts {
  const reasons = [...facts.reasons];
  const notes = [...facts.notes];
  const differs = insideDiffers(cms, part);
  if (differs) reasons.push(formatFailure('the signature holds other content than the signed part'));
  const test = facts.intact === false && !differs && mayLook() ? digestTest(signer) : null;
  const transform = test === null ? null : changedInTransit(part, test);
  if (transform !== null) notes.push({ code: 'CHANGED_IN_TRANSIT', detail: transform });
  return { ...facts, reasons, notes };
}
