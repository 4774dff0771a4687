import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signBytes,
} from 'node:crypto';
import {
  bitString,
  booleanTrue,
  context,
  element,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  utf8,
} from './der-writer.ts';

/** The demo's certificate authority and its certificates: made anew on each run, trusted by nobody else. */

export type KeyKind = 'rsa' | 'rsa-weak' | 'rsa-pss' | 'ec' | 'ed25519';

interface Validity {
  /** Instants, ISO 8601. */
  notBefore: string;
  notAfter: string;
}

export interface Authority {
  certificate: Buffer;
  privateKey: KeyObject;
  /** RFC 4514-like name, for messages. */
  name: string;
  subject: Buffer;
  /** Certificates above this one, nearest first, the root last. */
  above: Buffer[];
}

export interface Signer {
  certificate: Buffer;
  privateKey: KeyObject;
  kind: KeyKind;
  /** Issuers, nearest first. */
  chain: Buffer[];
}

export interface SubjectFields extends Validity {
  commonName: string;
  /** Agency names, outermost first: O, then OUs. */
  organisation: string[];
  title?: string;
  /** Persons get a fictional UID as the government's service gives them; organisations none. */
  holder: 'person' | 'organisation';
  email?: string;
  key?: KeyKind;
  /** Further extensions, DER, as `extension` makes them. */
  extensions?: Buffer[];
}

/** Keys are made slowly (a tenth of a second for RSA-2048), so a few of each kind are shared in turn. */
const POOL_SIZE = 3;
const pools = new Map<KeyKind, KeyObject[]>();
let taken = 0;

function generate(kind: KeyKind): KeyObject {
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa-weak' ? 1024 : 2048 }).privateKey;
}

function takeKey(kind: KeyKind): KeyObject {
  const pool = pools.get(kind) ?? [];
  pools.set(kind, pool);
  taken += 1;
  if (pool.length < POOL_SIZE) {
    const fresh = generate(kind);
    pool.push(fresh);
    return fresh;
  }
  return pool[taken % POOL_SIZE]!;
}

const SHA256 = '2.16.840.1.101.3.4.2.1';
const algorithmOf = (id: string, ...parameters: Buffer[]) => sequence(oid(id), ...parameters);

/** AlgorithmIdentifier of a signature with the hash that this factory uses everywhere, SHA-256 (or SHA-1 to be weak). */
export function signatureAlgorithm(kind: KeyKind, hash: 'sha256' | 'sha1' = 'sha256'): Buffer {
  if (kind === 'ec') return algorithmOf('1.2.840.10045.4.3.2');
  if (kind === 'ed25519') return algorithmOf('1.3.101.112');
  if (kind === 'rsa-pss') {
    const digest = algorithmOf(SHA256, nullValue());
    const mask = algorithmOf('1.2.840.113549.1.1.8', digest);
    return algorithmOf(
      '1.2.840.113549.1.1.10',
      sequence(context(0, digest), context(1, mask), context(2, integer(32))),
    );
  }
  return algorithmOf(hash === 'sha1' ? '1.2.840.113549.1.1.5' : '1.2.840.113549.1.1.11', nullValue());
}

export function signValue(
  key: KeyObject,
  kind: KeyKind,
  data: Uint8Array,
  hash: 'sha256' | 'sha1' = 'sha256',
): Buffer {
  if (kind === 'ed25519') return signBytes(null, data, key);
  if (kind === 'rsa-pss')
    return signBytes('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  return signBytes(hash, data, key);
}

export type NamePart = [type: string, value: string];

export function distinguishedName(parts: NamePart[]): Buffer {
  return sequence(...parts.map(([type, value]) => setOf(sequence(oid(type), utf8(value)))));
}

/** One extension of a certificate, list or response. */
export function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [booleanTrue()] : []), octetString(value));
}

function keyIdentifier(spki: Buffer): Buffer {
  return createHash('sha1').update(spki).digest();
}

export function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

export interface CertificateParts extends Validity {
  subject: Buffer;
  spki: Buffer;
  issuer: { subject: Buffer; privateKey: KeyObject; spki: Buffer };
  extensions: Buffer[];
  /** A whole INTEGER element; default random. */
  serial?: Buffer;
}

/** A certificate signed with the issuer's RSA key and SHA-256; key identifiers are put before the extensions given. */
export function makeCertificate(parts: CertificateParts): Buffer {
  const serial = parts.serial ?? integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)]));
  const algorithm = signatureAlgorithm('rsa');
  const authorityKeyId = extension(
    '2.5.29.35',
    false,
    sequence(element(0x80, keyIdentifier(parts.issuer.spki))),
  );
  const subjectKeyId = extension('2.5.29.14', false, octetString(keyIdentifier(parts.spki)));
  const tbs = sequence(
    context(0, integer(2)),
    serial,
    algorithm,
    parts.issuer.subject,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    parts.subject,
    parts.spki,
    context(3, sequence(subjectKeyId, authorityKeyId, ...parts.extensions)),
  );
  return sequence(tbs, algorithm, bitString(signValue(parts.issuer.privateKey, 'rsa', tbs)));
}

/** basicConstraints CA and keyUsage keyCertSign, cRLSign. */
function authorityExtensions(pathLength: number | null): Buffer[] {
  const limit = pathLength === null ? [] : [integer(pathLength)];
  return [
    extension('2.5.29.19', true, sequence(booleanTrue(), ...limit)),
    extension('2.5.29.15', true, bitString(Buffer.of(0x06), 1)),
  ];
}

/** A root, or with `parent` an authority below one. */
export function makeAuthority(
  name: string,
  options: Validity & { parent?: Authority; pathLength?: number; isAuthority?: boolean },
): Authority {
  const privateKey = takeKey('rsa');
  const spki = publicKeyInfo(privateKey);
  const subject = distinguishedName([
    ['2.5.4.6', 'VN'],
    ['2.5.4.10', 'Cơ quan chứng thực số thử nghiệm tỉnh Mẫu'],
    ['2.5.4.3', name],
  ]);
  const { parent } = options;
  const issuer =
    parent === undefined
      ? { subject, privateKey, spki }
      : { subject: parent.subject, privateKey: parent.privateKey, spki: publicKeyInfo(parent.privateKey) };
  const extensions = options.isAuthority === false ? [] : authorityExtensions(options.pathLength ?? null);
  const certificate = makeCertificate({ ...options, subject, spki, issuer, extensions });
  return {
    certificate,
    privateKey,
    name,
    subject,
    above: parent === undefined ? [] : [parent.certificate, ...parent.above],
  };
}

function subjectParts(fields: SubjectFields): NamePart[] {
  const [organisation, ...units] = fields.organisation;
  const uid: NamePart[] = [['0.9.2342.19200300.100.1.1', `CCCD:0010${String(taken).padStart(8, '0')}`]];
  return [
    ['2.5.4.6', 'VN'],
    ['2.5.4.7', 'Tỉnh Mẫu'],
    ...(organisation === undefined ? [] : [['2.5.4.10', organisation] as NamePart]),
    ...units.map((unit): NamePart => ['2.5.4.11', unit]),
    ...(fields.title === undefined ? [] : [['2.5.4.12', fields.title] as NamePart]),
    ...(fields.holder === 'person' ? uid : []),
    ['2.5.4.3', fields.commonName],
  ];
}

function leafExtensions(fields: SubjectFields, purposes: Buffer[]): Buffer[] {
  const email =
    fields.email === undefined
      ? []
      : [extension('2.5.29.17', false, sequence(element(0x81, Buffer.from(fields.email))))];
  const usage = extension('2.5.29.15', true, bitString(Buffer.of(0xc0), 6));
  return [usage, ...email, ...purposes, ...(fields.extensions ?? [])];
}

function issueWith(authority: Authority, fields: SubjectFields, purposes: Buffer[]): Signer {
  const kind = fields.key ?? 'rsa';
  const privateKey = takeKey(kind === 'rsa-pss' ? 'rsa' : kind);
  const certificate = makeCertificate({
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    subject: distinguishedName(subjectParts(fields)),
    spki: publicKeyInfo(privateKey),
    issuer: {
      subject: authority.subject,
      privateKey: authority.privateKey,
      spki: publicKeyInfo(authority.privateKey),
    },
    extensions: leafExtensions(fields, purposes),
  });
  return { certificate, privateKey, kind, chain: [authority.certificate, ...authority.above] };
}

/** A signer's certificate with its key. */
export function issue(authority: Authority, fields: SubjectFields): Signer {
  return issueWith(authority, fields, []);
}

/** A time-stamp server's certificate: extendedKeyUsage timeStamping, critical (RFC 3161 2.3). */
export function issueTimestampServer(authority: Authority, commonName: string, validity: Validity): Signer {
  const purpose = extension('2.5.29.37', true, sequence(oid('1.3.6.1.5.5.7.3.8')));
  const fields: SubjectFields = {
    ...validity,
    commonName,
    organisation: ['Cơ quan chứng thực số thử nghiệm tỉnh Mẫu'],
    holder: 'organisation',
  };
  return issueWith(authority, fields, [purpose]);
}
