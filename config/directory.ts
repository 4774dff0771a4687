/** The agency directory (danh bạ): who is who by address, and to whom a document is to go. */
import { readFileSync } from 'node:fs';
import { CongvanError } from './error.ts';
import { isMailAddress } from './leaves.ts';
import { parseYaml } from './parse-yaml.ts';
import { type ConfigProblem, type Lang, refuseConfig } from './problems.ts';
import { directoryFile } from './schema.ts';
import { translateIssue } from './translate.ts';
import type { DirectoryAgency } from './types.ts';

/** Agencies of a directory file; a large province has a few thousand. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;

/** The part of the configuration that knows the agencies. */
interface Directory {
  readonly agencies: readonly DirectoryAgency[];
}

/** Reads the directory file. Throws `CONFIG_INVALID` naming every wrong line. */
export function loadDirectory(file: string, lang: Lang = 'vi'): DirectoryAgency[] {
  const { value, lineOf } = parseYaml(readDirectoryFile(file), file);
  const parsed = directoryFile.safeParse(value ?? {});
  const problems = parsed.success
    ? checkAgencies(parsed.data.agencies)
    : parsed.error.issues.map((issue) => translateIssue(issue, value));
  if (problems.length > 0) throw refuseConfig({ file, lineOf }, problems, lang);
  return parsed.data!.agencies;
}

function readDirectoryFile(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.length <= MAX_DIRECTORY_BYTES) return text;
  } catch (cause) {
    throw new CongvanError('CONFIG_UNREADABLE', `The agency directory ${file} cannot be read.`, {
      cause,
      fields: { file },
    });
  }
  throw new CongvanError('CONFIG_UNREADABLE', `The agency directory ${file} is larger than 16 MB.`, {
    temporary: false,
    fields: { file },
  });
}

/** Two agencies with one code, or one address, whose times overlap cannot be told apart. */
function checkAgencies(agencies: DirectoryAgency[]): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Map<string, number[]>();
  agencies.forEach((agency, index) => {
    const at = ['agencies', index];
    if (agency.validFrom !== null && agency.validTo !== null && agency.validTo < agency.validFrom) {
      problems.push({
        path: [...at, 'validTo'],
        vi: 'phải sau ngày validFrom',
        en: 'must not be before validFrom',
      });
    }
    const keys: [string, (string | number)[]][] = [
      [`mã ${agency.code}`, [...at, 'code']],
      ...agency.addresses.map((mail, n): [string, (string | number)[]] => [mail, [...at, 'addresses', n]]),
    ];
    for (const [key, path] of keys) {
      const other = (seen.get(key) ?? []).find((n) => overlap(agencies[n]!, agency));
      if (other !== undefined) problems.push(duplicate(key, path, agencies[other]!));
      seen.set(key, [...(seen.get(key) ?? []), index]);
    }
  });
  return problems;
}

function duplicate(key: string, path: (string | number)[], other: DirectoryAgency): ConfigProblem {
  return {
    path,
    vi: `«${key}» đã dùng cho «${other.name}»; mỗi mã và mỗi địa chỉ chỉ thuộc một cơ quan trong cùng thời gian`,
    en: `"${key}" already belongs to "${other.name}"; a code or address belongs to one agency at a time`,
  };
}

function overlap(a: DirectoryAgency, b: DirectoryAgency): boolean {
  const open = '9999-12-31';
  return (a.validFrom ?? '') <= (b.validTo ?? open) && (b.validFrom ?? '') <= (a.validTo ?? open);
}

/** True when the agency is in force on the date (ISO date, Vietnam time); without a date always (ID-05). */
function isInForce(agency: DirectoryAgency, on: string | null): boolean {
  if (on === null) return true;
  return (agency.validFrom ?? '') <= on && on <= (agency.validTo ?? '9999-12-31');
}

/** The agency that owns a mail address on that date; null when nobody does. Plus-details do not count. */
export function findAgency(
  directory: Directory,
  address: string,
  on: string | null = null,
): DirectoryAgency | null {
  const wanted = address.trim().toLowerCase();
  const bare = wanted.replace(/\+[^@]*@/, '@');
  const owns = (agency: DirectoryAgency): boolean =>
    isInForce(agency, on) && agency.addresses.some((mail) => mail === wanted || mail === bare);
  return directory.agencies.find(owns) ?? null;
}

/**
 * Recipients named by code, name, short name, group or mail address (ISS-03), each once, in the order given; the first
 * address is the one to send to. Whether each has one is for the caller to judge.
 * Throws one `RECIPIENT_UNKNOWN` that names all that were not found or fit several agencies.
 */
export function resolveRecipients(
  directory: Directory,
  names: readonly string[],
  on: string | null = null,
): DirectoryAgency[] {
  const current = directory.agencies.filter((agency) => isInForce(agency, on));
  const found = new Map<string, DirectoryAgency>();
  const wrong: string[] = [];
  for (const name of names) {
    const { matches, problem } = matchName(current, name);
    if (problem !== null) wrong.push(problem);
    for (const match of matches) {
      const key = match.addresses[0] ?? match.code;
      if (!found.has(key)) found.set(key, match);
    }
  }
  if (wrong.length === 0) return [...found.values()];
  throw new CongvanError('RECIPIENT_UNKNOWN', `${wrong.join('; ')}.`, {
    temporary: false,
    fields: { count: wrong.length },
  });
}

interface NameMatch {
  matches: DirectoryAgency[];
  /** Vietnamese, when the name leads nowhere or to several. */
  problem: string | null;
}

function matchName(current: DirectoryAgency[], name: string): NameMatch {
  const wanted = fold(name);
  if (name.includes('@')) return matchAddress(current, name);
  const exact = current.filter((agency) => fold(agency.code) === wanted || fold(agency.name) === wanted);
  const short = current.filter((agency) => agency.shortNames.some((alias) => fold(alias) === wanted));
  const one = exact.length > 0 ? exact : short;
  if (one.length === 1) return { matches: one, problem: null };
  if (one.length > 1) {
    const list = one.map((agency) => `${agency.name} (${agency.code})`).join(', ');
    return { matches: [], problem: `«${name}» là tên của nhiều cơ quan: ${list}; đề nghị dùng mã cơ quan` };
  }
  const members = current.filter((agency) => agency.groups.some((member) => fold(member) === wanted));
  if (members.length > 0) return { matches: members, problem: null };
  return { matches: [], problem: `«${name}» không có trong danh bạ` };
}

/** An address of the directory, or any other well-formed one: the clerk has named it. */
function matchAddress(current: DirectoryAgency[], name: string): NameMatch {
  const address = name.trim().toLowerCase();
  if (!isMailAddress(address)) return { matches: [], problem: `«${name}» không phải địa chỉ thư điện tử` };
  const agency = findAgency({ agencies: current }, address);
  if (agency !== null) return { matches: [{ ...agency, addresses: [address] }], problem: null };
  const unknown = { code: '', name: address, shortNames: [], symbols: [], groups: [] };
  return { matches: [{ ...unknown, addresses: [address], validFrom: null, validTo: null }], problem: null };
}

/** Case and spacing do not make another name; diacritics do. */
function fold(value: string): string {
  return value.normalize('NFC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('vi');
}
