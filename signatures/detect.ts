/** What kind of file it is, told by its content: names and declared types are the sender's word. */
import type { SignatureFormat } from './types.ts';

/** `zip` = a container: which one, `zipKind` says from its entries; `asic` is reported as `cms` or `xml`, by its signatures. */
export type FileKind = Exclude<SignatureFormat, 'ooxml' | 'odf'> | 'zip';
export type ZipKind = 'ooxml' | 'odf' | 'asic' | 'none';

/** Octets looked at from the beginning. */
const HEAD = 4096;
/** Where readers still find the PDF header (ISO 32000-1 annex H.3.4.1). */
const PDF_HEADER_WITHIN = 1024;
/** A zip may stand behind a stub, so its end record counts too: 22 octets and at most 65,535 of comment. */
const ZIP_TAIL = 22 + 65_535;
/** OBJECT IDENTIFIER 1.2.840.113549.1.7.*: PKCS #7 and CMS content types, but for the last arc. */
const PKCS7 = Buffer.from('06092a864886f70d0107', 'hex');

/** The content type stands behind one or two headers; a first octet that is wrong makes it a broken CMS, not another file. */
function isCmsDer(head: Buffer): boolean {
  const at = head.indexOf(PKCS7);
  return at > 0 && at <= 16;
}

function isCms(head: Buffer): boolean {
  if (isCmsDer(head)) return true;
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----/.test(text)) return true;
  const base64 = /^[A-Za-z0-9+/=\r\n]{32,}/.exec(text)?.[0];
  return base64 !== undefined && isCmsDer(Buffer.from(base64, 'base64'));
}

/** PEM allows explanatory text before the label (RFC 7468 5.2); asked last, since any other file may quote one. */
function isCmsBehindText(head: Buffer): boolean {
  return /^-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----\r?$/m.test(head.toString('latin1'));
}

function isXml(head: Buffer): boolean {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (wide) return head.includes(Buffer.from('<', head[0] === 0xff ? 'utf16le' : 'latin1'));
  return /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z_!])/.test(head.toString('latin1'));
}

/** A message begins with header fields (RFC 5322 2.2); one of them must be a field that mail has. */
function isMessage(head: Buffer): boolean {
  const text = head.toString('latin1');
  if (!/^(?:From [^\r\n]*\r?\n)?(?:[!-9;-~]+[ \t]*:[^\r\n]*\r?\n)/.test(text)) return false;
  return /^(?:mime-version|content-type|from|received|return-path|subject|date|message-id|to)[ \t]*:/im.test(
    text,
  );
}

function isZip(bytes: Uint8Array, head: Buffer): boolean {
  if (head.readUInt32BE(0) === 0x504b0304) return true;
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(-ZIP_TAIL);
  return tail.includes(Buffer.from('PK\x05\x06', 'latin1')) && head.includes(Buffer.from('PK', 'latin1'));
}

export function fileKind(bytes: Uint8Array): FileKind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD));
  if (head.length < 8) return 'none';
  // A CMS may hold a PDF, so its own header comes first; what is to be opened as a PDF is asked for as one.
  if (isCms(head)) return 'cms';
  if (head.subarray(0, PDF_HEADER_WITHIN).includes('%PDF-')) return 'pdf';
  if (isXml(head)) return 'xml';
  if (isMessage(head)) return 'smime';
  if (isZip(bytes, head)) return 'zip';
  return isCmsBehindText(head) ? 'cms' : 'none';
}

/** `mimetype` = content of the entry of that name, if any. */
export function zipKind(names: Iterable<string>, mimetype: string | null): ZipKind {
  const all = [...names];
  if (mimetype?.startsWith('application/vnd.oasis.opendocument') === true) return 'odf';
  if (mimetype?.startsWith('application/vnd.etsi.asic') === true) return 'asic';
  const has = (pattern: RegExp) => all.some((name) => pattern.test(name));
  if (has(/^\[Content_Types\]\.xml$/i)) return 'ooxml';
  if (has(/^META-INF\/(?:documentsignatures|manifest)\.xml$/i) && has(/^content\.xml$/i)) return 'odf';
  if (has(/^META-INF\/[^/]*(?:signature|timestamp)[^/]*\.(?:p7s|xml|tst)$/i)) return 'asic';
  return 'none';
}
