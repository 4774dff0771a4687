import { content, type DerNode, elements, oid, TAG, whole } from '../der.ts';

/** One attribute of a distinguished name. */
export interface NameAttribute {
  type: string;
  /** NFC text, or null when the value is no string. */
  text: string | null;
  der: Uint8Array;
}

/** A distinguished name: sequence of RDNs, outermost first as in the certificate. */
export interface DistinguishedName {
  rdns: NameAttribute[][];
  /** Comparison key: case and runs of spaces do not count (RFC 5280 7.1). */
  key: string;
}

export const NAME_OID = {
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  locality: '2.5.4.7',
  organisation: '2.5.4.10',
  organisationalUnit: '2.5.4.11',
  title: '2.5.4.12',
  userId: '0.9.2342.19200300.100.1.1',
  email: '1.2.840.113549.1.9.1',
} as const;

const SHORT_NAMES: Record<string, string> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

function utf16(raw: Uint8Array): string {
  return Buffer.from(raw.subarray(0, raw.length & ~1))
    .swap16()
    .toString('utf16le');
}

function utf32(raw: Uint8Array): string {
  let text = '';
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let i = 0; i + 4 <= raw.length; i += 4) {
    const code = view.getUint32(i);
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

/**
 * Text of a directory string, NFC.
 * QUIRK: T61String and PrintableString in the field carry UTF-8 or Latin-1; UTF-8 is tried first.
 */
function directoryText(node: DerNode | undefined): string | null {
  if (node === undefined || node.tagClass !== 0 || node.constructed) return null;
  const raw = content(node);
  switch (node.tag) {
    case 12:
      return Buffer.from(raw).toString('utf8').normalize('NFC');
    case 18:
    case 19:
    case 20:
    case 22:
    case 26: {
      const utf8 = Buffer.from(raw).toString('utf8');
      return (utf8.includes('\ufffd') ? Buffer.from(raw).toString('latin1') : utf8).normalize('NFC');
    }
    case 28:
      return utf32(raw).normalize('NFC');
    case 30:
      return utf16(raw).normalize('NFC');
    default:
      return null;
  }
}

function readAttribute(node: DerNode): NameAttribute {
  const [type, value] = elements(node);
  return { type: oid(type), text: directoryText(value), der: whole(value) };
}

function attributeKey(attribute: NameAttribute): string {
  if (attribute.text === null) return `${attribute.type}=#${Buffer.from(attribute.der).toString('hex')}`;
  const folded = attribute.text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return `${attribute.type}=${JSON.stringify(folded)}`;
}

/** Comparison key of one relative distinguished name: the order of its attributes does not count. */
export function rdnKey(rdn: NameAttribute[]): string {
  return rdn.map(attributeKey).sort().join('+');
}

/** A name of the parts given, with its key. */
export function nameOf(rdns: NameAttribute[][]): DistinguishedName {
  return { rdns, key: rdns.map(rdnKey).join(',') };
}

export function readRdn(attributes: DerNode[]): NameAttribute[] {
  return attributes.map(readAttribute);
}

export function readName(node: DerNode | undefined): DistinguishedName {
  return nameOf(elements(node).map((rdn) => readRdn(elements(rdn, TAG.set))));
}

/** All values of an attribute, outermost first. */
export function nameValues(name: DistinguishedName, type: string): string[] {
  return name.rdns
    .flat()
    .flatMap((attribute) => (attribute.type === type && attribute.text !== null ? [attribute.text] : []));
}

function escapeValue(text: string): string {
  return text
    .replace(/[\\",+<>;=]/g, '\\$&')
    .replace(/[\x00-\x1f\x7f]/g, (c) => `\\${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}

/** RFC 4514 text: innermost first. Usual short names beyond its table are used, they read better. */
export function nameText(name: DistinguishedName): string {
  const one = (attribute: NameAttribute) => {
    const label = SHORT_NAMES[attribute.type];
    if (attribute.text === null || label === undefined)
      return `${label ?? attribute.type}=#${Buffer.from(attribute.der).toString('hex')}`;
    return `${label}=${escapeValue(attribute.text)}`;
  };
  return [...name.rdns]
    .reverse()
    .map((rdn) => rdn.map(one).join('+'))
    .join(',');
}
