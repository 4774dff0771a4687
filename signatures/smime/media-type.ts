/** Content-Type with its parameters (RFC 2045 5.1, RFC 2231). */

export interface MediaType {
  /** `type/subtype`, lower case; `text/plain` when absent or not readable (RFC 2045 5.2). */
  type: string;
  /** By lower-case name; the first value where one is given twice. */
  parameters: Map<string, string>;
  /** A parameter given twice with another value, or what cannot be read: two readers may see two things. */
  ambiguous: boolean;
}

/** Comments out, quoted strings kept. */
function withoutComments(text: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (depth === 0 && char === '"') {
      const quoted = /^"(?:[^"\\]|\\[\s\S])*"?/.exec(text.slice(at))![0];
      out += quoted;
      at += quoted.length - 1;
    } else if (char === '(') depth += 1;
    else if (char === ')' && depth > 0) depth -= 1;
    else if (depth > 0 && char === '\\') at += 1;
    else if (depth === 0) out += char;
  }
  return out;
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\[\s\S])*"|[^\s;"]*)\s*/y;

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\([\s\S])/g, '$1') : value;
}

/** RFC 2231: `name*`, `name*0`, `name*1*`: charset and language dropped, percent signs decoded as octets. */
function extended(name: string, value: string): { base: string; text: string } {
  const match = /^([^*]+)(?:\*(\d+))?(\*)?$/.exec(name);
  if (match === null) return { base: name, text: value };
  const encoded = match[3] !== undefined;
  const first = match[2] === undefined || Number(match[2]) === 0;
  const bare = encoded && first ? value.replace(/^[^']*'[^']*'/, '') : value;
  const text = encoded
    ? bare.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : bare;
  return { base: match[1]!, text };
}

/** Name and value of each parameter, pieces of one value joined; `whole` = everything was read. */
function readParameters(text: string): { pairs: [string, string][]; whole: boolean } {
  const pairs: [string, string][] = [];
  const pieces = new Map<string, string>();
  let at = 0;
  PARAMETER.lastIndex = 0;
  for (let match = PARAMETER.exec(text); match !== null; match = PARAMETER.exec(text)) {
    at = PARAMETER.lastIndex;
    const name = match[1]!.toLowerCase();
    const { base, text: value } = extended(name, unquoted(match[2]!));
    if (base === name) pairs.push([name, value]);
    else pieces.set(base, (pieces.get(base) ?? '') + value);
  }
  return { pairs: [...pairs, ...pieces], whole: /^[\s;]*$/.test(text.slice(at)) };
}

/** Longest field read, octets: real ones stay under 1,000. */
const MAX_FIELD = 16 * 1024;

export function readMediaType(field: string | null): MediaType {
  const parameters = new Map<string, string>();
  if (field !== null && field.length > MAX_FIELD) return { type: 'text/plain', parameters, ambiguous: true };
  if (field === null) return { type: 'text/plain', parameters, ambiguous: false };
  const text = withoutComments(field);
  const match = /^\s*([^\s/;=]+)\s*\/\s*([^\s/;=]+)\s*/.exec(text);
  if (match === null) return { type: 'text/plain', parameters, ambiguous: true };
  const { pairs, whole } = readParameters(text.slice(match[0].length));
  let ambiguous = !whole;
  for (const [name, value] of pairs) {
    const known = parameters.get(name);
    if (known === undefined) parameters.set(name, value);
    else if (known !== value) ambiguous = true;
  }
  return { type: `${match[1]}/${match[2]}`.toLowerCase(), parameters, ambiguous };
}
