/** What an answer is: the pieces that it holds, and until when the responder says it holds. Nothing is verified here. */
import { readSignedData } from '../../signatures/cms/cms.ts';
import { type DerNode, elements, isUniversal, readDer, TAG, time, whole } from '../../signatures/der.ts';
import { answersNonce } from '../../signatures/revocation/ocsp-request.ts';
import { readOcspResponse } from '../../signatures/revocation/ocsp-response.ts';
import type { EvidenceRequest } from '../../signatures/types.ts';
import { unusable } from './failures.ts';

export interface EvidenceContent {
  /** DER: the list, the response, or the certificates. */
  pieces: Uint8Array[];
  /** nextUpdate, ISO 8601 UTC; null = not said (certificates hold for themselves). */
  until: string | null;
}

/** Certificates taken out of one bag. */
const MAX_CERTIFICATES = 20;
/** Octets at the beginning of a list that its dates must stand in: its issuer's name is the only long thing before them. */
const MAX_LIST_HEAD = 64 * 1024;

/** QUIRK: the standards ask for DER, some servers of authorities give PEM. */
function unarmoured(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.subarray(0, 11)).toString('latin1');
  if (text !== '-----BEGIN ') return bytes;
  const block = /-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END /.exec(
    Buffer.from(bytes).toString('latin1'),
  );
  return Buffer.from(block?.[1] ?? '', 'base64');
}

/** QUIRK: an indefinite length makes reading the header read all 20 MB; lists are DER, which knows none. */
function definite(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x30 && bytes[at + 1] !== 0x80;
}

/** nextUpdate of a list (RFC 5280 5.1.2.5) from its first fields; its entries are not looked at. */
function listUntil(request: EvidenceRequest, der: Uint8Array): string | null {
  if (!definite(der, 0)) throw unusable(request, 'not DER');
  const outer = readDer(der);
  if (!definite(der, outer.contentStart)) throw unusable(request, 'not DER');
  const tbs = readDer(der, outer.contentStart, outer.contentEnd);
  const limit = Math.min(tbs.contentEnd, tbs.contentStart + MAX_LIST_HEAD);
  let node = readDer(der, tbs.contentStart, limit);
  // Version, algorithm and issuer stand before thisUpdate.
  for (let field = 0; field < 3 && !isTime(node); field += 1) node = readDer(der, node.end, limit);
  time(node);
  // Behind it the entries may stand at once: looked at no further than their tag.
  const next = node.end < limit ? der[node.end] : undefined;
  return next === TAG.utcTime || next === TAG.generalizedTime ? time(readDer(der, node.end, limit)) : null;
}

function isTime(node: DerNode): boolean {
  return isUniversal(node, TAG.utcTime) || isUniversal(node, TAG.generalizedTime);
}

/** A certificate, or a bag of them (`.p7c`, RFC 5280 4.2.2.1). */
function certificatesOf(request: EvidenceRequest, der: Uint8Array): Uint8Array[] {
  const [first] = elements(readDer(der));
  const all = isUniversal(first, TAG.oid) ? readSignedData(der).certificates : [whole(readDer(der))];
  if (all.length === 0) throw unusable(request, 'no certificate inside');
  return all.slice(0, MAX_CERTIFICATES);
}

function responseContent(request: EvidenceRequest, der: Uint8Array): EvidenceContent {
  const read = readOcspResponse(der);
  if ('refused' in read) throw unusable(request, read.refused);
  if (request.body !== null && !answersNonce(request.body, read.response))
    throw unusable(request, 'the response answers another request (nonce)');
  const ends = read.response.singles.map(({ nextUpdate }) => nextUpdate).sort();
  // An answer without an end is told as such: newer information is always there to be had (RFC 6960 2.4).
  return { pieces: [der], until: ends.includes(null) ? null : (ends[0] ?? null) };
}

/** Throws EVIDENCE_UNUSABLE when the bytes are not what was asked for. */
export function contentOf(request: EvidenceRequest, bytes: Uint8Array): EvidenceContent {
  if (request.kind === 'ocsp') return responseContent(request, bytes);
  try {
    const der = unarmoured(bytes);
    if (request.kind === 'issuer') return { pieces: certificatesOf(request, der), until: null };
    return { pieces: [der], until: listUntil(request, der) };
  } catch {
    throw unusable(request, request.kind === 'crl' ? 'not a revocation list' : 'not a certificate');
  }
}
