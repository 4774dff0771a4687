/** The only file that knows mailauth: SPF, DKIM, ARC and DMARC of one message, clock and DNS given from outside. */
import type { Readable } from 'node:stream';
import { arc, dkimVerify, dmarc, spf } from 'mailauth';
import type { AuthResult, DnsResolver } from './types.ts';

interface SignatureResult {
  domain: string;
  result: AuthResult;
  /** False for a signature that leaves part of the body unsigned (`l=`), or whose domain only tries DKIM out (`t=y`). */
  whole: boolean;
}

export interface OwnResults {
  /** Addresses of all From fields, as DMARC sees them. */
  fromAddresses: string[];
  fromFields: number;
  signatures: SignatureResult[];
  arc: AuthResult;
}

/** `spf` takes part only where the client's address is known. */
export interface SpfResult {
  result: AuthResult;
  domain: string;
}

export interface DmarcResult {
  /** `none` = no record. */
  result: AuthResult;
  policy: string | null;
}

const RESULTS: readonly string[] = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'temperror',
  'permerror',
  'policy',
];

function known(result: string | undefined): AuthResult {
  return RESULTS.includes(result ?? '') ? (result as AuthResult) : 'neutral';
}

/** mailauth asks for TXT, MX, A… through one function; ours has the same shape. */
type MailauthResolver = (name: string, type: string) => Promise<string[][]>;

/** Reads the whole stream, in pieces. Throws only what the stream throws. */
export async function verifySignatures(
  message: Readable,
  resolver: DnsResolver,
  now: Date,
): Promise<OwnResults> {
  const dns = resolver as MailauthResolver;
  // QUIRK: mailauth's `authenticate` in one call takes no clock; its parts do.
  const dkim = await dkimVerify(message, { resolver: dns, curTime: now, rejectRsaSha1: true });
  const chain =
    dkim.arc === undefined ? null : await arc(dkim.arc as Parameters<typeof arc>[0], { resolver: dns });
  return {
    fromAddresses: dkim.headerFrom,
    fromFields: dkim.fromFields,
    signatures: dkim.results
      .filter((one) => one.signingDomain !== undefined)
      .map((one) => ({
        domain: one.signingDomain!.toLowerCase(),
        result: known(one.status.result),
        whole: !(one.status.underSized ?? 0) && one.status.testing !== true,
      })),
    arc: known(chain ? chain.status.result : 'none'),
  };
}

export async function verifySpf(
  client: { ip: string; helo: string | null; envelopeFrom: string | null },
  resolver: DnsResolver,
): Promise<SpfResult> {
  const checked = await spf({
    ip: client.ip,
    sender: client.envelopeFrom ?? '',
    ...(client.helo === null ? {} : { helo: client.helo }),
    // Shown in explanations only; given, so that the machine's own name is not.
    mta: 'congvan.invalid',
    resolver: resolver as MailauthResolver,
  });
  return { result: known(checked.status.result), domain: checked.domain };
}

/** Null when From names no author domain, or several (RFC 9989 5.3.1). */
export async function verifyDmarc(
  author: { addresses: string[]; fields: number },
  passed: { spf: string[]; dkim: string[] },
  resolver: DnsResolver,
): Promise<DmarcResult | null> {
  const found = await dmarc({
    headerFrom: author.addresses,
    fromFields: author.fields,
    spfDomains: passed.spf,
    dkimDomains: passed.dkim.map((domain) => ({ domain })),
    resolver: resolver as MailauthResolver,
  });
  return found ? { result: known(found.status.result), policy: found.policy ?? null } : null;
}
