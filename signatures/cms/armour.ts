/** The wrappings that a CMS file comes in: PEM (RFC 7468), bare base64, or none. */

const BEGIN = '-----BEGIN ';
const LABELS = ['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA'];
/** Octets of text looked at for the label: what stands before it is comment. */
const HEAD = 4096;
/** Shortest text taken for base64: no signature is that small. */
const MIN_BASE64 = 64;

/** What stands between the label's lines. Null = another label, or no end. */
function pemBody(text: string): string | null {
  const label = LABELS.find((one) => text.includes(`${BEGIN}${one}-----`));
  if (label === undefined) return null;
  const from = text.indexOf(`${BEGIN}${label}-----`) + `${BEGIN}${label}-----`.length;
  const to = text.indexOf(`-----END ${label}-----`, from);
  return to < 0 ? null : text.slice(from, to);
}

/** The bytes of the ContentInfo: what is neither PEM nor base64 comes back as it is. */
export function unwrapped(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A ContentInfo begins with a SEQUENCE; as text that would be the digit 0, with which none begins in base64.
  if (file[0] === 0x30) return bytes;
  if (file.subarray(0, HEAD).includes(BEGIN)) {
    const body = pemBody(file.toString('latin1'));
    return body === null ? bytes : Buffer.from(body, 'base64');
  }
  const text = file.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const foreign = /[^A-Za-z0-9+/=\s]/.test(text) || text.length < MIN_BASE64;
  return foreign ? bytes : Buffer.from(text, 'base64');
}
