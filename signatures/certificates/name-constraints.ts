/** Name constraints along a path (RFC 5280 4.2.1.10 and 6.1.3 (b), (c)). */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { NameConstraints } from './extensions.ts';
import { type GeneralName, generalNameKey } from './general-names.ts';
import { type DistinguishedName, NAME_OID, nameValues, rdnKey } from './names.ts';
import type { Certificate } from './x509.ts';

/** Most comparisons of a name with a constraint in one certificate: both lists are the sender's to fill. */
const MAX_COMPARISONS = 200_000;

/** What the authorities above allow: each one's permitted trees narrow further, excluded trees add up. */
export interface NameLimits {
  permitted: GeneralName[][];
  excluded: GeneralName[];
}

/** Adds the constraints of one authority to those above it (6.1.4 (g)). */
export function narrowed(limits: NameLimits, constraints: NameConstraints | null): NameLimits {
  if (constraints === null) return limits;
  return {
    permitted:
      constraints.permitted.length === 0 ? limits.permitted : [...limits.permitted, constraints.permitted],
    excluded: [...limits.excluded, ...constraints.excluded],
  };
}

function kindOf(name: GeneralName): string {
  return name.kind === 'other' ? `other ${name.tag}` : name.kind;
}

/** Names that the certificate claims: its subject, the e-mail addresses in it, and the alternative names. */
function claimedNames({ subject, extensions }: Certificate): GeneralName[] {
  // The RFC asks for the addresses of the subject only where no alternative name stands; they are shown to people in any case.
  const emails = nameValues(subject, NAME_OID.email).map((text): GeneralName => ({ kind: 'email', text }));
  const directory: GeneralName[] = subject.rdns.length === 0 ? [] : [{ kind: 'directory', name: subject }];
  return [...directory, ...emails, ...extensions.alternativeNames];
}

function isBelow(name: DistinguishedName, base: DistinguishedName): boolean {
  return (
    base.rdns.length <= name.rdns.length &&
    base.rdns.every((rdn, index) => rdnKey(rdn) === rdnKey(name.rdns[index]!))
  );
}

/** Host names compare in ASCII, lower case; what cannot be put so matches nothing but itself. */
function asciiHost(host: string): string {
  const plain = host.replace(/\.$/, '');
  const isAscii = /^[\x21-\x7e]*$/.test(plain);
  return (isAscii ? plain : domainToASCII(plain) || plain).toLowerCase();
}

function isSubdomain(host: string, dotted: string): boolean {
  return host.length > dotted.length && host.endsWith(dotted);
}

/** The host itself and everything below it; a leading dot, which some authorities write, leaves the host itself out. */
function isDnsWithin(name: string, base: string): boolean {
  const [host, tree] = [asciiHost(name), asciiHost(base)];
  if (tree === '') return true;
  if (tree.startsWith('.')) return isSubdomain(host, tree);
  return host === tree || isSubdomain(host, `.${tree}`);
}

/** A host is exactly that host, `.host` everything below it (e-mail and URI). */
function isHostWithin(name: string, base: string): boolean {
  const [host, tree] = [asciiHost(name), asciiHost(base)];
  return tree.startsWith('.') ? isSubdomain(host, tree) : host === tree;
}

function isEmailWithin(name: string, base: string): boolean {
  const at = name.lastIndexOf('@');
  const host = name.slice(at + 1);
  const baseAt = base.lastIndexOf('@');
  if (baseAt < 0) return isHostWithin(host, base);
  return name.slice(0, at) === base.slice(0, baseAt) && asciiHost(host) === asciiHost(base.slice(baseAt + 1));
}

/** Host of a URI; null when it has none, or an address instead of a name: such a URI fits into no tree. */
function uriHost(uri: string): string | null {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '') ?? '';
  return host === '' || host.startsWith('[') || isIPv4(host) || isIPv6(host) ? null : host;
}

function isAddressWithin(address: Uint8Array, base: Uint8Array): boolean {
  if (base.length !== address.length * 2) return false;
  return address.every((octet, i) => {
    const mask = base[address.length + i]!;
    return (octet & mask) === (base[i]! & mask);
  });
}

/** Is `name` in the tree of `base`? Both are of the same kind. */
function isWithin(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'directory' && base.kind === 'directory') return isBelow(name.name, base.name);
  if (name.kind === 'ip' && base.kind === 'ip') return isAddressWithin(name.octets, base.octets);
  if (name.kind === 'dns' && base.kind === 'dns') return isDnsWithin(name.text, base.text);
  if (name.kind === 'email' && base.kind === 'email') return isEmailWithin(name.text, base.text);
  if (name.kind === 'uri' && base.kind === 'uri') return isHostWithin(uriHost(name.text) ?? '', base.text);
  return generalNameKey(name) === generalNameKey(base);
}

function isPermitted(name: GeneralName, limits: NameLimits): boolean {
  return limits.permitted.every((trees) => {
    const same = trees.filter((tree) => kindOf(tree) === kindOf(name));
    return same.length === 0 || same.some((tree) => isWithin(name, tree));
  });
}

/** A constraint whose tree is not understood excludes every name of its kind: nothing less is safe. */
function isExcluded(name: GeneralName, limits: NameLimits): boolean {
  return limits.excluded.some((tree) => {
    if (kindOf(tree) !== kindOf(name)) return false;
    if (name.kind === 'other') return true;
    if (name.kind === 'uri' && uriHost(name.text) === null) return true;
    return isWithin(name, tree);
  });
}

function shown(name: GeneralName): string {
  if (name.kind === 'directory') return 'its subject or directory name';
  return 'text' in name
    ? `${name.kind} ${JSON.stringify(name.text.slice(0, 80))}`
    : `a name of kind ${kindOf(name)}`;
}

/** What speaks against the certificate's names under the constraints above it; empty = nothing. */
export function nameFaults(certificate: Certificate, limits: NameLimits): string[] {
  if (limits.permitted.length === 0 && limits.excluded.length === 0) return [];
  const names = claimedNames(certificate);
  if (names.length * (limits.permitted.flat().length + limits.excluded.length) > MAX_COMPARISONS)
    return ['too many names and name constraints'];
  return names.flatMap((name) => {
    if (!isPermitted(name, limits)) return [`${shown(name)} is outside the permitted names`];
    return isExcluded(name, limits) ? [`${shown(name)} is among the excluded names`] : [];
  });
}
