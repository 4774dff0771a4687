/** One piece of evidence from the network, by the rules of the configuration. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { CongvanError } from '../../config/error.ts';
import type { EvidenceFetch } from '../../config/types.ts';
import type { EvidenceRequest } from '../../signatures/types.ts';
import { allowedUrl, checkAddresses, hostOf } from './allowed.ts';
import { badStatus, timedOut, unreachable } from './failures.ts';
import { exchange, type HttpAnswer } from './http.ts';

type Kind = EvidenceRequest['kind'];

/** Bytes of one answer. The largest lists of national authorities have some 10 MB, a response or certificate a few KB. */
const MAX_BYTES: Record<Kind, number> = { crl: 20 * 1024 * 1024, ocsp: 100 * 1024, issuer: 100 * 1024 };
/** Times that one answer may lie elsewhere. */
const MAX_REDIRECTIONS = 3;

const ACCEPTED: Record<Kind, string> = {
  crl: 'application/pkix-crl, */*;q=0.1',
  ocsp: 'application/ocsp-response, */*;q=0.1',
  issuer: 'application/pkix-cert, application/pkcs7-mime, */*;q=0.1',
};

/** What stands between us and the network. */
export interface FetchPorts {
  /** Addresses of a host name; absent = the system's name service. */
  resolve?: (host: string) => Promise<string[]>;
  /** PEM of authorities that https servers are trusted by; absent = the system's. */
  ca?: string;
}

async function systemResolve(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** Rejects as soon as the signal aborts: a name service that hangs must not hold anybody up. */
function before<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

async function addressesOf(url: URL, config: EvidenceFetch, ports: FetchPorts): Promise<string[]> {
  const host = hostOf(url);
  const addresses = isIP(host) === 0 ? await (ports.resolve ?? systemResolve)(host) : [host];
  if (addresses.length === 0) throw unreachable(url, new Error('the host has no address'));
  checkAddresses(url, addresses, config.hosts);
  return addresses;
}

function headersOf({ kind, body }: EvidenceRequest): Record<string, string> {
  const type = body === null ? {} : { 'Content-Type': 'application/ocsp-request' };
  return { Accept: ACCEPTED[kind], 'User-Agent': 'Congvan', Connection: 'close', ...type };
}

const MOVED = new Set([301, 302, 307, 308]);

/** Where the answer lies instead; a request with a body is repeated as it is, for an OCSP request means the same there. */
function redirection(url: URL, { status, location }: HttpAnswer): string | null {
  if (!MOVED.has(status) || location === null) return null;
  return URL.canParse(location, url.href) ? new URL(location, url).href : null;
}

async function follow(
  request: EvidenceRequest,
  config: EvidenceFetch,
  ports: FetchPorts,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let next = request.url;
  for (let hop = 0; ; hop += 1) {
    const url = allowedUrl(next, request.kind, config);
    const answer = await ask(url, request, config, { ...ports, signal });
    if (answer.status === 200) return answer.body;
    const elsewhere = redirection(url, answer);
    if (elsewhere === null || hop === MAX_REDIRECTIONS) throw badStatus(url, answer.status);
    next = elsewhere;
  }
}

async function ask(
  url: URL,
  request: EvidenceRequest,
  config: EvidenceFetch,
  ports: FetchPorts & { signal: AbortSignal },
): Promise<HttpAnswer> {
  const { signal, ca } = ports;
  try {
    // A proxy finds the address itself, maybe in a network that we cannot see: only the name can be judged then.
    const addresses = config.proxy === null ? await before(addressesOf(url, config, ports), signal) : null;
    const { kind, body } = request;
    return await exchange(
      { url, body, headers: headersOf(request), maxBytes: MAX_BYTES[kind] },
      { proxy: config.proxy, addresses, ca, signal },
    );
  } catch (error) {
    if (error instanceof CongvanError) throw error;
    if (signal.aborted) throw timedOut(url, `no whole answer within ${config.timeoutSeconds} s`);
    throw unreachable(url, error);
  }
}

/**
 * The bytes that the request's address gives: believed nowhere but by the judge. Throws EVIDENCE_NOT_ALLOWED,
 * EVIDENCE_UNREACHABLE, EVIDENCE_TIMEOUT, EVIDENCE_TOO_LARGE, EVIDENCE_STATUS.
 */
export async function fetchEvidence(
  request: EvidenceRequest,
  config: EvidenceFetch,
  ports: FetchPorts = {},
): Promise<Uint8Array> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), config.timeoutSeconds * 1000);
  try {
    return await follow(request, config, ports, giveUp.signal);
  } finally {
    clearTimeout(timer);
  }
}
