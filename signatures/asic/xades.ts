/** XAdES signatures of a container: each file of META-INF may hold several, side by side (EN 319 162-1 4.4.3). */
import { CongvanError } from '../../config/error.ts';
import type { Certificate } from '../certificates/x509.ts';
import type { SignatureFacts } from '../facts.ts';
import { formatFailure } from '../reasons.ts';
import { elementsNamed, enclosing, parseXml, type XmlDocument, type XmlElement } from '../xml/libxml.ts';
import { DS } from '../xml/namespaces.ts';
import { type ReferenceRequest, type ResolvedReference, xmlSignatureFacts } from '../xml/signature.ts';
import { keepsMarkup } from '../xml/transforms.ts';
import { bytesOf, type Container, entryOf } from './container.ts';
import { type FoundSignature, unreadable } from './signature.ts';

function resolveIn(container: Container, { uri }: ReferenceRequest): ResolvedReference {
  const name = uri === null ? null : entryOf(container, uri);
  const bytes = name === null ? null : bytesOf(container, name);
  if (bytes !== null) return { bytes };
  return { missing: { code: 'SIGNED_DATA_NOT_FOUND', detail: `the container does not hold "${uri ?? ''}"` } };
}

async function readOne(
  container: Container,
  document: XmlDocument,
  signature: XmlElement,
  options: { name: string; pool: Certificate[] },
): Promise<FoundSignature> {
  const { pool, name } = options;
  const resolve = (request: ReferenceRequest) => resolveIn(container, request);
  const { references, ...facts } = await xmlSignatureFacts({ document, signature, resolve, pool });
  const covered = new Set<string>();
  for (const { uri, digestHolds, excludes, target, transforms } of references) {
    const entry = uri === null ? null : entryOf(container, uri);
    const whole = digestHolds === true && excludes === 'nothing' && transforms.every(keepsMarkup);
    if (entry !== null && whole && target.kind === 'external') covered.add(entry);
  }
  const coverage = { byteRange: null, wholeFile: false, bytesAfter: 0, notCovered: [] };
  const own: SignatureFacts = { ...facts, name, kind: 'signature', coverage, extent: 0, changes: [] };
  return { facts: own, covered };
}

/** Signatures of one file. */
const MAX_SIGNATURES = 20;

async function readAll(
  container: Container,
  document: XmlDocument,
  name: string,
  pool: Certificate[],
): Promise<FoundSignature[]> {
  const signatures = elementsNamed(document, DS, 'Signature').filter(
    // Counter-signatures stand inside another signature and sign that, not the content.
    (one) => one.parent === null || enclosing(one.parent, DS, 'Signature') === null,
  );
  if (signatures.length === 0) return [unreadable(name, formatFailure('a signature file without signature'))];
  const found: FoundSignature[] = [];
  if (signatures.length > MAX_SIGNATURES)
    found.push(
      unreadable(name, { code: 'LIMIT', detail: `more than ${MAX_SIGNATURES} signatures in one file` }),
    );
  for (const [index, signature] of signatures.slice(0, MAX_SIGNATURES).entries()) {
    const own = signatures.length === 1 ? name : `${name}#${index + 1}`;
    found.push(await readOne(container, document, signature, { name: own, pool }));
  }
  return found;
}

/** Reads every signature of one file; never throws for what it holds. */
export async function readXades(
  container: Container,
  name: string,
  pool: Certificate[],
): Promise<FoundSignature[]> {
  let document: XmlDocument;
  try {
    document = parseXml(bytesOf(container, name) ?? new Uint8Array());
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    return [unreadable(name, formatFailure(`the signature file is no XML: ${error.message}`))];
  }
  try {
    return await readAll(container, document, name, pool);
  } finally {
    document.dispose();
  }
}
