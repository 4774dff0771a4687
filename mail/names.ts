/** File names out of mail, made safe for showing and saving; the name as it came is kept beside it, for evidence. */

/** Characters of a safe name, its extension included. */
const MAX_NAME = 200;
/** Bytes of UTF-8: one file name of common file systems holds 255. */
const MAX_NAME_BYTES = 240;

/** Control, zero-width, bidirectional and line-separating characters: they make a name look like another. */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
/** What file systems do not take. */
const FORBIDDEN = /[<>:"|?*]/g;
/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** `fallback` is used when nothing is left of the name. The extension survives the shortening. */
export function safeName(raw: string | null, fallback: string): string {
  const lastPart = (raw ?? '').normalize('NFC').replace(INVISIBLE, '').split(/[\\/]/).at(-1)!;
  const cleaned = lastPart
    .replace(FORBIDDEN, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '');
  if (cleaned === '') return fallback;
  return shortened(DEVICE.test(cleaned) ? `_${cleaned}` : cleaned);
}

function shortened(name: string): string {
  if (name.length <= MAX_NAME && Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? '';
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    const next = stem + character;
    if (next.length + extension.length > MAX_NAME) break;
    if (Buffer.byteLength(next) + Buffer.byteLength(extension) > MAX_NAME_BYTES) break;
    stem = next;
  }
  return `${stem.trimEnd()}${extension}`.normalize('NFC');
}

const EXTENSIONS: Record<string, string> = {
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/msword': '.doc',
  'application/vnd.ms-excel': '.xls',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/tiff': '.tif',
  'image/gif': '.gif',
  'application/rtf': '.rtf',
  'application/xml': '.xml',
  'message/rfc822': '.eml',
  'text/html': '.html',
  'text/plain': '.txt',
};

/** A name for a part that has none, by its place and what it is. */
export function nameFor(path: string, detectedType: string): string {
  return `tệp-${path.replace(/[^\w.-]/g, '-')}${EXTENSIONS[detectedType] ?? ''}`;
}
