/** The text of a letter out of its text parts. */
import { decodeText } from './charset.ts';
import { htmlToText } from './html-text.ts';
import { MAX_TEXT_CHARACTERS } from './limits.ts';
import type { Structured } from './parameters.ts';

export interface TextPart {
  html: boolean;
  text: string;
  /** Of the charset, or null. */
  problem: string | null;
}

/** `type` is the part's Content-Type. */
export function readTextPart(bytes: Uint8Array, type: Structured): TextPart {
  const { text, problem } = decodeText(bytes, type.params.get('charset') ?? null);
  const lines = text.replace(/\r\n?/g, '\n').replaceAll('\0', '');
  const html = type.value === 'text/html';
  const flowed = !html && type.params.get('format')?.toLowerCase() === 'flowed';
  return {
    html,
    text: flowed ? unflowed(lines, type.params.get('delsp')?.toLowerCase() === 'yes') : lines,
    problem,
  };
}

/** `shown`: plain parts joined; the HTML ones, as text, where no plain part says anything. `other`: those not shown. */
export function bodyText(parts: TextPart[]): { shown: string; other: string | null; cut: boolean } {
  const plain = parts
    .filter((part) => !part.html && part.text.trim() !== '')
    .map((part) => part.text.trimEnd());
  const html = parts.filter((part) => part.html).map((part) => htmlToText(part.text));
  const shown = joined(plain.length > 0 ? plain : html);
  const other = plain.length > 0 && html.length > 0 ? joined(html) : { text: null, cut: false };
  return { shown: shown.text, other: other.text, cut: shown.cut || other.cut };
}

function joined(texts: string[]): { text: string; cut: boolean } {
  const whole = texts.join('\n\n').normalize('NFC');
  if (whole.length <= MAX_TEXT_CHARACTERS) return { text: whole, cut: false };
  return { text: whole.slice(0, MAX_TEXT_CHARACTERS).replace(/[\ud800-\udbff]$/, ''), cut: true };
}

/** RFC 3676: a line that ends in a blank goes on in the next, unless it is the signature mark or quoted otherwise. */
function unflowed(text: string, deleteSpace: boolean): string {
  const out: string[] = [];
  let depth = -1;
  let open = false;
  for (const raw of text.split('\n')) {
    const quotes = /^>*/.exec(raw)![0];
    const line = raw.slice(quotes.length).replace(/^ /, '');
    const last = out.at(-1);
    if (open && last !== undefined && quotes.length === depth && line !== '-- ') {
      out[out.length - 1] = (deleteSpace ? last.replace(/ $/, '') : last) + line;
    } else out.push(quotes === '' ? line : `${quotes} ${line}`);
    open = line.endsWith(' ') && line !== '-- ';
    depth = quotes.length;
  }
  return out.join('\n');
}
