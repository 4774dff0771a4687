/** ASiCManifest and ASiCArchiveManifest (EN 319 162-1 A.4): the list of digests that a CMS signature or a stamp is over. */
import { CongvanError } from '../../config/error.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { digestOfMethod } from '../xml/algorithms.ts';
import { octetsOfBase64 } from '../xml/base64.ts';
import {
  attribute,
  childElement,
  childElements,
  parseXml,
  plainText,
  type XmlElement,
} from '../xml/libxml.ts';
import { DS } from '../xml/namespaces.ts';
import { bytesOf, type Container, digestIn, entryOf } from './container.ts';

const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';
/** References of one manifest. */
const MAX_REFERENCES = 10_000;
/** Findings told one by one; what follows would only repeat them. */
const MAX_FINDINGS = 20;

export interface Manifest {
  /** Its own name. */
  name: string;
  bytes: Uint8Array;
  /** The signature or stamp over it. */
  signature: string | null;
  /** Entries whose digests hold. */
  covered: Set<string>;
  reasons: SignatureReason[];
}

/** The entry that the reference is over, when its digest holds; else why it does not. */
function checkReference(container: Container, element: XmlElement): { covers: string } | SignatureReason {
  const uri = attribute(element, 'URI') ?? '';
  const name = entryOf(container, uri);
  const bytes = name === null ? null : bytesOf(container, name);
  const method = childElement(element, DS, 'DigestMethod');
  const written = childElement(element, DS, 'DigestValue');
  const digest = written === null ? null : octetsOfBase64(plainText(written));
  if (method === null || digest === null) return formatFailure(`the reference to "${uri}" has no digest`);
  const hash = digestOfMethod(method);
  if (hash === null) return { code: 'UNSUPPORTED_ALGORITHM', detail: `digest of "${uri}" in the manifest` };
  if (name === null || bytes === null)
    return { code: 'SIGNED_DATA_NOT_FOUND', detail: `the container does not hold "${uri}"` };
  const same = Buffer.compare(digestIn(container, name, hash, bytes), digest) === 0;
  return same ? { covers: name } : { code: 'HASH_FAILURE', detail: `the digest of "${uri}" is another` };
}

function readRoot(container: Container, root: XmlElement, found: Manifest): void {
  if (root.name !== 'ASiCManifest' || root.namespaceUri !== ASIC) {
    found.reasons.push(formatFailure(`${found.name} is no manifest`));
    return;
  }
  const signatures = childElements(root, ASIC, 'SigReference');
  const uri = signatures[0] === undefined ? null : attribute(signatures[0], 'URI');
  found.signature = uri === null ? null : entryOf(container, uri);
  if (signatures.length !== 1)
    found.reasons.push(formatFailure('a manifest of several signatures, or of none'));
  const references = childElements(root, ASIC, 'DataObjectReference');
  if (references.length > MAX_REFERENCES)
    found.reasons.push({ code: 'LIMIT', detail: `more than ${MAX_REFERENCES} references` });
  for (const element of references.slice(0, MAX_REFERENCES)) {
    const checked = checkReference(container, element);
    if ('covers' in checked) found.covered.add(checked.covers);
    else if (found.reasons.length < MAX_FINDINGS) found.reasons.push(checked);
  }
}

function readManifest(container: Container, name: string): Manifest {
  const bytes = bytesOf(container, name) ?? new Uint8Array();
  const found: Manifest = { name, bytes, signature: null, covered: new Set(), reasons: [] };
  try {
    const document = parseXml(bytes);
    try {
      readRoot(container, document.root, found);
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof CongvanError)) throw error;
    found.reasons.push(formatFailure(`${name}: ${error.message}`));
  }
  return found;
}

export function readManifests(container: Container): Manifest[] {
  return container.manifests.map((name) => readManifest(container, name));
}
