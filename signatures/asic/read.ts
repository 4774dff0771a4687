/**
 * Associated signature containers (ETSI EN 319 162-1): ASiC-S holds one file, ASiC-E many, signed from outside by XAdES, CAdES
 * or a time stamp. What counts is that no file lies in the container that no signature is over.
 */
import type { Certificate } from '../certificates/x509.ts';
import { type FileFacts, noFacts, type SignatureFacts } from '../facts.ts';
import type { Change } from '../types.ts';
import { readCades } from './cades.ts';
import { type Container, readContainer } from './container.ts';
import { type Manifest, readManifests } from './manifest.ts';
import type { FoundSignature } from './signature.ts';
import { readXades } from './xades.ts';

/** Signature and time-stamp files of one container, and bytes that all of them together may digest: a few seconds. */
const MAX_FILES = 100;
const MAX_DIGESTED = 1024 * 1024 * 1024;

/** Each signature may digest every file, so a large container is read with fewer. */
function mostFiles({ zip, data }: Container): number {
  const bytes = data.reduce((sum, name) => sum + (zip.entries.get(name)?.size ?? 0), 1);
  return Math.min(MAX_FILES, Math.max(1, Math.floor(MAX_DIGESTED / bytes)));
}

async function readAll(container: Container, manifests: Manifest[], pool: Certificate[]) {
  const found: FoundSignature[] = [];
  let left = mostFiles(container);
  for (const name of container.xades.slice(0, left)) found.push(...(await readXades(container, name, pool)));
  left -= container.xades.length;
  for (const name of [...container.cades, ...container.stamps].slice(0, Math.max(0, left)))
    found.push(...(await readCades(container, name, manifests, pool)));
  return found;
}

/** Signatures whose mathematics holds; a stamp is nobody's will, so it vouches for no content. */
function vouched(found: FoundSignature[]): Set<string> {
  const holding = found.filter(
    ({ facts }) => facts.kind === 'signature' && facts.intact === true && facts.authentic === true,
  );
  return new Set(holding.flatMap(({ covered }) => [...covered]));
}

/**
 * A stamp proves that the signatures existed when it is over all their files; then it reaches as far as they do, else
 * nowhere (`SignatureFacts.extent`).
 */
function extentOf({ facts, covered }: FoundSignature, container: Container): number {
  if (facts.kind === 'signature') return 1;
  return [...container.cades, ...container.xades].every((name) => covered.has(name)) ? 1 : 0;
}

/** One signature need not be over every file; that another one is over the rest is told, that none is speaks against all. */
function withCoverage(one: FoundSignature, container: Container, anywhere: Set<string>): SignatureFacts {
  const notCovered = container.data.filter((name) => !one.covered.has(name));
  const changes: Change[] =
    one.facts.kind === 'timestamp'
      ? []
      : container.data
          .filter((name) => !anywhere.has(name))
          .map((name) => ({ kind: 'UNSIGNED_PART', detail: `no signature is over ${name}`, allowed: false }));
  return {
    ...one.facts,
    extent: extentOf(one, container),
    coverage: { ...one.facts.coverage, wholeFile: notCovered.length === 0, notCovered },
    changes: [...one.facts.changes, ...(one.facts.intact === false ? [] : changes)],
    reasons: [...one.facts.reasons, ...container.faults],
    notes: [...one.facts.notes, ...container.notes],
  };
}

/** Reads every signature of a container; never throws for what it holds. */
export async function readAsic(bytes: Uint8Array, options: { pool: Certificate[] }): Promise<FileFacts> {
  const container = readContainer(bytes);
  const most = mostFiles(container);
  if (container.xades.length + container.cades.length + container.stamps.length > most)
    container.faults.push({ code: 'LIMIT', detail: `more than ${most} signature files` });
  const found = await readAll(container, readManifests(container), options.pool);
  const anywhere = vouched(found);
  const file = noFacts(container.xades.length > 0 ? 'xml' : 'cms', [...container.faults]);
  file.signatures = found.map((one) => withCoverage(one, container, anywhere));
  return file;
}
