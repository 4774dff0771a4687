/**
 * Revocation answers and issuers from the network, outside the sandbox that signatures are judged in. A fetched thing is
 * only bytes: they are handed to the judge with the next try, and believed by nobody else. Nothing is fetched from a host
 * that the configuration does not list.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CongvanError } from '../../config/error.ts';
import type { EvidenceFetch } from '../../config/types.ts';
import type { EvidenceRequest } from '../../signatures/types.ts';
import { allowedUrl } from './allowed.ts';
import { openCache } from './cache.ts';
import { contentOf, type EvidenceContent } from './content.ts';
import { tooMany, unreachable } from './failures.ts';
import { fetchEvidence } from './fetch.ts';
import { openLanes } from './lanes.ts';

/** Requests under way at once. */
const MAX_PARALLEL = 4;
/** Requests of one letter: a signature with its chain asks for about six. */
const MAX_REQUESTS = 60;
/** Longest that an answer is kept, whatever its nextUpdate; certificates, which have none, are kept as long. */
const MAX_KEPT_MS = 7 * 24 * 3_600_000;
/** An answer without an end, or one that has passed it: kept so long that a burst of letters asks once. */
const BURST_MS = 5 * 60_000;
/** How long a failure is remembered, in memory. */
const FAILURE_MS = 5 * 60_000;
/** Failures remembered at once; the oldest is forgotten first. */
const MAX_FAILURES = 1_000;

/** Why one request brought nothing. */
interface EvidenceFailure {
  kind: EvidenceRequest['kind'];
  url: string;
  /** EVIDENCE_NOT_ALLOWED, EVIDENCE_UNREACHABLE …: see docs/operations.md. */
  code: string;
  /** English, for the log. */
  detail: string;
  temporary: boolean;
}

/** Everything that came, DER, as `TrustMaterial` takes it (issuers as intermediates). */
export interface FetchedEvidence {
  crls: Uint8Array[];
  ocsps: Uint8Array[];
  issuers: Uint8Array[];
  failures: EvidenceFailure[];
}

export interface Evidence {
  /** Never throws: what was not had stands in `failures`. */
  fetchAll(requests: EvidenceRequest[]): Promise<FetchedEvidence>;
}

export interface EvidencePorts {
  config: EvidenceFetch;
  dataDir: string;
  clock: () => Date;
  /** Absent = the network, by the rules of `config`. Throws CongvanError. */
  fetch?: (request: EvidenceRequest) => Promise<Uint8Array>;
  /** Told when an answer cannot be kept (disk); absent = nobody. */
  onTrouble?: (error: unknown) => void;
}

function keyOf({ kind, url, body }: EvidenceRequest): string {
  return createHash('sha256')
    .update(`${kind} ${url}\n`)
    .update(body ?? '')
    .digest('hex');
}

/** Until when an answer is kept, ISO 8601 UTC. */
function keptUntil(kind: EvidenceRequest['kind'], { until }: EvidenceContent, now: Date): string {
  const most = now.getTime() + MAX_KEPT_MS;
  const end = until === null ? (kind === 'issuer' ? most : 0) : Date.parse(until);
  const holds = end > now.getTime() ? end : now.getTime() + BURST_MS;
  return new Date(Math.min(most, holds)).toISOString();
}

function asFailure({ kind, url }: EvidenceRequest, error: CongvanError): EvidenceFailure {
  return { kind, url, code: error.code, detail: error.message, temporary: error.temporary };
}

/** Failures of the last minutes, so that a dead responder is not waited for by every letter. */
function openMemory(clock: () => Date) {
  const failures = new Map<string, { error: CongvanError; untilMs: number }>();
  return {
    recall: (key: string): CongvanError | null => {
      const known = failures.get(key);
      if (known === undefined) return null;
      if (known.untilMs > clock().getTime()) return known.error;
      failures.delete(key);
      return null;
    },
    remember: (key: string, error: CongvanError): void => {
      failures.delete(key);
      failures.set(key, { error, untilMs: clock().getTime() + FAILURE_MS });
      if (failures.size > MAX_FAILURES) failures.delete(failures.keys().next().value!);
    },
  };
}

type Outcome = { content: EvidenceContent } | { error: CongvanError };

export function openEvidence({ config, dataDir, clock, fetch, onTrouble }: EvidencePorts): Evidence {
  const cache = openCache(join(dataDir, 'evidence'), clock);
  const memory = openMemory(clock);
  const inLane = openLanes(MAX_PARALLEL);
  const underWay = new Map<string, Promise<Outcome>>();
  const ask = fetch ?? ((request) => fetchEvidence(request, config));

  const fresh = async (key: string, request: EvidenceRequest): Promise<EvidenceContent> => {
    const bytes = await inLane(() => ask(request));
    const content = contentOf(request, bytes);
    await cache.write(key, bytes, keptUntil(request.kind, content, clock())).catch((error: unknown) => {
      onTrouble?.(error);
    });
    return content;
  };

  const had = async (key: string, request: EvidenceRequest): Promise<Outcome> => {
    try {
      // Before the cache is looked at: what was kept from a host that is no longer listed is not used either.
      allowedUrl(request.url, request.kind, config);
      const kept = await cache.read(key);
      if (kept !== null) return { content: contentOf(request, kept) };
      const failed = memory.recall(key);
      return failed === null ? { content: await fresh(key, request) } : { error: failed };
    } catch (error) {
      const failure = error instanceof CongvanError ? error : unreachable(new URL(request.url), error);
      if (failure.temporary) memory.remember(key, failure);
      return { error: failure };
    }
  };

  /** The same thing asked for twice is asked once. */
  const once = (request: EvidenceRequest): Promise<Outcome> => {
    const key = keyOf(request);
    const running = underWay.get(key) ?? had(key, request).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  };

  return {
    fetchAll: async (requests) => {
      const distinct = [...new Map(requests.map((one) => [keyOf(one), one])).values()];
      const outcomes = await Promise.all(
        distinct.map(async (request, index) => ({
          request,
          outcome: index < MAX_REQUESTS ? await once(request) : { error: tooMany(MAX_REQUESTS) },
        })),
      );
      return collect(outcomes);
    },
  };
}

const SHELF = { crl: 'crls', ocsp: 'ocsps', issuer: 'issuers' } as const;

function collect(outcomes: { request: EvidenceRequest; outcome: Outcome }[]): FetchedEvidence {
  const all: FetchedEvidence = { crls: [], ocsps: [], issuers: [], failures: [] };
  for (const { request, outcome } of outcomes) {
    if ('content' in outcome) all[SHELF[request.kind]].push(...outcome.content.pieces);
    else all.failures.push(asFailure(request, outcome.error));
  }
  return all;
}
