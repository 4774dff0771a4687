/**
 * The header block made safe for the parser: the first of each field that may stand once wins, whatever the parser's
 * version prefers; raw 8-bit text becomes encoded words; each deviation is named.
 */
import { fieldsOf, headerOf } from './head.ts';
import type { Defect } from './types.ts';

/** RFC 5322 3.6: fields that stand once. Content-* too, since a second one is a way around a filter. */
const ONCE = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'auto-submitted',
]);

export interface CleanHead {
  /** Bytes for the parser, with CRLF, without the empty line. */
  bytes: Buffer;
  /** Fields that were kept, in order: name in lower case, unfolded value as it came (latin-1 characters for bytes). */
  fields: { name: string; value: string }[];
  defects: Defect[];
}

export function cleanHead(block: Buffer): CleanHead {
  const defects: Defect[] = [];
  const fields: CleanHead['fields'] = [];
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const field of fieldsOf(block)) {
    const header = headerOf(field);
    if (header === null) {
      if (field.trim() !== '')
        defects.push({ code: 'header-malformed', detail: 'a line of the header is no field' });
      continue;
    }
    if (ONCE.has(header.name) && seen.has(header.name)) {
      defects.push({
        code: 'duplicate-header',
        detail: 'a field that stands once came again; the first counts',
        where: header.name,
      });
      continue;
    }
    seen.add(header.name);
    const value = header.value
      .replace(/\r?\n([ \t])/g, '$1')
      .replace(/[\r\n]/g, ' ')
      .trim();
    fields.push({ name: header.name, value });
    kept.push(`${field.slice(0, field.indexOf(':'))}: ${withoutRaw8Bit(header.name, value, defects)}\r\n`);
  }
  return { bytes: Buffer.from(kept.join(''), 'latin1'), fields, defects };
}

/** Raw bytes over 127 as encoded words. Parameters of Content-* fields are left to the parser (RFC 2231 and its abuses). */
function withoutRaw8Bit(name: string, value: string, defects: Defect[]): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  const { text, charset } = decode8Bit(Buffer.from(value, 'latin1'));
  defects.push({ code: 'raw-8bit-header', detail: `raw ${charset} text in a header`, where: name });
  if (name.startsWith('content-')) return Buffer.from(text).toString('latin1');
  return text.replace(/[^\s<>"(),;:@]*[^\x00-\x7f][^<>"(),;:@]*/gu, (run) => encodedWord(run));
}

function encodedWord(run: string): string {
  const trailing = /\s*$/.exec(run)![0];
  const words = [...run.trimEnd()].reduce<string[]>((all, char) => {
    const last = all.at(-1);
    if (last === undefined || Buffer.byteLength(last + char) > 42) all.push(char);
    else all[all.length - 1] = last + char;
    return all;
  }, []);
  return words.map((w) => `=?utf-8?B?${Buffer.from(w).toString('base64')}?=`).join(' ') + trailing;
}

/** UTF-8 where it is, else what Vietnamese mail programs wrote before it (ENC-01). Always NFC. */
export function decode8Bit(bytes: Uint8Array): { text: string; charset: 'utf-8' | 'windows-1258' } {
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes).normalize('NFC'),
      charset: 'utf-8',
    };
  } catch {
    return { text: new TextDecoder('windows-1258').decode(bytes).normalize('NFC'), charset: 'windows-1258' };
  }
}
