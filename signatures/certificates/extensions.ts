/** The extensions of certificates that verdicts depend on (RFC 5280 4.2). */

import { CongvanError } from '../../config/error.ts';
import {
  boolean,
  children,
  content,
  type DerNode,
  elements,
  isContext,
  isUniversal,
  octets,
  oid,
  readDer,
  TAG,
} from '../der.ts';
import { type DistributionPoint, readDistributionPoints } from './distribution-points.ts';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-names.ts';

/** Bits of keyUsage (RFC 5280 4.2.1.3). */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
type KeyUsage = (typeof KEY_USAGES)[number];

/** One branch of the tree of names that an authority may or may not certify (RFC 5280 4.2.1.10). */
export interface NameConstraints {
  permitted: GeneralName[];
  excluded: GeneralName[];
}

/** "After so many more certificates …"; null = not asked for (RFC 5280 4.2.1.11). */
interface PolicyConstraints {
  requireExplicit: number | null;
  inhibitMapping: number | null;
}

interface PolicyMapping {
  issuerDomain: string;
  subjectDomain: string;
}

export interface CertificateExtensions {
  /** Null when the extension is absent. */
  basicConstraints: { ca: boolean; pathLength: number | null } | null;
  keyUsage: Set<KeyUsage> | null;
  extendedKeyUsage: { critical: boolean; purposes: string[] } | null;
  /** Key identifiers, lower-case hex. */
  subjectKeyId: string | null;
  authorityKeyId: string | null;
  alternativeNames: GeneralName[];
  /** The e-mail addresses among `alternativeNames`. */
  emails: string[];
  /** OIDs, each once; null when the extension is absent. */
  policies: Set<string> | null;
  policyMappings: PolicyMapping[];
  policyConstraints: PolicyConstraints | null;
  inhibitAnyPolicy: number | null;
  nameConstraints: NameConstraints | null;
  /** Where lists lie; empty when the extension is absent. */
  distributionPoints: DistributionPoint[];
  /** Where the newest delta lists lie. */
  freshestLists: DistributionPoint[];
  /** Authority information access: addresses as they stand, of any scheme. */
  ocspUrls: string[];
  issuerUrls: string[];
  /** An OCSP responder that need not be checked itself (RFC 6960 4.2.2.2.1). */
  ocspNoCheck: boolean;
  /** OIDs of critical extensions that are not understood. */
  unknownCritical: string[];
  /** OIDs of known extensions whose value cannot be read: nothing that they would limit can be believed. */
  malformed: string[];
  /** The same extension twice (RFC 5280 4.2 forbids it). */
  duplicate: boolean;
}

const NO_EXTENSIONS = (): CertificateExtensions => ({
  basicConstraints: null,
  keyUsage: null,
  extendedKeyUsage: null,
  subjectKeyId: null,
  authorityKeyId: null,
  alternativeNames: [],
  emails: [],
  policies: null,
  policyMappings: [],
  policyConstraints: null,
  inhibitAnyPolicy: null,
  nameConstraints: null,
  distributionPoints: [],
  freshestLists: [],
  ocspUrls: [],
  issuerUrls: [],
  ocspNoCheck: false,
  unknownCritical: [],
  malformed: [],
  duplicate: false,
});

function malformed(detail: string): never {
  throw new CongvanError('DER_INVALID', detail, { temporary: false });
}

/** INTEGER (0..MAX), also under an implicit tag; a count beyond every path is as good as any other. */
function count(node: DerNode | undefined): number {
  if (node === undefined) return malformed('count missing');
  const raw = content(node);
  if (raw.length === 0 || raw[0]! >= 0x80) malformed('count negative');
  return raw.length > 4 ? Number.MAX_SAFE_INTEGER : Number.parseInt(Buffer.from(raw).toString('hex'), 16);
}

function readKeyUsage(node: DerNode): Set<KeyUsage> {
  if (!isUniversal(node, TAG.bitString)) malformed('keyUsage is no BIT STRING');
  const raw = content(node);
  return new Set(KEY_USAGES.filter((_, bit) => ((raw[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

function readBasicConstraints(node: DerNode): { ca: boolean; pathLength: number | null } {
  const parts = elements(node);
  const ca = isUniversal(parts[0], TAG.boolean) && boolean(parts[0]);
  const length = parts.find((part) => isUniversal(part, TAG.integer));
  return { ca, pathLength: length === undefined ? null : count(length) };
}

/** Lower-case hex; also for revocation lists, which carry the same extension. */
export function readAuthorityKeyId(node: DerNode): string | null {
  const keyId = elements(node).find((part) => isContext(part, 0));
  return keyId === undefined ? null : Buffer.from(content(keyId)).toString('hex');
}

function readPolicyConstraints(node: DerNode): PolicyConstraints {
  const parts = elements(node);
  const skip = (tag: number) => {
    const part = parts.find((one) => isContext(one, tag));
    return part === undefined ? null : count(part);
  };
  return { requireExplicit: skip(0), inhibitMapping: skip(1) };
}

/** GeneralSubtree: `minimum` other than 0 and any `maximum` are not used by RFC 5280, so they cannot be honoured. */
function readSubtree(node: DerNode): GeneralName {
  const [base, ...limits] = elements(node);
  for (const limit of limits) {
    if (!isContext(limit, 0) || count(limit) !== 0) malformed('distance in a name constraint');
  }
  return readGeneralName(base ?? malformed('name constraint without a name'));
}

function readNameConstraints(node: DerNode): NameConstraints {
  const parts = elements(node);
  const subtrees = (tag: number) => {
    const part = parts.find((one) => isContext(one, tag));
    return part === undefined ? [] : children(part).map(readSubtree);
  };
  return { permitted: subtrees(0), excluded: subtrees(1) };
}

const ACCESS_METHOD: Record<string, 'ocspUrls' | 'issuerUrls'> = {
  '1.3.6.1.5.5.7.48.1': 'ocspUrls',
  '1.3.6.1.5.5.7.48.2': 'issuerUrls',
};

function readAuthorityAccess(into: CertificateExtensions, node: DerNode): void {
  for (const description of elements(node)) {
    const [method, location] = elements(description);
    const list = ACCESS_METHOD[oid(method)];
    if (list === undefined || location === undefined) continue;
    const name = readGeneralName(location);
    if (name.kind === 'uri') into[list].push(name.text);
  }
}

type Reader = (into: CertificateExtensions, value: DerNode, critical: boolean) => void;

/**
 * Extensions that may be critical without failing the path: those judged here, and those that limit only matters which
 * no verdict depends on (issuerAltName).
 */
const READERS: Record<string, Reader> = {
  '2.5.29.14': (into, value) => {
    into.subjectKeyId = Buffer.from(octets(value)).toString('hex');
  },
  '2.5.29.15': (into, value) => {
    into.keyUsage = readKeyUsage(value);
  },
  '2.5.29.17': (into, value) => {
    into.alternativeNames = readGeneralNames(value);
    into.emails = into.alternativeNames.flatMap((name) => (name.kind === 'email' ? [name.text] : []));
  },
  '2.5.29.18': () => {},
  '2.5.29.19': (into, value) => {
    into.basicConstraints = readBasicConstraints(value);
  },
  '2.5.29.30': (into, value) => {
    into.nameConstraints = readNameConstraints(value);
  },
  '2.5.29.31': (into, value) => {
    into.distributionPoints = readDistributionPoints(value);
  },
  '2.5.29.32': (into, value) => {
    into.policies = new Set(elements(value).map((policy) => oid(elements(policy)[0])));
  },
  '2.5.29.33': (into, value) => {
    into.policyMappings = elements(value).map((pair) => {
      const [issuer, subject] = elements(pair);
      return { issuerDomain: oid(issuer), subjectDomain: oid(subject) };
    });
  },
  '2.5.29.35': (into, value) => {
    into.authorityKeyId = readAuthorityKeyId(value);
  },
  '2.5.29.36': (into, value) => {
    into.policyConstraints = readPolicyConstraints(value);
  },
  '2.5.29.37': (into, value, critical) => {
    into.extendedKeyUsage = { critical, purposes: elements(value).map(oid) };
  },
  '2.5.29.46': (into, value) => {
    into.freshestLists = readDistributionPoints(value);
  },
  '2.5.29.54': (into, value) => {
    into.inhibitAnyPolicy = count(value);
  },
  '1.3.6.1.5.5.7.1.1': readAuthorityAccess,
  '1.3.6.1.5.5.7.48.1.5': (into) => {
    into.ocspNoCheck = true;
  },
};

function readExtension(into: CertificateExtensions, extension: DerNode, seen: Set<string>): void {
  const parts = elements(extension);
  const id = oid(parts[0]);
  if (seen.has(id)) into.duplicate = true;
  seen.add(id);
  const critical = isUniversal(parts[1], TAG.boolean) && boolean(parts[1]);
  const reader = Object.hasOwn(READERS, id) ? READERS[id] : undefined;
  if (reader === undefined) {
    if (critical) into.unknownCritical.push(id);
    return;
  }
  try {
    reader(into, readDer(octets(parts.at(-1)!)), critical);
  } catch {
    into.malformed.push(id);
  }
}

/** Reads the extensions field `[3]`. Throws CongvanError DER_INVALID when the frame itself is broken. */
export function readExtensions(node: DerNode | undefined): CertificateExtensions {
  const found = NO_EXTENSIONS();
  if (node === undefined) return found;
  const seen = new Set<string>();
  for (const extension of elements(children(node)[0])) readExtension(found, extension, seen);
  return found;
}
