/** One certificate revocation list, read (RFC 5280 5): what it says, not yet whether it may be believed. */
import { type AlgorithmIdentifier, readAlgorithm } from '../algorithms.ts';
import { type PointName, readPointName, readReasonFlags } from '../certificates/distribution-points.ts';
import { readAuthorityKeyId } from '../certificates/extensions.ts';
import { type DistinguishedName, readName } from '../certificates/names.ts';
import {
  bitString,
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
  time,
  whole,
} from '../der.ts';
import { type Entries, NO_ENTRIES, readEntries } from './list-entries.ts';

/** IssuingDistributionPoint (5.2.5): what part of its issuer's certificates the list is about. */
export interface ListScope {
  name: PointName | null;
  onlyUsers: boolean;
  onlyAuthorities: boolean;
  onlyAttributes: boolean;
  /** Bits of ReasonFlags; null = every reason. */
  reasons: number | null;
  indirect: boolean;
}

export interface RevocationList {
  der: Uint8Array;
  tbs: Uint8Array;
  issuer: DistinguishedName;
  /** Instants, ISO 8601 UTC. */
  thisUpdate: string;
  nextUpdate: string | null;
  /** `revokedCertificates`, not yet read (see `entriesOf`); null = the list is empty. */
  revoked: DerNode | null;
  /** Lower-case hex; null when absent. */
  authorityKeyId: string | null;
  number: bigint | null;
  /** Number of the complete list that this delta list is to be added to; null = a complete list. */
  baseNumber: bigint | null;
  scope: ListScope | null;
  /** The same scope as bytes: a delta list and its base must agree in it. */
  scopeDer: string;
  /** The list keeps certificates that ended after this instant (X.509 expiredCertsOnCRL); null = not said. */
  keepsEndedSince: string | null;
  /** Why nothing may be concluded from the list: a critical extension not understood, or one given twice. */
  unusable: string | null;
  algorithm: AlgorithmIdentifier;
  algorithmsAgree: boolean;
  signature: Uint8Array;
}

interface ListExtensions
  extends Pick<
    RevocationList,
    'authorityKeyId' | 'number' | 'baseNumber' | 'scope' | 'scopeDer' | 'keepsEndedSince' | 'unusable'
  > {}

/** Implicitly tagged parts of IssuingDistributionPoint that are BOOLEANs. */
const SCOPE_FLAG: Record<number, 'onlyUsers' | 'onlyAuthorities' | 'indirect' | 'onlyAttributes'> = {
  1: 'onlyUsers',
  2: 'onlyAuthorities',
  4: 'indirect',
  5: 'onlyAttributes',
};

function readScope(node: DerNode): ListScope {
  const scope: ListScope = {
    name: null,
    onlyUsers: false,
    onlyAuthorities: false,
    onlyAttributes: false,
    reasons: null,
    indirect: false,
  };
  for (const part of elements(node)) {
    const flag = SCOPE_FLAG[part.tag];
    if (flag !== undefined) scope[flag] = boolean(part);
    else if (isContext(part, 0)) scope.name = readPointName(part);
    else if (isContext(part, 3)) scope.reasons = readReasonFlags(part);
  }
  return scope;
}

function readNumber(node: DerNode): bigint {
  return BigInt(`0x${Buffer.from(content(node)).toString('hex') || '0'}`);
}

const READERS: Record<string, (into: ListExtensions, value: DerNode) => void> = {
  // issuerAltName, freshestCRL and authorityInfoAccess say where to look for more: no verdict depends on them.
  '2.5.29.18': () => {},
  '2.5.29.46': () => {},
  '1.3.6.1.5.5.7.1.1': () => {},
  '2.5.29.20': (into, value) => {
    into.number = readNumber(value);
  },
  '2.5.29.27': (into, value) => {
    into.baseNumber = readNumber(value);
  },
  '2.5.29.28': (into, value) => {
    into.scope = readScope(value);
    into.scopeDer = Buffer.from(whole(value)).toString('hex');
  },
  '2.5.29.35': (into, value) => {
    into.authorityKeyId = readAuthorityKeyId(value);
  },
  '2.5.29.60': (into, value) => {
    into.keepsEndedSince = time(value);
  },
};

function readListExtensions(node: DerNode | undefined): ListExtensions {
  const found: ListExtensions = {
    authorityKeyId: null,
    number: null,
    baseNumber: null,
    scope: null,
    scopeDer: '',
    keepsEndedSince: null,
    unusable: null,
  };
  const seen = new Set<string>();
  for (const extension of node === undefined ? [] : elements(children(node)[0])) {
    const parts = elements(extension);
    const id = oid(parts[0]);
    if (seen.has(id)) found.unusable ??= `extension ${id} given twice`;
    seen.add(id);
    const critical = isUniversal(parts[1], TAG.boolean) && boolean(parts[1]);
    if (Object.hasOwn(READERS, id)) READERS[id]!(found, readDer(octets(parts.at(-1)!)));
    else if (critical) found.unusable ??= `critical extension ${id} is not understood`;
  }
  return found;
}

function readList(der: Uint8Array): RevocationList {
  const node = readDer(der);
  const [tbs, algorithm, signature] = elements(node);
  const fields = elements(tbs);
  if (isUniversal(fields[0], TAG.integer)) fields.shift();
  const [innerAlgorithm, issuer, thisUpdate, ...rest] = fields;
  const isTime = isUniversal(rest[0], TAG.utcTime) || isUniversal(rest[0], TAG.generalizedTime);
  const nextUpdate = isTime ? time(rest.shift()) : null;
  const revoked = isUniversal(rest[0], TAG.sequence) ? rest.shift()! : null;
  return {
    ...readListExtensions(rest.find((part) => isContext(part, 0))),
    der: whole(node),
    tbs: whole(tbs!),
    issuer: readName(issuer),
    thisUpdate: time(thisUpdate),
    nextUpdate,
    revoked,
    algorithm: readAlgorithm(algorithm),
    algorithmsAgree: Buffer.compare(whole(innerAlgorithm!), whole(algorithm!)) === 0,
    signature: bitString(signature),
  };
}

const walked = new WeakMap<RevocationList, Entries>();

/**
 * The entries of a list, walked over once. Ask only for a list that is known to be genuine: what strangers put into a file
 * must not cost that time.
 */
export function entriesOf(list: RevocationList): Entries {
  let entries = walked.get(list);
  if (entries !== undefined) return entries;
  try {
    entries = list.revoked === null ? NO_ENTRIES : readEntries(list.revoked);
  } catch {
    entries = { ...NO_ENTRIES, fault: 'an entry cannot be read' };
  }
  walked.set(list, entries);
  return entries;
}

const read = new WeakMap<Uint8Array, RevocationList | null>();

/** The list in `der`, read once as long as the bytes live; null when they are none. */
export function readRevocationList(der: Uint8Array): RevocationList | null {
  const known = read.get(der);
  if (known !== undefined) return known;
  let list: RevocationList | null = null;
  try {
    list = readList(der);
  } catch {
    // Not a list, or a damaged one: it says nothing, so the status stays unknown.
  }
  read.set(der, list);
  return list;
}
