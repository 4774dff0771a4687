/** Made certificates for tests of paths and lists: every field that a rule looks at can be set wrong. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  distinguishedName,
  extension,
  makeCertificate,
  type NamePart,
  publicKeyInfo,
} from '../../scripts/province/certificates.ts';
import {
  bitString,
  booleanTrue,
  context,
  element,
  integer,
  oid,
  sequence,
} from '../../scripts/province/der-writer.ts';
import { type Trust, trustOf } from '../../signatures/certificates/trust.ts';
import { type Certificate, readCertificate } from '../../signatures/certificates/x509.ts';
import type { TrustAnchor } from '../../signatures/types.ts';

export interface Made {
  der: Buffer;
  certificate: Certificate;
  subject: Buffer;
  privateKey: KeyObject;
  spki: Buffer;
}

export const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
/** The judged instant of these tests. */
export const AT = '2026-06-01T00:00:00.000Z';

const KEYS: KeyObject[] = Array.from(
  { length: 3 },
  () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
);

/** keyUsage with the bits named (RFC 5280 4.2.1.3): 0 digitalSignature, 5 keyCertSign, 6 cRLSign. */
export function keyUsage(...bits: number[]): Buffer {
  const octet = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return extension('2.5.29.15', true, bitString(Buffer.of(octet)));
}

export function basicConstraints(isAuthority: boolean, pathLength?: number): Buffer {
  const flag = isAuthority ? [booleanTrue()] : [];
  const limit = pathLength === undefined ? [] : [integer(pathLength)];
  return extension('2.5.29.19', true, sequence(...flag, ...limit));
}

export interface CertifyOptions {
  /** Default: self-signed. */
  by?: Made;
  /** Which of the shared keys; default 0 for those without issuer, else 1. */
  key?: number;
  /** Default: an end certificate with keyUsage digitalSignature. */
  basic?: Buffer | null;
  usage?: Buffer | null;
  extensions?: Buffer[];
  notBefore?: string;
  notAfter?: string;
  serial?: Buffer;
}

export function certify(name: string | NamePart[], options: CertifyOptions = {}): Made {
  const parts: NamePart[] =
    typeof name === 'string'
      ? [
          ['2.5.4.10', 'Tỉnh Mẫu'],
          ['2.5.4.3', name],
        ]
      : name;
  const subject = distinguishedName(parts);
  const privateKey = KEYS[options.key ?? (options.by === undefined ? 0 : 1)]!;
  const spki = publicKeyInfo(privateKey);
  const usage = options.usage === undefined ? keyUsage(0) : options.usage;
  const der = makeCertificate({
    notBefore: options.notBefore ?? LONG.notBefore,
    notAfter: options.notAfter ?? LONG.notAfter,
    subject,
    spki,
    issuer: options.by ?? { subject, privateKey, spki },
    extensions: [options.basic ?? null, usage, ...(options.extensions ?? [])].filter((one) => one !== null),
    ...(options.serial === undefined ? {} : { serial: options.serial }),
  });
  return { der, certificate: readCertificate(der), subject, privateKey, spki };
}

/** An authority: basicConstraints CA, keyCertSign and cRLSign, unless said otherwise. */
export function authority(name: string | NamePart[], options: CertifyOptions = {}): Made {
  return certify(name, { basic: basicConstraints(true), usage: keyUsage(5, 6), ...options });
}

export function trusting(
  ...anchors: (Made | (Omit<TrustAnchor, 'der' | 'group'> & { made: Made }))[]
): Trust {
  return trustOf({
    anchors: anchors.map((one) =>
      'made' in one ? { ...one, der: one.made.der, group: 'TEST' } : { der: one.der, group: 'TEST' },
    ),
    intermediates: [],
  });
}

/** certificatePolicies of the last arcs given, below an arc of our own; 'any' = anyPolicy. */
export const policyOid = (policy: number | 'any'): string =>
  policy === 'any' ? '2.5.29.32.0' : `1.3.6.1.4.1.55555.1.${policy}`;
export const policies = (...ids: (number | 'any')[]): Buffer =>
  extension('2.5.29.32', false, sequence(...ids.map((id) => sequence(oid(policyOid(id))))));
export const mappings = (...pairs: [number | 'any', number | 'any'][]): Buffer =>
  extension(
    '2.5.29.33',
    true,
    sequence(...pairs.map((pair) => sequence(...pair.map((id) => oid(policyOid(id)))))),
  );
/** requireExplicitPolicy [0] and inhibitPolicyMapping [1]. */
export const policyConstraints = (explicit: number | null, mapping: number | null = null): Buffer =>
  extension(
    '2.5.29.36',
    true,
    sequence(
      ...(explicit === null ? [] : [element(0x80, Buffer.of(explicit))]),
      ...(mapping === null ? [] : [element(0x81, Buffer.of(mapping))]),
    ),
  );
export const inhibitAnyPolicy = (skip: number): Buffer => extension('2.5.29.54', true, integer(skip));

/** GeneralNames, DER. */
export const names = {
  email: (text: string): Buffer => element(0x81, Buffer.from(text, 'latin1')),
  dns: (text: string): Buffer => element(0x82, Buffer.from(text, 'latin1')),
  uri: (text: string): Buffer => element(0x86, Buffer.from(text, 'latin1')),
  ip: (...octets: number[]): Buffer => element(0x87, Buffer.from(octets)),
  directory: (...parts: NamePart[]): Buffer => context(4, distinguishedName(parts)),
  registered: (): Buffer => element(0x88, Buffer.from('2a0304', 'hex')),
  /** SmtpUTF8Mailbox (RFC 9598). */
  unicodeEmail: (text: string): Buffer =>
    context(0, oid('1.3.6.1.5.5.7.8.9'), context(0, element(0x0c, Buffer.from(text)))),
};

export const alternativeNames = (...all: Buffer[]): Buffer => extension('2.5.29.17', false, sequence(...all));

export function nameConstraints(trees: { permitted?: Buffer[]; excluded?: Buffer[] }): Buffer {
  const list = (tag: number, bases: Buffer[] | undefined) =>
    bases === undefined ? [] : [context(tag, ...bases.map((base) => sequence(base)))];
  return extension('2.5.29.30', true, sequence(...list(0, trees.permitted), ...list(1, trees.excluded)));
}

/** cRLDistributionPoints; each point with the parts given. */
export interface MadePoint {
  /** Full names, or the one RDN relative to the issuer of the list. */
  names?: Buffer[];
  relative?: Buffer;
  /** Bits of ReasonFlags. */
  reasons?: number[];
  listIssuers?: Buffer[];
}

export function reasonFlags(tag: number, bits: number[]): Buffer {
  const octets = Buffer.alloc(2);
  for (const bit of bits) octets[bit >> 3]! |= 0x80 >> (bit & 7);
  return element(0x80 | tag, Buffer.of(0), octets);
}

export function pointName({ names: full, relative }: MadePoint): Buffer[] {
  if (full !== undefined) return [context(0, context(0, ...full))];
  return relative === undefined ? [] : [context(0, context(1, relative))];
}

export function distributionPoints(...points: MadePoint[]): Buffer {
  const made = points.map((point) =>
    sequence(
      ...pointName(point),
      ...(point.reasons === undefined ? [] : [reasonFlags(1, point.reasons)]),
      ...(point.listIssuers === undefined ? [] : [context(2, ...point.listIssuers)]),
    ),
  );
  return extension('2.5.29.31', false, sequence(...made));
}
