/** Made revocation lists (RFC 5280 5): complete, delta, of part of the certificates, indirect. */
import type { KeyObject } from 'node:crypto';
import { extension, signatureAlgorithm, signValue } from '../../scripts/province/certificates.ts';
import {
  bitString,
  context,
  element,
  generalizedTime,
  integer,
  oid,
  sequence,
  time,
} from '../../scripts/province/der-writer.ts';
import { type MadePoint, pointName, reasonFlags } from './certification-path.ts';

export interface MadeEntry {
  /** Content octets of the serial number. */
  serial: Uint8Array;
  /** ISO 8601. */
  at: string;
  /** CRLReason (5.3.1): 1 keyCompromise, 6 certificateHold, 8 removeFromCRL … */
  reason?: number;
  /** certificateIssuer: GeneralNames. */
  issuer?: Buffer[];
  extensions?: Buffer[];
}

export interface ListOptions {
  signer: { subject: Buffer; privateKey: KeyObject };
  /** Default: that of the signer. */
  issuer?: Buffer;
  thisUpdate: string;
  nextUpdate: string | null;
  revoked?: MadeEntry[];
  number?: number;
  /** Makes it a delta list. */
  base?: number;
  scope?: MadePoint & {
    onlyUsers?: boolean;
    onlyAuthorities?: boolean;
    onlyAttributes?: boolean;
    indirect?: boolean;
  };
  keepsEndedSince?: string;
  authorityKeyId?: Uint8Array;
  extensions?: Buffer[];
}

const flag = (tag: number, isSet: boolean | undefined) =>
  isSet === true ? [element(0x80 | tag, Buffer.of(0xff))] : [];

function scopeExtension(scope: NonNullable<ListOptions['scope']>): Buffer {
  const parts = [
    ...pointName(scope),
    ...flag(1, scope.onlyUsers),
    ...flag(2, scope.onlyAuthorities),
    ...(scope.reasons === undefined ? [] : [reasonFlags(3, scope.reasons)]),
    ...flag(4, scope.indirect),
    ...flag(5, scope.onlyAttributes),
  ];
  return extension('2.5.29.28', true, sequence(...parts));
}

function listExtensions(options: ListOptions): Buffer[] {
  const { number, base, scope, keepsEndedSince, authorityKeyId } = options;
  return [
    ...(number === undefined ? [] : [extension('2.5.29.20', false, integer(number))]),
    ...(base === undefined ? [] : [extension('2.5.29.27', true, integer(base))]),
    ...(scope === undefined ? [] : [scopeExtension(scope)]),
    ...(keepsEndedSince === undefined
      ? []
      : [extension('2.5.29.60', false, generalizedTime(keepsEndedSince))]),
    ...(authorityKeyId === undefined
      ? []
      : [extension('2.5.29.35', false, sequence(element(0x80, authorityKeyId)))]),
    ...(options.extensions ?? []),
  ];
}

function entry({ serial, at, reason, issuer, extensions }: MadeEntry): Buffer {
  const all = [
    ...(reason === undefined ? [] : [extension('2.5.29.21', false, element(0x0a, Buffer.of(reason)))]),
    ...(issuer === undefined ? [] : [extension('2.5.29.29', true, sequence(...issuer))]),
    ...(extensions ?? []),
  ];
  return sequence(element(0x02, serial), time(at), ...(all.length === 0 ? [] : [sequence(...all)]));
}

export function makeRevocationList(options: ListOptions): Buffer {
  const { signer, revoked = [], nextUpdate } = options;
  const algorithm = signatureAlgorithm('rsa');
  const extensions = listExtensions(options);
  const tbs = sequence(
    integer(1),
    algorithm,
    options.issuer ?? signer.subject,
    time(options.thisUpdate),
    ...(nextUpdate === null ? [] : [time(nextUpdate)]),
    ...(revoked.length === 0 ? [] : [sequence(Buffer.concat(revoked.map(entry)))]),
    ...(extensions.length === 0 ? [] : [context(0, sequence(...extensions))]),
  );
  return sequence(tbs, algorithm, bitString(signValue(signer.privateKey, 'rsa', tbs)));
}

/** A critical extension that nobody knows. */
export const unknownCritical = (): Buffer => extension('1.3.6.1.4.1.55555.9', true, oid('1.2.3'));
