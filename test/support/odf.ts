/** OpenDocument packages for tests, signed as office suites sign them, or as an attacker would. */
import type { Signer } from '../../scripts/province/certificates.ts';
import { makeZip, type ZipMember } from '../../scripts/province/zip.ts';
import {
  ALGORITHM,
  HERE,
  type SignedReference,
  type SignXmlOptions,
  signXml,
  transform,
} from './xml-signing.ts';

const SIGNATURES = 'urn:oasis:names:tc:opendocument:xmlns:digitalsignature:1.0';
const MANIFEST = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0';
const OFFICE = 'urn:oasis:names:tc:opendocument:xmlns:office:1.0';

export type OdfParts = Record<string, string | Uint8Array>;

/** The parts of a small text document; ODF 1.2 unless told otherwise. */
export function odfParts(version = '1.2', subject = 'Về việc họp'): OdfParts {
  const office = (name: string, inside: string) =>
    `<?xml version="1.0"?><office:${name} xmlns:office="${OFFICE}" office:version="${version}">${inside}</office:${name}>`;
  return {
    mimetype: 'application/vnd.oasis.opendocument.text',
    'content.xml': office('document-content', `<office:body>${subject}</office:body>`),
    'styles.xml': office('document-styles', ''),
    'Thumbnails/thumb nail.png': Buffer.from('89504e47', 'hex'),
    'META-INF/manifest.xml': `<manifest:manifest xmlns:manifest="${MANIFEST}" manifest:version="${version}"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>`,
  };
}

export interface SignOdfOptions extends Partial<SignXmlOptions> {
  /** Parts that get no reference. */
  without?: string[];
  /** dc:date of the SignatureProperty that is signed. */
  date?: string;
  /** Default META-INF/documentsignatures.xml. */
  part?: string;
}

/** The references that office suites make: XML canonicalised, everything else as it is. */
export function odfReferences(parts: OdfParts, without: string[] = []): SignedReference[] {
  return Object.entries(parts)
    .filter(([name]) => !without.includes(name) && !name.endsWith('/'))
    .map(([name, content]) => ({
      uri: name.split('/').map(encodeURIComponent).join('/'),
      octets: Buffer.from(content),
      ...(name.endsWith('.xml') ? { transforms: [transform(ALGORITHM.c14n)] } : {}),
    }));
}

/** A SignatureProperty with a date, as LibreOffice writes it. */
export function dateObject(date: string, id: string): string {
  return `<ds:Object><ds:SignatureProperties><ds:SignatureProperty Id="${id}" Target="#sig"><dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">${date}</dc:date></ds:SignatureProperty></ds:SignatureProperties></ds:Object>`;
}

/** The parts with a signature part over them; `signatures` of an earlier call lets a second one sign too. */
export function signOdf(parts: OdfParts, signer: Signer, options: SignOdfOptions = {}): OdfParts {
  const { without = [], date, part = 'META-INF/documentsignatures.xml', ...rest } = options;
  const template = `<document-signatures xmlns="${SIGNATURES}">${HERE}</document-signatures>`;
  const dated = date === undefined ? [] : [{ uri: '#date' }];
  const signed = signXml(template, signer, {
    canonicalization: ALGORITHM.c14n,
    ...rest,
    references: [...(rest.references ?? odfReferences(parts, without)), ...dated],
    objects: (date === undefined ? '' : dateObject(date, 'date')) + (rest.objects ?? ''),
  });
  return { ...parts, [part]: signed };
}

export function zipOdf(parts: OdfParts): Buffer {
  const members: ZipMember[] = Object.entries(parts).map(([name, content]) => ({
    name,
    content: Buffer.from(content),
  }));
  return makeZip(members);
}
