/** Where revocation lists lie and what they cover (RFC 5280 4.2.1.13 and 5.2.5 share these shapes). */
import { children, content, type DerNode, elements, isContext } from '../der.ts';
import { type GeneralName, readGeneralNames } from './general-names.ts';
import { type DistinguishedName, type NameAttribute, nameOf, readRdn } from './names.ts';

/** DistributionPointName: whole names, or one RDN to be put below the issuer of the list. */
export type PointName = { full: GeneralName[] } | { relative: NameAttribute[] };

export interface DistributionPoint {
  name: PointName | null;
  /** Bits of ReasonFlags, see `ALL_REASONS`; null = every reason. */
  reasons: number | null;
  /** Who signs the list when it is another than the issuer of the certificate; empty = the issuer itself. */
  listIssuers: GeneralName[];
}

/** ReasonFlags 1 (keyCompromise) to 8 (aACompromise) as bits of a number; bit 0 is unused (RFC 5280 4.2.1.13). */
export const ALL_REASONS = 0b1_1111_1110;

/** ReasonFlags: a BIT STRING under an implicit tag. */
export function readReasonFlags(node: DerNode): number {
  const raw = content(node);
  let mask = 0;
  for (let bit = 0; bit <= 8; bit += 1) {
    if (((raw[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0) mask |= 1 << bit;
  }
  return mask & ALL_REASONS;
}

/** Throws CongvanError DER_INVALID. */
export function readPointName(node: DerNode): PointName | null {
  const choice = children(node)[0];
  if (isContext(choice, 0)) return { full: readGeneralNames(choice) };
  if (isContext(choice, 1)) return { relative: readRdn(children(choice)) };
  return null;
}

function readDistributionPoint(node: DerNode): DistributionPoint {
  const point: DistributionPoint = { name: null, reasons: null, listIssuers: [] };
  for (const part of elements(node)) {
    if (isContext(part, 0)) point.name = readPointName(part);
    if (isContext(part, 1)) point.reasons = readReasonFlags(part);
    if (isContext(part, 2)) point.listIssuers = readGeneralNames(part);
  }
  return point;
}

export function readDistributionPoints(node: DerNode): DistributionPoint[] {
  return elements(node).map(readDistributionPoint);
}

/** The whole names that a point's name stands for; a relative one is put below `issuer`. */
export function fullNames(name: PointName, issuer: DistinguishedName): GeneralName[] {
  if ('full' in name) return name.full;
  return [{ kind: 'directory', name: nameOf([...issuer.rdns, name.relative]) }];
}
