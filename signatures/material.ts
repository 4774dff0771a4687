/** Files that help to judge: certificates, revocation lists and OCSP responses, in PEM or DER, told apart by content. */
import { CongvanError } from '../config/error.ts';
import { readCertificate } from './certificates/x509.ts';
import { readSignedData } from './cms/cms.ts';
import { type DerNode, elements, isUniversal, oid, readDer, TAG } from './der.ts';

export interface Material {
  /** DER. */
  certificates: Uint8Array[];
  crls: Uint8Array[];
  ocsps: Uint8Array[];
}

const OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';

function noMaterial(): Material {
  return { certificates: [], crls: [], ocsps: [] };
}

export function joinMaterial(parts: Material[]): Material {
  return {
    certificates: parts.flatMap((one) => one.certificates),
    crls: parts.flatMap((one) => one.crls),
    ocsps: parts.flatMap((one) => one.ocsps),
  };
}

/** PEM blocks as DER; a file without any is taken as one DER block. */
function blocksOf(bytes: Uint8Array): Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)];
  if (blocks.length > 0) return blocks.map((block) => Buffer.from(block[2]!, 'base64'));
  return [bytes];
}

/** tbsCertList has a time where tbsCertificate has the validity (RFC 5280 4.1, 5.1). */
function isRevocationList(tbs: DerNode): boolean {
  const fields = elements(tbs);
  if (isUniversal(fields[0], TAG.integer)) fields.shift();
  return isUniversal(fields[2], TAG.utcTime) || isUniversal(fields[2], TAG.generalizedTime);
}

function readBlock(der: Uint8Array): Material {
  const found = noMaterial();
  const [first, second] = elements(readDer(der));
  if (isUniversal(first, TAG.enumerated)) found.ocsps.push(der);
  else if (isUniversal(first, TAG.oid)) {
    if (oid(first) === OCSP_BASIC) found.ocsps.push(der);
    else {
      const bag = readSignedData(der);
      found.certificates.push(...bag.certificates);
      found.crls.push(...bag.crls);
    }
  } else if (isUniversal(first, TAG.sequence) && isUniversal(second, TAG.sequence)) {
    if (isRevocationList(first)) found.crls.push(der);
    else found.certificates.push(readCertificate(der).der);
  }
  return found;
}

/** Throws CongvanError MATERIAL_UNREADABLE when nothing of the kind is in it; `name` is for the person. */
export function readMaterial(bytes: Uint8Array, name: string): Material {
  try {
    const found = joinMaterial(blocksOf(bytes).map(readBlock));
    if (found.certificates.length + found.crls.length + found.ocsps.length > 0) return found;
  } catch {
    // Told below: what the reader disliked says nothing to the person.
  }
  throw new CongvanError(
    'MATERIAL_UNREADABLE',
    `Tệp “${name}” không phải chứng thư số, danh sách thu hồi (CRL) hay trả lời OCSP ở dạng PEM hoặc DER.`,
    { temporary: false, fields: { file: name } },
  );
}
