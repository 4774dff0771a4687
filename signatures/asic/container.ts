/** An ASiC container (ETSI EN 319 162-1): which entries are content, and which speak about it. */
import { startDigest } from '../algorithms.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { METHOD } from '../zip/contents.ts';
import { openZip, type ZipArchive } from '../zip/open-zip.ts';

export interface Container {
  zip: ZipArchive;
  /** Names of what is signed: everything but `mimetype` and what META-INF holds for signatures. */
  data: string[];
  /** Detached CMS signatures, XML files with XAdES, RFC 3161 tokens, and manifests of both kinds. */
  cades: string[];
  xades: string[];
  stamps: string[];
  manifests: string[];
  /** What readers would disagree about, those of the zip included. */
  faults: SignatureReason[];
  notes: SignatureReason[];
  /** Digests computed so far, by algorithm and name: a manifest may name the same file ten thousand times. */
  digests: Map<string, Buffer>;
}

const MIMETYPE = 'mimetype';

/** EN 319 162-1 A.7 and 4.4.3.2: names are told by what they contain, without regard to case. */
const KINDS = {
  cades: /^META-INF\/[^/]*signature[^/]*\.p7[sm]$/i,
  xades: /^META-INF\/[^/]*signatures[^/]*\.xml$/i,
  stamps: /^META-INF\/[^/]*timestamp[^/]*\.tst$/i,
  manifests: /^META-INF\/[^/]*ASiC(?:Archive)?Manifest[^/]*\.xml$/i,
} as const;

/** Files of META-INF that show nothing and sign nothing. */
const SILENT =
  /^META-INF\/(?:manifest\.xml|container\.xml|metadata\.xml|[^/]*evidencerecord[^/]*\.(?:xml|ers))$/i;

function checkMimetype(zip: ZipArchive): SignatureReason[] {
  const entry = zip.entries.get(MIMETYPE);
  const note = (detail: string) => [{ code: 'ASIC_MIMETYPE', detail }];
  if (entry === undefined) return note('no mimetype entry');
  const first = [...zip.entries.values()].every(({ offset }) => offset >= entry.offset);
  if (!first || entry.method !== METHOD.stored || entry.extra)
    return note('the mimetype entry is not first, or not stored plainly');
  return [];
}

/** Opens a container; never throws for what it holds. */
export function readContainer(bytes: Uint8Array): Container {
  const zip = openZip(bytes);
  const names = [...zip.entries.values()].filter((entry) => !entry.directory).map(({ name }) => name);
  const of = (kind: keyof typeof KINDS) => names.filter((name) => KINDS[kind].test(name));
  const special = (name: string) => SILENT.test(name) || Object.values(KINDS).some((one) => one.test(name));
  const data = names.filter((name) => name !== MIMETYPE && !special(name));
  const faults = [...zip.faults];
  if (data.length === 0) faults.push(formatFailure('a container without content'));
  return {
    zip,
    data,
    cades: of('cades'),
    xades: of('xades'),
    stamps: of('stamps'),
    manifests: of('manifests'),
    faults,
    notes: [...zip.notes, ...checkMimetype(zip)],
    digests: new Map(),
  };
}

/** The name of the entry that a URI means; null = it leads out of the container, or nowhere. */
export function entryOf(container: Container, uri: string): string | null {
  if (container.zip.entries.has(uri)) return uri;
  try {
    const name = decodeURIComponent(uri);
    return container.zip.entries.has(name) ? name : null;
  } catch {
    return null;
  }
}

/** The digest of an entry's bytes, computed once. */
export function digestIn(container: Container, name: string, hash: string, bytes: Uint8Array): Buffer {
  const key = `${hash} ${name}`;
  const digest = container.digests.get(key) ?? startDigest(hash).update(bytes).digest();
  container.digests.set(key, digest);
  return digest;
}

/** The bytes of an entry; null = it cannot be read (a fault of the container says why). */
export function bytesOf(container: Container, name: string): Uint8Array | null {
  try {
    return container.zip.read(name);
  } catch {
    return null;
  }
}
