/** CMS signatures and time-stamp tokens of a container: over a manifest (ASiC-E), or over the one file (ASiC-S). */
import type { Certificate } from '../certificates/x509.ts';
import { readCmsFile } from '../cms/file.ts';
import { formatFailure } from '../reasons.ts';
import type { SignatureReason } from '../types.ts';
import { bytesOf, type Container } from './container.ts';
import type { Manifest } from './manifest.ts';
import { type FoundSignature, unreadable } from './signature.ts';

interface Signed {
  bytes: Uint8Array;
  covered: Set<string>;
  reasons: SignatureReason[];
}

/** What this signature is over; a reason when nobody can tell. */
function signedBy(container: Container, name: string, manifests: Manifest[]): Signed | SignatureReason {
  const own = manifests.filter((manifest) => manifest.signature === name);
  if (own.length > 1) return formatFailure(`several manifests claim ${name}`);
  const [manifest] = own;
  if (manifest !== undefined) {
    const { bytes, covered, reasons } = manifest;
    return { bytes, covered: new Set([...covered, manifest.name]), reasons };
  }
  const [only, ...more] = container.data;
  const bytes = only === undefined ? null : bytesOf(container, only);
  if (bytes === null || more.length > 0) return formatFailure(`no manifest says what ${name} signs`);
  return { bytes, covered: new Set([only!]), reasons: [] };
}

/** Whether the manifest's own findings speak against the content. */
const contradicts = ({ code }: SignatureReason) => code === 'HASH_FAILURE';

/** Reads every signer of one file; never throws for what it holds. */
export async function readCades(
  container: Container,
  name: string,
  manifests: Manifest[],
  pool: Certificate[],
): Promise<FoundSignature[]> {
  const signed = signedBy(container, name, manifests);
  if ('code' in signed) return [unreadable(name, signed)];
  const file = await readCmsFile(bytesOf(container, name) ?? new Uint8Array(), {
    pool,
    detached: signed.bytes,
  });
  const [defect = formatFailure('a signature file without signature')] = file.defects;
  if (file.signatures.length === 0) return [unreadable(name, defect)];
  return file.signatures.map((facts) => ({
    facts: {
      ...facts,
      name: file.signatures.length === 1 ? name : `${name}#${facts.name}`,
      intact: signed.reasons.some(contradicts) ? false : facts.intact,
      reasons: [...facts.reasons, ...signed.reasons],
    },
    // A signature inside the content signs what lies there, not what the container holds.
    covered: facts.name.startsWith('inner/') ? new Set() : signed.covered,
  }));
}
