/** When the signer says to have signed: shown, never proof. */
import type { SignatureReason } from '../types.ts';
import { instantOf } from './instant.ts';
import { elementsNamed, isNamed, type XmlDocument, type XmlElement } from './libxml.ts';
import { DS } from './namespaces.ts';
import { coversElement, type XmlSignatureFacts } from './signature.ts';

const DUBLIN_CORE = 'http://purl.org/dc/elements/1.1/';

/** dc:date (OpenDocument) or SigningTime (Vietnamese invoices and tax files) of a ds:SignatureProperty. */
function datesOf(document: XmlDocument, signature: XmlElement): XmlElement[] {
  return elementsNamed(document, DS, 'SignatureProperty', signature).flatMap((property) =>
    (property.find('./*') as XmlElement[]).filter(
      (child) => isNamed(child, DUBLIN_CORE, 'date') || child.name === 'SigningTime',
    ),
  );
}

/**
 * XAdES SigningTime, else the date of a SignatureProperty. Only one that a reference covers is believed (signature wrapping
 * on the time stamp, USENIX Security 2022); others are named.
 */
export function claimedTimeOf(
  document: XmlDocument,
  signature: XmlElement,
  facts: XmlSignatureFacts,
): { claimedTime: string | null; notes: SignatureReason[] } {
  const notes: SignatureReason[] = [];
  const dates = datesOf(document, signature);
  const signed = dates.filter((date) => coversElement(facts, date));
  if (signed.length < dates.length)
    notes.push({ code: 'TIME_NOT_SIGNED', detail: 'a date of signing that no reference covers' });
  if (facts.claimedTime !== null) return { claimedTime: facts.claimedTime, notes };
  const claimed = signed[0] === undefined ? null : instantOf(signed[0].content);
  if (claimed?.zoned === false)
    notes.push({ code: 'TIME_WITHOUT_ZONE', detail: 'the date of signing has no zone; taken as UTC' });
  return { claimedTime: claimed?.at ?? null, notes };
}
