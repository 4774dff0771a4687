/** Associated signature containers (ETSI EN 319 162-1) for tests: one file or many, signed by CAdES, XAdES or a stamp. */
import { createHash } from 'node:crypto';
import type { Signer } from '../../scripts/province/certificates.ts';
import { makeDetachedSignature, makeTimestamp } from '../../scripts/province/signed-message.ts';
import { type ForgedEntry, forgeZip } from './forged-zip.ts';
import { HERE, signXml } from './xml-signing.ts';

/** Entry name to content, in the order of the archive. */
export type Container = Map<string, Buffer>;

const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';
const TIME = '2026-09-07T02:00:00Z';

export function container(kind: 'asic-s' | 'asic-e', files: Record<string, string>): Container {
  const data = Object.entries(files).map(([name, text]): [string, Buffer] => [name, Buffer.from(text)]);
  return new Map([['mimetype', Buffer.from(`application/vnd.etsi.${kind}+zip`)], ...data]);
}

export function withFile(files: Container, name: string, content: Buffer | string): Container {
  return new Map(files).set(name, Buffer.from(content));
}

export function without(files: Container, name: string): Container {
  const rest = new Map(files);
  rest.delete(name);
  return rest;
}

const dataNames = (files: Container) =>
  [...files.keys()].filter((name) => name !== 'mimetype' && !name.startsWith('META-INF/'));

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A manifest over these entries, for the signature or stamp of that name. */
export function manifestXml(files: Container, names: string[], signature: string): string {
  const references = names.map((name) => {
    const digest = sha256(files.get(name)!).toString('base64');
    const method = '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>';
    return `<asic:DataObjectReference URI="${encodeURI(name)}">${method}<ds:DigestValue>${digest}</ds:DigestValue></asic:DataObjectReference>`;
  });
  const root = `xmlns:asic="${ASIC}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`;
  return `<asic:ASiCManifest ${root}><asic:SigReference URI="${signature}"/>${references.join('')}</asic:ASiCManifest>`;
}

function detached(signer: Signer, content: Uint8Array): Buffer {
  const options = { signingTime: TIME, chainIncluded: true, cades: true };
  return makeDetachedSignature(signer, sha256(content), options);
}

/** ASiC-E with CAdES over a manifest of these entries (default all). */
export function signCades(files: Container, signer: Signer, names = dataNames(files), index = 1): Container {
  const name = `META-INF/signature${index}.p7s`;
  const manifest = Buffer.from(manifestXml(files, names, name));
  const listed = withFile(files, `META-INF/ASiCManifest${index}.xml`, manifest);
  return withFile(listed, name, detached(signer, manifest));
}

/** Signs a manifest that stands already, whatever it says. */
export function signManifest(files: Container, signer: Signer, manifest: Buffer): Container {
  return withFile(files, 'META-INF/signature1.p7s', detached(signer, manifest));
}

/** ASiC-S with CAdES over the one file. */
export function signSimple(files: Container, signer: Signer): Container {
  return withFile(files, 'META-INF/signature.p7s', detached(signer, files.get(dataNames(files)[0]!)!));
}

/** XAdES over these entries (default all). */
export function signXades(files: Container, signer: Signer, names = dataNames(files), index = 1): Container {
  const references = names.map((name) => ({ uri: encodeURI(name), octets: files.get(name)! }));
  const xades = { signingTime: TIME, names: signer.certificate };
  const root = `<asic:XAdESSignatures xmlns:asic="${ASIC}">${HERE}</asic:XAdESSignatures>`;
  const signed = signXml(root, signer, { references, xades });
  return withFile(files, `META-INF/signatures${index}.xml`, signed);
}

/** A time-stamp token over the one file (ASiC-S), or over an archive manifest of these entries. */
export function stamped(files: Container, server: Signer, names: string[] | null = null): Container {
  const name = 'META-INF/timestamp.tst';
  if (names === null)
    return withFile(files, name, makeTimestamp(server, files.get(dataNames(files)[0]!)!, TIME));
  const manifest = Buffer.from(manifestXml(files, names, name));
  const listed = withFile(files, 'META-INF/ASiCArchiveManifest.xml', manifest);
  return withFile(listed, name, makeTimestamp(server, manifest, TIME));
}

/** The container's bytes; `mimetype` is stored, as the standard asks. */
export function packed(files: Container, more: ForgedEntry[] = []): Buffer {
  const entries = [...files].map(([name, content]) => ({ name, content, stored: name === 'mimetype' }));
  return forgeZip([...entries, ...more]);
}
