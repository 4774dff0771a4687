/** Namespaces and reference types of XML signatures. */

/** XML-Signature Syntax and Processing. */
export const DS = 'http://www.w3.org/2000/09/xmldsig#';
/** XML-Signature 1.1: ECKeyValue, DEREncodedKeyValue. */
export const DS11 = 'http://www.w3.org/2009/xmldsig11#';
/** Exclusive canonicalisation: InclusiveNamespaces. */
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
/** XPath Filter 2.0. */
export const FILTER2 = 'http://www.w3.org/2002/06/xmldsig-filter2';
/** RFC 9231 2.3.9: RSAPSSParams. */
export const MORE_2007 = 'http://www.w3.org/2007/05/xmldsig-more#';
/** ETSI TS 101 903 / EN 319 132-1, newest first. */
export const XADES = [
  'http://uri.etsi.org/01903/v1.3.2#',
  'http://uri.etsi.org/01903/v1.2.2#',
  'http://uri.etsi.org/01903/v1.1.1#',
] as const;

/** The type of a reference to the signed properties: any XAdES version, as `…/v1.3.2#SignedProperties` or older spellings. */
export function isSignedPropertiesType(type: string | null): boolean {
  return type !== null && /^http:\/\/uri\.etsi\.org\/01903(?:\/v\d\.\d\.\d)?#SignedProperties$/.test(type);
}
