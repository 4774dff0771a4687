/** Reading the groups of a ký hiệu: which is the type, which the agency, which the unit (DOMAIN 5.1 rules 1–9). */
import { fold } from './normalise.ts';
import {
  AMBIGUOUS_TYPES,
  type DocumentType,
  QPPL_TYPES,
  STATE_TYPES,
  TYPES_WITH_YEAR,
} from './types-list.ts';

export interface SymbolReading {
  family: 'state' | 'qppl' | 'copy';
  type: string | null;
  typeName: string | null;
  org: string | null;
  unit: string | null;
  flags: string[];
}

/** What helps to tell a type from an agency of the same letters. */
export interface SymbolHints {
  /** Symbols of the agency directory (UBND, SNV…), compared by fold. */
  knownOrgs?: ReadonlySet<string> | undefined;
  /** Name of the type line on the page ("Công điện"), where there is one. */
  pageType?: string | null | undefined;
}

/**
 * Agencies whose symbols are the same in every province; with the prefixes of ministries (B…), departments (S…),
 * offices (VP…), courts, police and the like this tells `15/BC-SNV` from `45/CĐ-CNVC`. Written folded.
 */
const COMMON_ORG =
  /^(?:UBND|HDND|UB|UBMT\w*|MTTQ\w*|CP|TTG|CTN|QH\d*|UBTVQH\d*|TW|S[A-Z]{2,8}|B[A-Z]{2,9}|VP[A-Z]{1,10}|TAND\w*|VKS\w*|CA[A-Z]{0,6}|TTTH|BHXH\w*|KBNN\w*|NHNN\w*|LDLD\w*|HLHPN\w*|HND|HCCB|DTN|KTNN|TCT|TCHQ|TKTU|DU[A-Z]{0,4}|TU)$/;

/** Symbols that are printed in mixed case though everything else is in capitals (rule 11). */
const MIXED_CASE = new Map([['TTG', 'TTg']]);

/** QUIRK: what OCR and ASCII file names make of the two commonest agencies (DOMAIN 4.6); lower case is left alone. */
const MISREAD_ORGS = new Map([
  ['UBND', 'UBND'],
  ['UBNO', 'UBND'],
  ['UBN0', 'UBND'],
  ['HDND', 'HĐND'],
]);

/** `QD`, `ND`, `CD` have lost a stroke; `HD` and `DA` are types of their own and stay (rule 4). */
const LOST_STROKE = new Map([
  ['QD', 'QĐ'],
  ['ND', 'NĐ'],
  ['CD', 'CĐ'],
  ['QYD', 'QyĐ'],
]);

/** Reads the groups of a state symbol; `year` as printed between number and symbol. */
export function readSymbol(groups: string[], year: number | null, hints: SymbolHints): SymbolReading {
  const [first = '', ...rest] = groups;
  const { type, flags } = findType(first, year);
  const orgs = rest.map((group) => repairOrg(group, flags));
  if (type?.abbr === 'TTLT' || type?.abbr === 'NQLT') {
    return named(type, { org: orgs.join('-') || null, unit: null, year, flags });
  }
  if (type !== null && isNamed(type, orgs[0] ?? null, hints)) {
    return named(type, { org: orgs[0] ?? null, unit: orgs.slice(1).join('-') || null, year, flags });
  }
  return plain(groups, { year, ambiguous: type !== null });
}

/** The type a first group names, whatever its case. */
function findType(group: string, year: number | null): { type: DocumentType | null; flags: string[] } {
  const upper = group.toUpperCase();
  const restored = LOST_STROKE.get(upper);
  const wanted = (restored ?? upper).toUpperCase();
  const type = typesFor(year).find(({ abbr }) => abbr?.toUpperCase() === wanted) ?? null;
  if (type === null) return { type: null, flags: [] };
  if (restored !== undefined) return { type, flags: ['STROKE_RESTORED'] };
  return { type, flags: group === type.abbr ? [] : ['CASE_FIXED'] };
}

/** With a year the legal normative types come first (TT = Thông tư); NĐ is one even where its year was left out. */
function typesFor(year: number | null): readonly DocumentType[] {
  if (year !== null) return [...QPPL_TYPES, ...STATE_TYPES];
  return [...STATE_TYPES, ...QPPL_TYPES.filter(({ abbr }) => abbr === 'NĐ' || abbr?.endsWith('LT'))];
}

/** Rule 1 and 3: a type, unless its letters may as well be an agency's and nothing says which. */
function isNamed(type: DocumentType, second: string | null, hints: SymbolHints): boolean {
  const abbr = type.abbr ?? '';
  if (hints.pageType && fold(hints.pageType) === fold(type.name)) return true;
  if (!AMBIGUOUS_TYPES.has(abbr)) return true;
  return second !== null && isOrg(second, hints.knownOrgs);
}

function isOrg(group: string, knownOrgs: ReadonlySet<string> | undefined): boolean {
  const folded = fold(group);
  if (STATE_TYPES.some(({ abbr }) => abbr !== null && fold(abbr) === folded)) return false;
  if (COMMON_ORG.test(folded)) return true;
  for (const org of knownOrgs ?? []) if (fold(org) === folded) return true;
  return false;
}

function named(
  type: DocumentType,
  of: { org: string | null; unit: string | null; year: number | null; flags: string[] },
): SymbolReading {
  const { org, unit, year } = of;
  const legal = type.family === 'qppl' || (year !== null && TYPES_WITH_YEAR.has(type.abbr ?? ''));
  const flags = [...of.flags];
  if (org === null) flags.push('NO_ORG');
  if (legal && year === null) flags.push('MISSING_YEAR');
  if (!legal && year !== null) flags.push('UNEXPECTED_YEAR');
  const family = legal ? 'qppl' : type.family === 'copy' ? 'copy' : 'state';
  return { family, type: type.abbr, typeName: type.name, org, unit, flags };
}

/** Rule 2 and 6: an agency first is a công văn; with a year alone, the title must say what it is. */
function plain(groups: string[], of: { year: number | null; ambiguous: boolean }): SymbolReading {
  const flags = of.ambiguous ? ['AMBIGUOUS_TYPE'] : [];
  const [first = '', ...rest] = groups;
  // QUIRK: agencies outside the rule print CV as if it were a type; NĐ 30/2020 gives công văn no abbreviation.
  const cv = first.toUpperCase() === 'CV' && rest.length > 0;
  const [org = null, ...units] = (cv ? rest : groups).map((group) => repairOrg(group, flags));
  const unit = units.join('-') || null;
  const type = cv ? 'CV' : null;
  if (of.year === null) return { family: 'state', type, typeName: 'Công văn', org, unit, flags };
  const assembly = /^(?:UBTV)?QH\d{1,2}$/.test(fold(org ?? ''));
  flags.push('TYPE_FROM_TITLE');
  if (!assembly) flags.push('UNEXPECTED_YEAR');
  return { family: assembly ? 'qppl' : 'state', type, typeName: null, org, unit, flags };
}

/** Puts right the case of TTg and the strokes of UBND and HĐND; everything else stays as printed. */
function repairOrg(group: string, flags: string[]): string {
  const upper = group.toUpperCase();
  const mixed = MIXED_CASE.get(upper);
  if (mixed !== undefined && group === upper && mixed !== group) {
    flags.push('CASE_FIXED');
    return mixed;
  }
  const misread = group === upper ? MISREAD_ORGS.get(fold(group)) : undefined;
  if (misread === undefined || misread === group) return group;
  flags.push('ORG_REPAIRED');
  return misread;
}
