/** An OpenDocument package: what is in it, and which of it a document signature has to cover (ODF 1.2 part 3, 5). */
import { CongvanError } from '../../config/error.ts';
import type { SignatureReason } from '../types.ts';
import { childElements, parseXml, type XmlElement } from '../xml/libxml.ts';
import type { ZipArchive } from '../zip/open-zip.ts';

const MANIFEST = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';
const OFFICE = 'urn:oasis:names:tc:opendocument:xmlns:office:1.0';

export const DOCUMENT_SIGNATURES = 'META-INF/documentsignatures.xml';
export const MACRO_SIGNATURES = 'META-INF/macrosignatures.xml';
const MANIFEST_PART = 'META-INF/manifest.xml';
const CONTENT_PART = 'content.xml';

/** Reads one part as XML and frees it; null = it is not there or cannot be read. */
function ofPart<T>(archive: ZipArchive, name: string, use: (root: XmlElement) => T): T | null {
  if (!archive.entries.has(name)) return null;
  try {
    const document = parseXml(archive.read(name), 'named');
    try {
      return use(document.root);
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (error instanceof CongvanError) return null;
    throw error;
  }
}

/** Whether parts are encrypted (ODF 1.2 part 3, 4.2): what is signed then cannot be read without the password. */
export function isEncrypted(archive: ZipArchive): boolean {
  const encrypted = (root: XmlElement) =>
    childElements(root, MANIFEST, 'file-entry').some(
      (entry) => childElements(entry, MANIFEST, 'encryption-data').length > 0,
    );
  return ofPart(archive, MANIFEST_PART, encrypted) === true;
}

/**
 * Whether the content says that it is older than ODF 1.2: its signatures leave out META-INF and mimetype. Asked of the
 * content, which is signed, and not of the manifest, which then is not.
 */
function isOlder(archive: ZipArchive): boolean {
  const version = ofPart(archive, CONTENT_PART, versionOf);
  return version === '1.0' || version === '1.1';
}

function versionOf(root: XmlElement): string | null {
  return root.attrs.find((one) => one.name === 'version' && one.namespaceUri === OFFICE)?.value ?? null;
}

/** What a document signature leaves out, and whether that is as it should be. */
export interface Omission {
  entry: string;
  allowed: boolean;
}

/**
 * Entries that are not among `covered`. Every file must be covered but the one that holds the signatures; a macro
 * signature may be added later, it shows nothing. A package older than ODF 1.2 leaves META-INF and mimetype out.
 */
export function omissions(archive: ZipArchive, covered: Set<string>): Omission[] {
  const older = isOlder(archive);
  return [...archive.entries.values()]
    .filter((entry) => !entry.directory && entry.name !== DOCUMENT_SIGNATURES && !covered.has(entry.name))
    .map(({ name }) => {
      const outside = name === 'mimetype' || name === MANIFEST_PART;
      return { entry: name, allowed: name === MACRO_SIGNATURES || (older && outside) };
    });
}

/** The entry that a reference names (percent-encoded, relative to the root); null = no entry can have that name. */
export function entryOf(uri: string | null): string | null {
  if (uri === null || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) return null;
  try {
    return decodeURIComponent(uri.replace(/^\.?\//, ''));
  } catch {
    return null;
  }
}

/** A part that the signature names and the package has not: it was removed, or never was there. */
export function missingPart(uri: string | null): SignatureReason {
  return {
    code: 'SIGNED_DATA_NOT_FOUND',
    detail: `signed part "${(uri ?? '').slice(0, 80)}" is not in the package`,
  };
}
