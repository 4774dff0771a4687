/** Structured header values: `value; name=value`, with RFC 2231 and with what mail programs write instead. */
import { decodeText } from './charset.ts';
import { decodeHeaderText } from './encoded-words.ts';

export interface Structured {
  /** Lower case, without parameters and comments. */
  value: string;
  /** Names in lower case; values decoded, not yet made safe. */
  params: Map<string, string>;
}

type Pair = { name: string; value: string; quoted: boolean };

const MAX_PARAMETERS = 200;

/** `raw` is latin-1; `charset` is what raw 8-bit bytes are when not UTF-8. An absent header is ''. */
export function parseStructured(raw: string, charset: string | null = null): Structured {
  const [first = '', ...rest] = segments(raw);
  const pairs: Pair[] = [];
  for (const segment of rest.slice(0, MAX_PARAMETERS)) {
    const match = /^\s*([^\s=]+)\s*=\s*(.*)$/s.exec(segment);
    const last = pairs.at(-1);
    if (match) pairs.push(pair(match[1]!, match[2]!));
    // QUIRK: unquoted names with a semicolon in them (filename=So 12; ngay 13.pdf) belong together.
    else if (last && !last.quoted && segment.trim() !== '') last.value += `;${segment}`;
  }
  return {
    value: first
      .replace(/\([^()]*\)/g, '')
      .trim()
      .toLowerCase(),
    params: joined(pairs, charset),
  };
}

/** Splits at semicolons outside quotes. */
function segments(raw: string): string[] {
  const found: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    if (quoted && raw[i] === '\\') i++;
    else if (raw[i] === '"') quoted = !quoted;
    else if (raw[i] === ';' && !quoted) {
      found.push(raw.slice(start, i));
      start = i + 1;
    }
  }
  found.push(raw.slice(start));
  return found;
}

function pair(name: string, value: string): Pair {
  const text = value.trim();
  const quoted = text.startsWith('"');
  const inner = quoted ? text.slice(1, text.lastIndexOf('"') > 0 ? text.lastIndexOf('"') : undefined) : text;
  // A backslash escapes only a quote or itself: Windows paths in names are common.
  return { name: name.toLowerCase(), value: quoted ? inner.replace(/\\(["\\])/g, '$1') : inner, quoted };
}

/** RFC 2231: `name*` over `name*0*…` over `name`; within one form the first wins. */
function joined(pairs: Pair[], charset: string | null): Map<string, string> {
  const params = new Map<string, string>();
  const sections = new Map<string, Pair[]>();
  for (const one of pairs) {
    const match = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/.exec(one.name);
    if (!match) {
      if (!params.has(one.name)) params.set(one.name, decodeHeaderText(one.value, charset));
    } else {
      sections.set(match[1]!, [...(sections.get(match[1]!) ?? []), one]);
    }
  }
  for (const [name, parts] of sections) params.set(name, extended(parts, charset));
  return params;
}

function extended(parts: Pair[], charset: string | null): string {
  const whole = parts.find((part) => !/\d/.test(part.name.slice(part.name.indexOf('*'))));
  const ordered = whole ? [whole] : [...parts].sort((a, b) => sectionOf(a) - sectionOf(b));
  if (!ordered.some((part) => part.name.endsWith('*'))) {
    return decodeHeaderText(ordered.map((part) => part.value).join(''), charset);
  }
  const label = /^([^']*)'[^']*'/.exec(ordered[0]!.value);
  const bytes = ordered.map((part, index) => {
    const text = index === 0 && label ? part.value.slice(label[0].length) : part.value;
    return Buffer.from(part.name.endsWith('*') ? percentDecoded(text) : text, 'latin1');
  });
  return decodeText(Buffer.concat(bytes), label?.[1] || null).text;
}

const sectionOf = (part: Pair): number => Number(/\*(\d+)/.exec(part.name)?.[1] ?? 0);

const percentDecoded = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
