/** Algorithm URIs of XML signatures (XMLDSig 1.1, RFC 9231) as what node:crypto needs. */
import { constants, type KeyObject } from 'node:crypto';
import type { Verification } from '../algorithms.ts';
import { header } from '../der.ts';
import { attribute, childElement, type XmlElement } from './libxml.ts';
import { DS, MORE_2007 } from './namespaces.ts';

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
const MORE_2001 = 'http://www.w3.org/2001/04/xmldsig-more#';
const DSIG11 = 'http://www.w3.org/2009/xmldsig11#';
const MORE_2021 = 'http://www.w3.org/2021/04/xmldsig-more#';

const DIGESTS: Record<string, string> = {
  [`${DS}sha1`]: 'sha1',
  [`${MORE_2001}sha224`]: 'sha224',
  [`${XMLENC}sha256`]: 'sha256',
  [`${MORE_2001}sha384`]: 'sha384',
  [`${XMLENC}sha512`]: 'sha512',
  [`${MORE_2007}sha3-224`]: 'sha3-224',
  [`${MORE_2007}sha3-256`]: 'sha3-256',
  [`${MORE_2007}sha3-384`]: 'sha3-384',
  [`${MORE_2007}sha3-512`]: 'sha3-512',
};

/** Octets that the digest gives: PSS salts are as long. */
const LENGTHS: Record<string, number> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  'sha3-224': 28,
  'sha3-256': 32,
  'sha3-384': 48,
  'sha3-512': 64,
};

/** Node's name of the digest that a ds:DigestMethod (or its XAdES likeness) names; null = not supported. */
export function digestOfMethod(method: XmlElement | null): string | null {
  return DIGESTS[(method === null ? null : attribute(method, 'Algorithm')) ?? ''] ?? null;
}

type Family = 'rsa' | 'pss' | 'ecdsa' | 'dsa' | 'ed25519' | 'ed448' | 'hmac';

interface Scheme {
  family: Family;
  /** Null = the family hashes by itself, or the parameters say. */
  hash: string | null;
}

function schemes(): Map<string, Scheme> {
  const found = new Map<string, Scheme>();
  const add = (uri: string, family: Family, hash: string | null) => found.set(uri, { family, hash });
  add(`${DS}rsa-sha1`, 'rsa', 'sha1');
  add(`${DS}dsa-sha1`, 'dsa', 'sha1');
  add(`${DSIG11}dsa-sha256`, 'dsa', 'sha256');
  add(`${MORE_2001}ecdsa-sha1`, 'ecdsa', 'sha1');
  for (const hash of ['sha224', 'sha256', 'sha384', 'sha512']) {
    add(`${MORE_2001}rsa-${hash}`, 'rsa', hash);
    add(`${MORE_2001}ecdsa-${hash}`, 'ecdsa', hash);
    add(`${MORE_2001}hmac-${hash}`, 'hmac', hash);
  }
  for (const hash of ['sha3-224', 'sha3-256', 'sha3-384', 'sha3-512'])
    add(`${MORE_2021}ecdsa-${hash}`, 'ecdsa', hash);
  for (const hash of Object.keys(LENGTHS)) add(`${MORE_2007}${hash}-rsa-MGF1`, 'pss', hash);
  add(`${MORE_2007}rsa-pss`, 'pss', null);
  add(`${MORE_2021}eddsa-ed25519`, 'ed25519', null);
  add(`${MORE_2021}eddsa-ed448`, 'ed448', null);
  add(`${DS}hmac-sha1`, 'hmac', 'sha1');
  return found;
}

const SCHEMES = schemes();

const KEY_TYPES: Record<Exclude<Family, 'hmac'>, string[]> = {
  rsa: ['rsa'],
  pss: ['rsa', 'rsa-pss'],
  ecdsa: ['ec'],
  dsa: ['dsa'],
  ed25519: ['ed25519'],
  ed448: ['ed448'],
};

/** How a signature value is to be verified, and the form that node:crypto takes it in. */
export interface XmlVerification extends Verification {
  /** The value as node:crypto takes it; null = it has not the length that the key asks for. */
  encode(value: Uint8Array): Uint8Array | null;
}

/** RFC 9231 2.3.9. Absent = SHA-256, MGF1 with the same digest, a salt as long as the digest. */
function pssParameters(method: XmlElement): { hash: string; saltLength: number } | null {
  const given = childElement(method, MORE_2007, 'RSAPSSParams');
  if (given === null) return { hash: 'sha256', saltLength: 32 };
  const named = childElement(given, DS, 'DigestMethod');
  const hash = named === null ? 'sha256' : digestOfMethod(named);
  const mask = childElement(given, MORE_2007, 'MaskGenerationFunction');
  const maskDigest = mask === null ? null : childElement(mask, DS, 'DigestMethod');
  // node:crypto takes one digest for both uses; nobody is known to sign with two.
  if (hash === null || (maskDigest !== null && digestOfMethod(maskDigest) !== hash)) return null;
  const salt = childElement(given, MORE_2007, 'SaltLength')?.content.trim() ?? String(LENGTHS[hash]);
  return /^\d{1,4}$/.test(salt) ? { hash, saltLength: Number(salt) } : null;
}

/** INTEGER of DER from unsigned octets. */
function integer(octets: Uint8Array): Uint8Array {
  const first = octets.findIndex((octet) => octet !== 0);
  const trimmed = first === -1 ? Uint8Array.of(0) : octets.subarray(first);
  const body = trimmed[0]! >= 0x80 ? Buffer.concat([Uint8Array.of(0), trimmed]) : trimmed;
  return Buffer.concat([header(0x02, body.length), body]);
}

/** r and s one after the other, each as long as the order of the group (XMLDSig 1.1 6.4.3), as the SEQUENCE of DER. */
function pairToDer(value: Uint8Array, width: number): Uint8Array | null {
  if (value.length !== 2 * width) return null;
  const both = Buffer.concat([integer(value.subarray(0, width)), integer(value.subarray(width))]);
  return Buffer.concat([header(0x30, both.length), both]);
}

/** Octets of the group order for curves whose order is as long as the field (all that Node names). */
const CURVE_BITS = /(\d{3})/;

function pairWidth(key: KeyObject): number | null {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'dsa')
    return details?.divisorLength === undefined ? null : details.divisorLength / 8;
  const bits = details?.namedCurve === 'prime256v1' ? '256' : CURVE_BITS.exec(details?.namedCurve ?? '')?.[1];
  return bits === undefined ? null : Math.ceil(Number(bits) / 8);
}

/**
 * The verification that a ds:SignatureMethod and the certificate's key together ask for. 'mismatch' = they contradict each
 * other: the signature is false; a MAC always does, since its key would be the public one. Null = not supported.
 */
export function verificationOfMethod(
  method: XmlElement,
  key: KeyObject,
): XmlVerification | 'mismatch' | null {
  const scheme = SCHEMES.get(attribute(method, 'Algorithm') ?? '');
  if (scheme === undefined) return null;
  if (scheme.family === 'hmac' || !KEY_TYPES[scheme.family].includes(key.asymmetricKeyType ?? ''))
    return 'mismatch';
  const encode = (value: Uint8Array) => value;
  if (scheme.family === 'pss') {
    const pss = scheme.hash === null ? pssParameters(method) : null;
    const hash = scheme.hash ?? pss?.hash;
    if (hash === undefined) return null;
    const saltLength = pss?.saltLength ?? LENGTHS[hash]!;
    return { hash, key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength, encode };
  }
  if (scheme.family !== 'ecdsa' && scheme.family !== 'dsa') return { hash: scheme.hash, key, encode };
  const width = pairWidth(key);
  if (width === null) return null;
  return { hash: scheme.hash, key, encode: (value) => pairToDer(value, width) };
}
