/** A signed message (RFC 8551): every S/MIME signature in it, what it covers, and whether its signer is the sender. */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import { CMS_OID, readSignedData, type SignedData } from '../cms/cms.ts';
import { closedReason } from '../cms/file.ts';
import { contentOf } from '../cms/signer.ts';
import { signersOf, unreadableSignature } from '../cms/signers.ts';
import { type FileFacts, noFacts } from '../facts.ts';
import { withCoverage } from './coverage.ts';
import { readMediaType } from './media-type.ts';
import {
  decodedBody,
  fieldValues,
  type MimeEntity,
  type Multipart,
  readEntity,
  splitMultipart,
} from './mime.ts';
import { withSender } from './sender.ts';
import { partContent, partFindings } from './signed-part.ts';
import type { Place, Walk } from './walk.ts';

export interface SmimeOptions {
  /** Certificates at hand besides those inside. */
  pool: Certificate[];
}

/** Largest message read, octets: it is held whole. */
const MAX_SIZE = 128 * 1024 * 1024;
/** Deepest nesting of parts, messages and signatures. */
const MAX_DEPTH = 20;
/** Most parts of a message, all levels together. */
const MAX_PARTS = 2_000;

/** Signers, all parts together, for whom it is looked for what a relay changed: each search takes up to a second. */
const MAX_SEARCHES = 2;

const FORMAT = 'S/MIME';
const DETACHED = /^application\/(?:x-)?pkcs7-signature$/;
const OPAQUE = /^application\/(?:x-)?pkcs7-mime$/;
/** QUIRK: gateways that do not know the type send application/octet-stream with the file name (RFC 8551 3.2.1). */
const OCTETS = 'application/octet-stream';
const OPAQUE_NAME = /\.p7m$/i;
const DETACHED_NAME = /\.p7s$/i;

const below = (place: Place, step: string): Place => ({
  ...place,
  path: place.path === '' || step.startsWith('/') ? `${place.path}${step}` : `${place.path}.${step}`,
  depth: place.depth + 1,
});

const prefixOf = (place: Place): string => (place.path === '' ? '' : `part ${place.path}/`);

function broken(walk: Walk, place: Place, detail: string): void {
  const name = `${prefixOf(place)}1`;
  walk.signed.push({
    place,
    signatures: [unreadableSignature({ name, format: FORMAT }, detail)],
    hidden: [],
  });
}

function readCms(bytes: Uint8Array): SignedData | string {
  try {
    return readSignedData(bytes);
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    return error.message;
  }
}

function isBlank(entity: MimeEntity, { start, end }: { start: number; end: number }): boolean {
  return entity.bytes.subarray(start, end).every((octet) => octet <= 0x20);
}

/** What programs put there for readers that know no MIME: worth no word. */
const USUAL_PREAMBLE =
  /^\s*this is an? (?:cryptographically signed |multi-?part |s\/mime |signed )*message(?: in mime format)?\.?\s*$/i;

function isUsual({ bytes }: MimeEntity, { start, end }: { start: number; end: number }): boolean {
  return end - start < 200 && USUAL_PREAMBLE.test(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
}

function hiddenText(entity: MimeEntity, split: Multipart): string[] {
  const found: string[] = [];
  const { preamble } = split;
  if (!isBlank(entity, preamble) && !isUsual(entity, preamble)) found.push('preamble');
  if (!isBlank(entity, split.epilogue)) found.push('epilogue');
  return found;
}

function mayLook(walk: Walk): boolean {
  walk.searches += 1;
  return walk.searches <= MAX_SEARCHES;
}

/** multipart/signed (RFC 1847 2.1): the first part is signed byte for byte, header included; the second is the signature. */
async function visitSigned(walk: Walk, entity: MimeEntity, place: Place): Promise<void> {
  const split = splitMultipart(entity);
  const [signed, signature, ...more] = split?.parts ?? [];
  if (split === null || signed === undefined || signature === undefined || more.length > 0) {
    broken(walk, place, `multipart/signed of ${split?.parts.length ?? 0} parts where two belong`);
    return visitParts(walk, entity, split, place);
  }
  const part = entity.bytes.subarray(signed.start, signed.end);
  const value = readEntity(entity.bytes, signature.start, signature.end);
  if (!isDetached(value))
    return broken(walk, place, `signature part is ${value.media.type}, not application/pkcs7-signature`);
  const cms = readCms(decodedBody(value));
  if (typeof cms === 'string') return broken(walk, place, `CMS cannot be read: ${cms}`);
  if (cms.kind !== CMS_OID.signedData || cms.signers.length === 0)
    return broken(walk, place, 'signature part without a signer');
  const prefix = prefixOf(place);
  const content = partContent(part);
  const signers = await signersOf(cms, content, { pool: walk.pool, prefix, format: FORMAT });
  const signatures = signers.map((facts) => {
    const signer = cms.signers[Number(facts.name.slice(prefix.length)) - 1];
    return signer === undefined ? facts : partFindings(facts, { cms, part }, signer, () => mayLook(walk));
  });
  walk.signed.push({ place, signatures, hidden: hiddenText(entity, split) });
  await visit(walk, readEntity(entity.bytes, signed.start, signed.end), {
    ...below(place, '1'),
    covered: true,
  });
}

/** application/pkcs7-mime: what it is says the CMS itself; smime-type is the sender's word (RFC 8551 3.2.2). */
async function visitOpaque(walk: Walk, entity: MimeEntity, place: Place): Promise<void> {
  const cms = readCms(decodedBody(entity));
  if (typeof cms === 'string') return broken(walk, place, `CMS cannot be read: ${cms}`);
  const closed = closedReason(cms.kind);
  if (closed !== null) {
    walk.leaves.push({ path: place.path, type: entity.media.type });
    // Inside a signature it is content like any other; outside, nobody can say what it holds.
    if (!place.covered) walk.defects.push(closed);
    return;
  }
  const { content } = cms;
  if (cms.signers.length === 0) {
    if (content === null) return;
    return broken(walk, place, 'signed content without a signer');
  }
  const over = content === null ? null : contentOf(content);
  const signatures = await signersOf(cms, () => over, {
    pool: walk.pool,
    prefix: prefixOf(place),
    format: FORMAT,
  });
  walk.signed.push({ place, signatures, hidden: [] });
  if (content === null) return;
  await visit(walk, readEntity(content), { ...below(place, '/content'), covered: true });
}

async function visitParts(
  walk: Walk,
  entity: MimeEntity,
  split: Multipart | null,
  place: Place,
): Promise<void> {
  if (split === null || split.parts.length === 0) {
    walk.leaves.push({ path: place.path, type: entity.media.type });
    return;
  }
  for (const [index, { start, end }] of split.parts.entries())
    await visit(walk, readEntity(entity.bytes, start, end), below(place, String(index + 1)));
}

async function visitMessage(walk: Walk, entity: MimeEntity, place: Place): Promise<void> {
  const message = readEntity(decodedBody(entity));
  const inside = below(place, '/message');
  walk.leaves.push({ path: `${inside.path}/header`, type: entity.media.type });
  await visit(walk, message, { ...inside, message, forwarded: true });
}

/** Names that the entity gives to its content as a file: of Content-Type and of Content-Disposition (RFC 2183 2.3). */
function fileNames(entity: MimeEntity): string[] {
  const [disposition] = fieldValues(entity, 'content-disposition');
  // A disposition is written as a media type is, but for the subtype.
  const { parameters } = readMediaType(disposition === undefined ? null : `x/${disposition}`);
  return [entity.media.parameters.get('name'), parameters.get('filename')].filter(
    (name) => name !== undefined,
  );
}

function isOpaque(entity: MimeEntity): boolean {
  const { type } = entity.media;
  if (OPAQUE.test(type)) return true;
  return type === OCTETS && fileNames(entity).some((name) => OPAQUE_NAME.test(name));
}

function isDetached(entity: MimeEntity): boolean {
  const { type } = entity.media;
  if (DETACHED.test(type)) return true;
  return type === OCTETS && fileNames(entity).some((name) => DETACHED_NAME.test(name));
}

/** A multipart must not be encoded as a whole (RFC 2045 6.4): who decodes it all the same sees other parts. */
function isEncodedWhole({ media, encoding }: MimeEntity): boolean {
  return media.type.startsWith('multipart/') && !['7bit', '8bit', 'binary', ''].includes(encoding);
}

async function visit(walk: Walk, entity: MimeEntity, place: Place): Promise<void> {
  walk.parts += 1;
  if (place.depth > MAX_DEPTH || walk.parts > MAX_PARTS)
    throw new CongvanError('MIME_LIMIT', 'too many or too deeply nested parts', { temporary: false });
  if ((entity.ambiguous || isEncodedWhole(entity)) && !place.covered)
    walk.ambiguous.push(place.path === '' ? 'message' : place.path);
  const { type, parameters } = entity.media;
  const protocol = parameters.get('protocol')?.toLowerCase() ?? '';
  if (type === 'multipart/signed' && protocol !== 'application/pgp-signature')
    return visitSigned(walk, entity, place);
  if (type === 'multipart/signed')
    walk.defects.push({ code: 'UNSUPPORTED_FORMAT', detail: `signature protocol ${protocol}` });
  if (isOpaque(entity)) return visitOpaque(walk, entity, place);
  if (type.startsWith('multipart/')) return visitParts(walk, entity, splitMultipart(entity), place);
  if (type === 'message/rfc822' || type === 'message/global') return visitMessage(walk, entity, place);
  walk.leaves.push({ path: place.path, type });
}

async function readMessage(bytes: Uint8Array, pool: Certificate[]): Promise<FileFacts> {
  const message = readEntity(bytes);
  const walk: Walk = { pool, signed: [], leaves: [], defects: [], ambiguous: [], parts: 0, searches: 0 };
  const place: Place = { path: '', message, forwarded: false, covered: false, depth: 0 };
  await visit(walk, message, place);
  const checked = walk.signed.map((entity) => withSender(withCoverage(entity, walk)));
  const own = checked.filter(({ place: at }) => !at.covered && !at.forwarded);
  return {
    ...noFacts('smime', walk.defects),
    signatures: checked.flatMap(({ signatures }) => signatures),
    senderMatches: checked.length === 0 ? null : own.some(({ senderMatches }) => senderMatches),
  };
}

/**
 * Reads every S/MIME signature of a raw message: named by signer (`1`, `2`), with the part before it when it is not the
 * message itself (`part 2/message/1`). Never throws for what the message contains.
 */
export async function readSmime(bytes: Uint8Array, options: SmimeOptions): Promise<FileFacts> {
  if (bytes.length > MAX_SIZE)
    return noFacts('smime', [{ code: 'LIMIT', detail: `more than ${MAX_SIZE} bytes` }]);
  try {
    return await readMessage(bytes, options.pool);
  } catch (error) {
    if (!(error instanceof CongvanError || error instanceof RangeError)) throw error;
    return noFacts('smime', [{ code: 'LIMIT', detail: error.message }]);
  }
}
