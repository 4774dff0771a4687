/** Archive time stamps of CAdES: what they are over (EN 319 122-1 5.5; version 2: ETSI TS 101 733 6.4.1). */
import { createHash } from 'node:crypto';
import { digestName, readAlgorithm } from '../algorithms.ts';
import type { Certificate } from '../certificates/x509.ts';
import { children, type DerNode, elements, header, isContext, octets, whole } from '../der.ts';
import type { TimestampFacts } from '../facts.ts';
import { attributeValues, CMS_OID, type CmsAttribute, type CmsSigner, type SignedData } from './cms.ts';
import { digestOf, type SignedContent } from './signer.ts';
import { timestampFacts, tokenOf } from './timestamp.ts';

const ARCHIVE: ReadonlySet<string> = new Set([
  CMS_OID.archiveTimeStamp,
  CMS_OID.archiveTimeStampV2,
  CMS_OID.archiveTimeStampV3,
]);

/** Most archive stamps computed for one signer: one is added every few years. */
const MAX_STAMPS = 16;

/** Most stamps of version 2 computed for one SignedData, all signers together: each digests all of the content again. */
const MAX_WHOLE_STAMPS = 16;

/** What an archive stamp is over. */
export interface Archived {
  cms: SignedData;
  signer: CmsSigner;
  /** Null = not at hand: then nothing can be computed. */
  content: SignedContent | null;
}

/** Bytes and streams one after the other. */
function concatenated(parts: (Uint8Array | SignedContent)[]): SignedContent {
  return {
    feed: async (sink) => {
      for (const part of parts) {
        if (part instanceof Uint8Array) sink(part);
        else await part.feed(sink);
      }
    },
  };
}

/** The fields of a SignerInfo with tag and length, as they stand, but the unsigned attributes. */
function signerFields(signer: CmsSigner): Uint8Array[] {
  return elements(signer.node)
    .filter((field) => !isContext(field, 1))
    .map(whole);
}

/** ats-hash-index of a token: its unsigned attribute. The bare `v1` hashes whole attributes. */
interface HashIndex {
  der: Uint8Array;
  hash: string | null;
  certificates: Uint8Array[];
  crls: Uint8Array[];
  attributes: Uint8Array[];
}

function readHashIndex(value: DerNode): HashIndex {
  const parts = elements(value);
  // QUIRK: the algorithm is absent from an index of version 1 that uses SHA-256, its default.
  const named = parts.length === 4 ? digestName(readAlgorithm(parts.shift()).oid) : 'sha256';
  const [certificates, crls, attributes] = parts.map((list) => elements(list).map(octets));
  return {
    der: whole(value),
    hash: named,
    certificates: certificates ?? [],
    crls: crls ?? [],
    attributes: attributes ?? [],
  };
}

function indexOf(token: SignedData): HashIndex | null {
  const unsigned = token.signers[0]?.unsignedAttributes ?? [];
  const [value] = [CMS_OID.hashIndexV3, CMS_OID.hashIndex].flatMap((type) => attributeValues(unsigned, type));
  return value === undefined ? null : readHashIndex(value);
}

/** What an attribute may be hashed as: type and one value (version 3), or the whole attribute (version 1). */
function attributeForms(attribute: CmsAttribute): Uint8Array[] {
  const [type] = elements(attribute.node);
  return [
    whole(attribute.node),
    ...attribute.values.map((value) => Buffer.concat([whole(type!), whole(value)])),
  ];
}

/** Every hash of the index must be of something that is there; what is there besides came later (5.5.2). */
function indexHolds(index: HashIndex, { cms, signer }: Archived): boolean {
  const { hash } = index;
  if (hash === null) return false;
  const digests = (items: Uint8Array[]) =>
    new Set(items.map((item) => createHash(hash).update(item).digest('hex')));
  const choices = (set: DerNode | null | undefined) => (set == null ? [] : children(set).map(whole));
  const known: [Uint8Array[], Set<string>][] = [
    [index.certificates, digests(choices(cms.parts?.certificates))],
    [index.crls, digests(choices(cms.parts?.crls))],
    [index.attributes, digests(signer.unsignedAttributes.flatMap(attributeForms))],
  ];
  return known.every(([wanted, had]) => wanted.every((one) => had.has(Buffer.from(one).toString('hex'))));
}

/** EN 319 122-1 5.5.3: content type, digest of the content, fields of the SignerInfo, hash index. */
async function stampedByV3(
  archived: Archived,
  hash: string,
  index: HashIndex,
): Promise<SignedContent | null> {
  const { cms, signer, content } = archived;
  const [contentType] = cms.parts === null ? [] : elements(cms.parts.encapsulated);
  if (content === null || contentType === undefined) return null;
  return concatenated([
    whole(contentType),
    await digestOf(content, hash),
    ...signerFields(signer),
    index.der,
  ]);
}

/** Archive stamps made at `genTime` or later were not there yet when a stamp of version 2 was made. */
function isLaterStamp(attribute: CmsAttribute, genTime: string): boolean {
  if (!ARCHIVE.has(attribute.type)) return false;
  return attribute.values.some((value) => {
    const token = tokenOf(whole(value));
    return token === null || token.genTime >= genTime;
  });
}

/** TS 101 733 6.4.1: encapContentInfo, external content, certificates, crls, and every field of the SignerInfo. */
function stampedByV2(
  { cms, signer, content }: Archived,
  genTime: string,
  bare: boolean,
): SignedContent | null {
  if (cms.parts === null || content === null) return null;
  const { encapsulated, certificates, crls } = cms.parts;
  const kept = signer.unsignedAttributes.filter((one) => !isLaterStamp(one, genTime));
  const unsigned = Buffer.concat(kept.map((one) => whole(one.node)));
  return concatenated([
    whole(encapsulated),
    ...(cms.content === null ? [content] : []),
    ...[certificates, crls].flatMap((set) => (set === null ? [] : [whole(set)])),
    ...signerFields(signer),
    ...(kept.length === 0 || bare ? [] : [header(0xa1, unsigned.length)]),
    unsigned,
  ]);
}

/** QUIRK: some stamps are over the unsigned attributes with the tag around them, others over them one after the other. */
async function v2Facts(
  token: Uint8Array,
  archived: Archived,
  genTime: string,
  pool: Certificate[],
): Promise<TimestampFacts> {
  const tagged = await timestampFacts(token, stampedByV2(archived, genTime, false), 'archive', pool);
  if (tagged.intact !== false) return tagged;
  const bare = await timestampFacts(token, stampedByV2(archived, genTime, true), 'archive', pool);
  return bare.intact === true ? bare : tagged;
}

/** A token that is no stamp over this signature, e.g. one copied from elsewhere. */
function without(facts: TimestampFacts, why: string): TimestampFacts {
  const reason = { code: 'HASH_FAILURE', detail: `archive time stamp: ${why}` };
  return { ...facts, intact: false, reasons: [reason, ...facts.reasons] };
}

const wholeStamps = new WeakMap<SignedData, number>();

/** Counts a stamp of version 2; false = there were enough. */
function affords(cms: SignedData): boolean {
  const count = (wholeStamps.get(cms) ?? 0) + 1;
  wholeStamps.set(cms, count);
  return count <= MAX_WHOLE_STAMPS;
}

async function archiveFacts(
  attribute: CmsAttribute,
  value: DerNode,
  archived: Archived,
  pool: Certificate[],
): Promise<TimestampFacts> {
  const bytes = whole(value);
  const token = tokenOf(bytes);
  if (token === null || token.hash === null) return timestampFacts(bytes, null, 'archive', pool);
  if (attribute.type === CMS_OID.archiveTimeStampV2)
    return affords(archived.cms)
      ? v2Facts(bytes, archived, token.genTime, pool)
      : timestampFacts(bytes, null, 'archive', pool);
  const index = indexOf(token.cms);
  if (index === null) return without(await timestampFacts(bytes, null, 'archive', pool), 'no hash index');
  const stamped = await stampedByV3(archived, token.hash, index);
  const facts = await timestampFacts(bytes, stamped, 'archive', pool);
  return indexHolds(index, archived)
    ? facts
    : without(facts, 'its hash index names values that are not there');
}

/**
 * The archive stamps of a signer, versions 2 and 3. Those of version 1, long superseded, are passed over.
 * Never throws for malformed tokens.
 */
export async function archiveStamps(archived: Archived, pool: Certificate[]): Promise<TimestampFacts[]> {
  const versions: string[] = [CMS_OID.archiveTimeStampV2, CMS_OID.archiveTimeStampV3];
  const found = archived.signer.unsignedAttributes
    .filter((attribute) => versions.includes(attribute.type))
    .flatMap((attribute) => attribute.values.map((value) => [attribute, value] as const));
  const stamps: TimestampFacts[] = [];
  for (const [attribute, value] of found.slice(0, MAX_STAMPS)) {
    try {
      stamps.push(await archiveFacts(attribute, value, archived, pool));
    } catch {
      stamps.push(await timestampFacts(new Uint8Array(), null, 'archive', pool));
    }
  }
  return stamps;
}
