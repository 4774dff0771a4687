/** The words of the Open Packaging Conventions (ISO/IEC 29500-2) that signatures turn on. */

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

export const NAMESPACE = {
  contentTypes: `${PACKAGE}/content-types`,
  relationships: `${PACKAGE}/relationships`,
  signature: `${PACKAGE}/digital-signature`,
  office: 'http://schemas.microsoft.com/office/2006/digsig',
} as const;

export const RELATIONSHIP_TRANSFORM = `${PACKAGE}/RelationshipTransform`;

export const RELATIONSHIP = {
  origin: `${PACKAGE}/relationships/digital-signature/origin`,
  signature: `${PACKAGE}/relationships/digital-signature/signature`,
  certificate: `${PACKAGE}/relationships/digital-signature/certificate`,
  thumbnail: `${PACKAGE}/relationships/metadata/thumbnail`,
  /** Without their first half, which is another one in Strict documents and in older ones of Office. */
  coreProperties: '/relationships/metadata/core-properties',
  extendedProperties: '/relationships/extended-properties',
  customProperties: '/relationships/custom-properties',
  officeDocument: '/relationships/officeDocument',
  customXml: '/relationships/customXml',
  customXmlProperties: '/relationships/customXmlProps',
  labels: '/relationships/classificationlabels',
} as const;

export const CONTENT_TYPE = {
  relationships: 'application/vnd.openxmlformats-package.relationships+xml',
  signature: 'application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml',
} as const;

/**
 * A part name as it is compared: absolute, percent-encoding undone, no case (ISO 29500-2 6.2.2.3). What cannot be decoded
 * stays as it is.
 */
export function partKey(name: string): string {
  let plain = name;
  try {
    plain = decodeURIComponent(name);
  } catch {
    // A stray percent sign: the name is compared as written.
  }
  return (plain.startsWith('/') ? plain : `/${plain}`).normalize('NFC').toLowerCase();
}

/** The part that a relationship part speaks for: `/` for the package; null = the name is of no relationship part. */
export function relationshipSource(name: string): string | null {
  const found = /^(.*\/)_rels\/([^/]*)\.rels$/i.exec(name);
  return found === null ? null : `${found[1]}${found[2]}`;
}
