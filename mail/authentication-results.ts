/**
 * Authentication-Results (RFC 8601) written by a relay that the configuration trusts. Anybody can write such a header;
 * the ones that count are those of the topmost run, under a trusted authserv-id, that the message itself does not refute.
 */
import type { RawHeader } from './head.ts';
import type { AuthResult } from './types.ts';

/** One `method=result` with its properties, all lower case but for property values. */
export interface StatedResult {
  method: string;
  result: string;
  /** `header.d`, `smtp.mailfrom`… */
  properties: Record<string, string>;
}

export interface AuthenticationResults {
  authservId: string;
  results: StatedResult[];
}

const MAX_VALUE = 16_384;
const MAX_RESULTS = 50;

/** Null when the value does not follow RFC 8601 section 2.2. `none` gives no results. */
export function parseAuthenticationResults(value: string): AuthenticationResults | null {
  if (value.length > MAX_VALUE) return null;
  const [head, ...statements] = segments(withoutComments(value));
  const [, quoted, token] = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"=;]+))(?:\s+\d+)?\s*$/.exec(head ?? '') ?? [];
  const authservId = (quoted?.replace(/\\(.)/g, '$1') ?? token)?.toLowerCase();
  if (!authservId || statements.length === 0) return null;
  const results: StatedResult[] = [];
  for (const statement of statements.slice(0, MAX_RESULTS)) {
    if (/^\s*(none)?\s*$/i.test(statement)) continue;
    const result = statedResult(statement);
    // One statement that cannot be read makes the others doubtful too: the header is not believed at all.
    if (result === null) return null;
    results.push(result);
  }
  return { authservId, results };
}

/** Comments nest and may quote (RFC 5322 3.2.2); quoted strings are left as they are. */
function withoutComments(value: string): string {
  let depth = 0;
  let quoted = false;
  let kept = '';
  for (let i = 0; i < value.length; i++) {
    const c = value[i]!;
    if (c === '\\' && (depth > 0 || quoted)) {
      if (depth === 0) kept += value.slice(i, i + 2);
      i++;
    } else if (depth > 0) {
      if (c === '(') depth++;
      else if (c === ')') depth--;
    } else if (c === '(' && !quoted) {
      depth++;
      kept += ' ';
    } else {
      if (c === '"') quoted = !quoted;
      kept += c;
    }
  }
  return kept.replace(/\r?\n/g, '');
}

function segments(value: string): string[] {
  return value.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+|(?<=;)(?=;|$)/g) ?? [];
}

function statedResult(statement: string): StatedResult | null {
  const [whole, method, result] =
    /^\s*([a-z0-9-]+)\s*(?:\/\s*\d+\s*)?=\s*([a-z0-9-]+)/i.exec(statement) ?? [];
  if (whole === undefined || method === undefined || result === undefined) return null;
  const properties: Record<string, string> = {};
  let rest = statement.slice(whole.length);
  while (rest.trim() !== '') {
    const [found, name, quoted, plain] =
      /^\s+(reason|[a-z0-9-]+\s*\.\s*[a-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(rest) ?? [];
    if (found === undefined || name === undefined) return null;
    const key = name.replace(/\s+/g, '').toLowerCase();
    properties[key] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
    rest = rest.slice(found.length);
  }
  return { method: method.toLowerCase(), result: result.toLowerCase(), properties };
}

/** Lines that filters of one server put between their results. */
const AMONG = /^(?:authentication-results|received-spf|arc-.*|dkim-filter|x-.*)$/;

/**
 * What trusted relays state, by method: of several headers the topmost that speaks of a method counts. Empty when none
 * is believed; `ignored` counts headers that were there and did not count.
 *
 * The run begins at the topmost Authentication-Results and ends at the first header of another kind. Above every
 * Received line nothing can come from the sender. Below one, the lines after the first may be the sender's own, where
 * the relay puts its result under its Received line: there only the first header counts.
 */
export function believedResults(
  headers: RawHeader[],
  trusted: string[],
): { results: StatedResult[]; ignored: number } {
  const ids = trusted.map((id) => id.toLowerCase());
  const all = headers.filter((header) => header.name === 'authentication-results').length;
  const start = headers.findIndex((header) => header.name === 'authentication-results');
  const belowReceived = headers.slice(0, Math.max(0, start)).some((header) => header.name === 'received');
  const results: StatedResult[] = [];
  let counted = 0;
  for (const header of start < 0 ? [] : headers.slice(start)) {
    if (!AMONG.test(header.name) || (belowReceived && counted > 0)) break;
    if (header.name !== 'authentication-results') continue;
    const stated = parseAuthenticationResults(header.value);
    if (stated === null || !ids.includes(stated.authservId)) break;
    const known = new Set(results.map((result) => result.method));
    results.push(...stated.results.filter((result) => !known.has(result.method)));
    counted++;
  }
  return refuted(results, headers) ? { results: [], ignored: all } : { results, ignored: all - counted };
}

/** A relay cannot have seen a signature that the message does not carry. */
function refuted(results: StatedResult[], headers: RawHeader[]): boolean {
  const signers = headers
    .filter((header) => header.name === 'dkim-signature')
    .map((header) => /(?:^|;)\s*d\s*=\s*([^;]+)/i.exec(header.value)?.[1]?.replace(/\s+/g, '').toLowerCase());
  return signedBy(results).some(
    (domain) => !signers.some((signer) => domain === signer || domain.endsWith(`.${signer}`)),
  );
}

/** Domains whose signature a relay found good. */
export function signedBy(results: StatedResult[]): string[] {
  return results
    .filter((one) => one.method === 'dkim' && one.result === 'pass')
    .map((one) => one.properties['header.d'] ?? one.properties['header.i']?.split('@').pop() ?? '')
    .map((domain) => domain.toLowerCase());
}

const KNOWN: Record<string, AuthResult> = {
  pass: 'pass',
  fail: 'fail',
  hardfail: 'fail',
  softfail: 'softfail',
  neutral: 'neutral',
  none: 'none',
  temperror: 'temperror',
  permerror: 'permerror',
  policy: 'policy',
};

/** The result stated for a method, best of several; null when nothing is stated. An unknown word claims nothing. */
export function statedFor(results: StatedResult[], method: string): AuthResult | null {
  const stated = results.filter((one) => one.method === method).map((one) => KNOWN[one.result] ?? 'none');
  return stated.includes('pass') ? 'pass' : (stated[0] ?? null);
}
