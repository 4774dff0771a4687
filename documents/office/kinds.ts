/** Which kind of Office or text file this is: by what it contains; its name decides only among plain texts. */
import { isCompoundFile, openCompoundFile } from './compound-file.ts';
import { deadlineIn } from './limits.ts';
import { openParts, type ZipParts } from './zip-parts.ts';

export type OfficeKind = 'docx' | 'doc' | 'rtf' | 'odt' | 'txt' | 'xlsx' | 'ods' | 'csv';

/** Null for what this folder does not read (PDF, pictures, .xls, programs, archives). */
export function officeKind(bytes: Uint8Array, name: string): OfficeKind | null {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  if (start.startsWith('PK\x03\x04')) return kindOfZip(bytes, name);
  if (isCompoundFile(bytes)) return kindOfCompound(bytes, name);
  if (start.startsWith('{\\rtf')) return 'rtf';
  if (/\.(?:csv|tsv)$/i.test(name)) return 'csv';
  return /\.(?:txt|text|md|log)$/i.test(name) ? 'txt' : null;
}

function kindOfZip(bytes: Uint8Array, name: string): OfficeKind | null {
  let parts: ZipParts;
  try {
    parts = openParts(bytes, deadlineIn());
    const type = Buffer.from(parts.read('mimetype') ?? []).toString('latin1');
    if (type.includes('opendocument.text')) return 'odt';
    if (type.includes('opendocument.spreadsheet')) return 'ods';
  } catch {
    return byName(name);
  }
  if (parts.names.some((one) => one.startsWith('word/'))) return 'docx';
  if (parts.names.some((one) => one.startsWith('xl/'))) return 'xlsx';
  return parts.names.includes('content.xml') || parts.names.includes('[Content_Types].xml')
    ? byName(name)
    : null;
}

/** A broken package is still told to be what its name says, so that what is wrong with it gets said. */
function byName(name: string): OfficeKind | null {
  const extension = /\.(docx|docm|dotx|odt|ott|xlsx|xlsm|ods)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const kinds: Record<string, OfficeKind> = { docm: 'docx', dotx: 'docx', ott: 'odt', xlsm: 'xlsx' };
  return kinds[extension] ?? ((extension || null) as OfficeKind | null);
}

function kindOfCompound(bytes: Uint8Array, name: string): OfficeKind | null {
  try {
    return openCompoundFile(bytes).read('WordDocument') === null ? null : 'doc';
  } catch {
    return /\.(?:doc|dot)$/i.test(name) ? 'doc' : null;
  }
}
