/** Certificates and revocation answers that lie in a SignedData or with its signer: nothing is judged here. */
import { readCertificates } from '../certificates/trust.ts';
import type { Certificate } from '../certificates/x509.ts';
import { children, type DerNode, elements, isContext, isUniversal, TAG, whole } from '../der.ts';
import { context, element, octetString, oid, sequence } from '../der-write.ts';
import type { EvidenceFact } from '../facts.ts';
import { attributeValues, CMS_OID, type CmsSigner, type SignedData } from './cms.ts';

/** Most answers and certificates taken from the attributes of one signer: long-term signatures have some dozens. */
const MAX_VALUES = 256;

function fact(kind: EvidenceFact['kind'], der: Uint8Array): EvidenceFact {
  return { kind, der, extent: null };
}

/** Malformed values are left out: what is not there can only be missed. */
function readable<T>(values: DerNode[], read: (value: DerNode) => T[]): T[] {
  const found = values.flatMap((value) => {
    try {
      return read(value);
    } catch {
      return [];
    }
  });
  return found.slice(0, MAX_VALUES);
}

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';

/** A BasicOCSPResponse as the OCSPResponse (RFC 6960 4.2.1) that it came in; QUIRK: where some put that itself, as it is. */
function ocspResponse(node: DerNode): Uint8Array {
  if (isUniversal(elements(node)[0], TAG.enumerated)) return whole(node);
  const successful = element(0x0a, Uint8Array.of(0));
  return sequence(successful, context(0, sequence(oid(BASIC_RESPONSE), octetString(whole(node)))));
}

/** Lists in [0], OCSP responses in [1]: adbe-revocationInfoArchival (ISO 32000-2 12.8.3.3.2) and RevocationValues. */
function taggedAnswers(value: DerNode): EvidenceFact[] {
  return elements(value).flatMap((part) => {
    if (isContext(part, 0)) return elements(children(part)[0]).map((item) => fact('crl', whole(item)));
    if (!isContext(part, 1)) return [];
    return elements(children(part)[0]).map((item) => fact('ocsp', ocspResponse(item)));
  });
}

/** All certificates: those of the SignedData and certificate-values (EN 319 122-1 A.1.1.2). */
export function certificatesIn(cms: SignedData, signer: CmsSigner): Certificate[] {
  const values = attributeValues(signer.unsignedAttributes, CMS_OID.certificateValues);
  const more = readable(values, (value) => elements(value).map(whole));
  return readCertificates([...cms.certificates, ...more]);
}

/** All revocation answers: those of the SignedData (also RFC 5940), revocation-values, and Adobe's attribute. */
export function evidenceOf(cms: SignedData, signer: CmsSigner): EvidenceFact[] {
  const values = [
    ...attributeValues(signer.signedAttributes, CMS_OID.adobeRevocation),
    ...attributeValues(signer.unsignedAttributes, CMS_OID.revocationValues),
  ];
  return [
    ...cms.crls.map((der) => fact('crl', der)),
    ...cms.ocsps.map((der) => fact('ocsp', der)),
    ...readable(values, taggedAnswers),
  ];
}
