/** Archive time stamps of CAdES (EN 319 122-1 5.5.3; version 2: TS 101 733 6.4.1). */
import { context, octetString, oid, sequence } from '../../scripts/province/der-writer.ts';
import { elements, header, readDer, whole } from '../../signatures/der.ts';
import { digestAlgorithm } from './cms-keys.ts';
import { ATTRIBUTE, attribute, digest, stamp, TYPE } from './cms-signing.ts';

/** The token with an attribute put among the unsigned ones of its signer. */
function withUnsigned(token: Buffer, extra: Buffer): Buffer {
  const [type, explicit] = elements(readDer(token));
  const data = readDer(token, explicit!.contentStart);
  const parts = elements(data).map(whole);
  const [info] = elements(elements(data).at(-1), 17);
  const signer = sequence(...elements(info).map(whole), context(1, extra));
  const infos = Buffer.concat([header(0x31, signer.length), signer]);
  return sequence(whole(type!), context(0, sequence(...parts.slice(0, -1), infos)));
}

const list = (hashes: Buffer[]): Buffer => sequence(...hashes.map(octetString));

/** Type and value of an attribute that has one value. */
function typeAndValue(one: Buffer): Buffer {
  const [type, values] = elements(readDer(one));
  return Buffer.concat([whole(type!), whole(elements(values, 17)[0]!)]);
}

export interface Archived {
  content: Uint8Array;
  /** The fields of the SignerInfo without its unsigned attributes. */
  fields: Buffer;
  certificates: Buffer[];
  /** Unsigned attributes that are there already. */
  before: Buffer[];
}

/** The attribute with its token: `index` false = the token goes without one. */
export function archiveStampV3(archived: Archived, index = true): Buffer {
  const hashIndex = sequence(
    digestAlgorithm('sha256'),
    list(archived.certificates.map((one) => digest(one))),
    list([]),
    list(archived.before.map((one) => digest(typeAndValue(one)))),
  );
  const over = Buffer.concat([oid(TYPE.data), digest(archived.content), archived.fields, hashIndex]);
  const token = stamp(over);
  const indexed = index ? withUnsigned(token, attribute(ATTRIBUTE.hashIndexV3, hashIndex)) : token;
  return attribute(ATTRIBUTE.archiveV3, indexed);
}

/** Content inside, as the file holds it. */
export function archiveStampV2(archived: Archived): Buffer {
  const encapsulated = sequence(oid(TYPE.data), context(0, octetString(archived.content)));
  const unsigned = archived.before.length === 0 ? Buffer.alloc(0) : context(1, ...archived.before);
  const certificates = context(0, ...archived.certificates);
  return attribute(
    ATTRIBUTE.archiveV2,
    stamp(Buffer.concat([encapsulated, certificates, archived.fields, unsigned])),
  );
}
