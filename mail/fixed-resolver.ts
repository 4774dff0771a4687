/** DNS answers from a JSON zone instead of the network: for tests, the demo and closed networks. */
import { CongvanError } from '../config/error.ts';
import type { DnsResolver } from './types.ts';

/**
 * Name → type → answers. TXT: whole texts. A, AAAA, CNAME, PTR: strings. MX: `{ exchange, priority }`. Instead of
 * answers, `"SERVFAIL"` or `"TIMEOUT"` stands for a server that does not answer. A name that is not there does not
 * exist (ENOTFOUND); a name without the type has no data (ENODATA).
 */
export type Zone = Record<string, Record<string, unknown>>;

const FAILURES: Record<string, string> = { SERVFAIL: 'ESERVFAIL', TIMEOUT: 'ETIMEOUT' };

type Answer = Awaited<ReturnType<DnsResolver>>;

/** Throws CongvanError ZONE_INVALID, permanent, naming the entry that is wrong. */
export function fixedResolver(zone: unknown): DnsResolver {
  const answers = readZone(zone);
  return async (name, type) => {
    const found = answers.get(canonical(name));
    if (found === undefined) throw dnsError('ENOTFOUND', name, type);
    const answer = found.get(type.toUpperCase());
    if (answer === undefined) throw dnsError('ENODATA', name, type);
    if (typeof answer === 'string') throw dnsError(answer, name, type);
    return answer;
  };
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** The shape of node:dns errors, which the checks tell a missing name from a failing server by. */
function dnsError(code: string, name: string, type: string): Error {
  return Object.assign(new Error(`query${type} ${code} ${name}`), { code, hostname: name });
}

/** A string stands for a failure, by its error code. */
function readZone(zone: unknown): Map<string, Map<string, Answer | string>> {
  const names = new Map<string, Map<string, Answer | string>>();
  for (const [name, types] of entriesOf(zone, 'zone')) {
    const byType = new Map<string, Answer | string>();
    for (const [type, value] of entriesOf(types, name))
      byType.set(type.toUpperCase(), readAnswer(name, type, value));
    names.set(canonical(name), byType);
  }
  return names;
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where);
  return Object.entries(value);
}

function readAnswer(name: string, type: string, value: unknown): Answer | string {
  if (typeof value === 'string' && FAILURES[value]) return FAILURES[value];
  const where = `${name} ${type}`;
  if (!Array.isArray(value)) throw wrong(where);
  if (type.toUpperCase() === 'MX') return value.map((one) => exchange(one, where));
  if (!value.every((one) => typeof one === 'string')) throw wrong(where);
  return type.toUpperCase() === 'TXT' ? value.map((text) => [text]) : value;
}

function exchange(value: unknown, where: string): { exchange: string; priority: number } {
  const { exchange: host, priority } = (value ?? {}) as { exchange?: unknown; priority?: unknown };
  if (typeof host !== 'string' || typeof priority !== 'number') throw wrong(where);
  return { exchange: host, priority };
}

function wrong(where: string): CongvanError {
  return new CongvanError('ZONE_INVALID', `Tệp câu trả lời DNS không đúng ở mục ${where}.`, {
    temporary: false,
    fields: { where },
  });
}
