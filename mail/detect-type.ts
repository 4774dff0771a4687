/**
 * What a file is, by its first bytes (VAL-06): what a sender says it is counts for nothing. Zip-based formats are told
 * apart by the names of their first members; where those do not decide it, by the name of the file.
 */

/** Bytes that must be given for the best answer. */
export const TYPE_HEAD_BYTES = 8192;

const UNKNOWN = 'application/octet-stream';
const OOXML = 'application/vnd.openxmlformats-officedocument';

/** Magic bytes at an offset, as latin-1. The order matters only where one is the start of another. */
const MAGIC: [offset: number, bytes: string, type: string][] = [
  [0, '\x89PNG\r\n\x1a\n', 'image/png'],
  [0, '\xff\xd8\xff', 'image/jpeg'],
  [0, 'GIF87a', 'image/gif'],
  [0, 'GIF89a', 'image/gif'],
  [0, 'II*\0', 'image/tiff'],
  [0, 'MM\0*', 'image/tiff'],
  [0, 'BM', 'image/bmp'],
  [8, 'WEBP', 'image/webp'],
  [4, 'ftypheic', 'image/heic'],
  [0, '{\\rtf', 'application/rtf'],
  [0, '7z\xbc\xaf\x27\x1c', 'application/x-7z-compressed'],
  [0, 'Rar!\x1a\x07', 'application/vnd.rar'],
  [0, '\x1f\x8b', 'application/gzip'],
  [0, 'BZh', 'application/x-bzip2'],
  [0, '\xfd7zXZ\0', 'application/x-xz'],
  [257, 'ustar', 'application/x-tar'],
  [0, 'MSCF', 'application/vnd.ms-cab-compressed'],
  [0x8001, 'CD001', 'application/x-iso9660-image'],
  [0, '\x78\x9f\x3e\x22', 'application/ms-tnef'],
  [0, '\x7fELF', 'application/x-elf'],
  [0, '\xca\xfe\xba\xbe', 'application/x-mach-binary'],
  [0, '\xce\xfa\xed\xfe', 'application/x-mach-binary'],
  [0, '\xcf\xfa\xed\xfe', 'application/x-mach-binary'],
  [0, '\xfe\xed\xfa\xce', 'application/x-mach-binary'],
  [0, '\xfe\xed\xfa\xcf', 'application/x-mach-binary'],
  [0, 'L\0\0\0\x01\x14\x02\0', 'application/x-ms-shortcut'],
];

/** `head` is the start of the file (8 KB), `name` only breaks ties between kinds that look alike. */
export function detectType(head: Uint8Array, name: string): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, TYPE_HEAD_BYTES));
  const text = bytes.toString('latin1');
  if (text.length === 0) return UNKNOWN;
  if (isProgram(text)) return 'application/x-msdownload';
  const magic = MAGIC.find(([offset, mark]) => text.startsWith(mark, offset));
  if (magic && !(magic[2] === 'image/bmp' && !isBitmap(bytes))) return magic[2];
  if (/^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(text)) return zipKind(text, name);
  if (text.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return oleKind(text, name);
  // QUIRK: readers accept a PDF header anywhere in the first kilobyte, and so do the programs that write them. Looked at
  // last, since a container (winmail.dat, p7m) has its first file's header there too.
  const signed = signedKind(bytes, name);
  if (signed === null && /^[\s\S]{0,1024}?%PDF-\d/.test(text)) return 'application/pdf';
  return signed ?? textKind(text, name);
}

/** MZ alone could begin a text; the header of a program says where its second header is. */
function isProgram(text: string): boolean {
  return text.startsWith('MZ') && (text.length < 64 || /[\0-\x08]/.test(text.slice(2, 64)));
}

const isBitmap = (bytes: Buffer): boolean =>
  bytes.length > 30 && bytes.readUInt32LE(6) === 0 && bytes.readUInt32LE(14) <= 124;

function zipKind(text: string, name: string): string {
  const odf = /mimetypeapplication\/(vnd\.oasis\.opendocument\.[a-z]+)/.exec(text.slice(0, 200));
  if (odf) return `application/${odf[1]}`;
  const extension = extensionOf(name);
  const office = /\[Content_Types\]\.xml|_rels\/\.rels|docProps\//.test(text);
  if (/PK[\s\S]{28}word\//.test(text) || (office && /^do[ct][xm]$/.test(extension)))
    return `${OOXML}.wordprocessingml.document`;
  if (/PK[\s\S]{28}xl\//.test(text) || (office && /^xl[st][xm]$/.test(extension)))
    return `${OOXML}.spreadsheetml.sheet`;
  if (/PK[\s\S]{28}ppt\//.test(text) || (office && /^pp[ts][xm]$/.test(extension)))
    return `${OOXML}.presentationml.presentation`;
  if (/META-INF\/MANIFEST\.MF/.test(text) && extension === 'jar') return 'application/java-archive';
  return 'application/zip';
}

/** The kind of an OLE file stands in its directory, mostly beyond the first bytes: the name decides then. */
function oleKind(text: string, name: string): string {
  const wide = (word: string) => text.includes([...word].join('\0'));
  if (wide('WordDocument')) return 'application/msword';
  if (wide('Workbook') || wide('Book\0')) return 'application/vnd.ms-excel';
  if (wide('__substg1.0')) return 'application/vnd.ms-outlook';
  const kinds: Record<string, string> = {
    doc: 'application/msword',
    dot: 'application/msword',
    xls: 'application/vnd.ms-excel',
    ppt: 'application/vnd.ms-powerpoint',
    msg: 'application/vnd.ms-outlook',
    msi: 'application/x-msdownload',
  };
  return kinds[extensionOf(name)] ?? 'application/x-ole-storage';
}

/** CMS: SEQUENCE with the object identifier 1.2.840.113549.1.7.x, in DER or as PEM. */
function signedKind(bytes: Buffer, name: string): string | null {
  const at = bytes.subarray(0, 32).indexOf(Buffer.from('2a864886f70d0107', 'hex'));
  const pem = /^\s*-----BEGIN (?:PKCS7|CMS)-----/.test(bytes.toString('latin1', 0, 100));
  if (!pem && (bytes[0] !== 0x30 || at < 0)) return null;
  return /^p7[sb]$/.test(extensionOf(name)) ? 'application/pkcs7-signature' : 'application/pkcs7-mime';
}

function textKind(raw: string, name: string): string {
  const wide = raw.startsWith('\xff\xfe') || raw.startsWith('\xfe\xff');
  const text = (wide ? raw.slice(2).replaceAll('\0', '') : raw.replace(/^\xef\xbb\xbf/, '')).trimStart();
  if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return UNKNOWN;
  if (text.startsWith('#!')) return 'application/x-sh';
  const extension = extensionOf(name);
  if (/^(?:bat|cmd|vbs|vbe|js|jse|wsf|wsh|ps1|hta|sh)$/.test(extension)) return 'text/x-script';
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(text)) return 'text/html';
  if (/^<(?:\?xml|[a-z][\w.-]*:?[\w.-]*[\s>])/i.test(text) && /^<\?xml/.test(text)) {
    if (/<html\b/i.test(text.slice(0, 2000))) return 'text/html';
    return extension === 'edxml' || /edXML|http:\/\/www\.mic\.gov\.vn\/TBT\/QCVN/i.test(text)
      ? 'application/edxml+xml'
      : 'application/xml';
  }
  const fields = text.match(
    /^(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Content-Type|X-[\w-]+):/gim,
  );
  if (/^(?:>?From |[!-9;-~]+:[ \t])/.test(text) && (fields?.length ?? 0) >= 3) return 'message/rfc822';
  return 'text/plain';
}

const extensionOf = (name: string): string =>
  /\.([a-z0-9]{1,10})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? '';
