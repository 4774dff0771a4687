/**
 * The values of one document out of all that speaks of it, in the order of trust (DOMAIN 4): its text layer, the letter's
 * body, the subject, the file name; certificates name issuer and signer. Independent places that agree make a value surer; a contradiction is a defect.
 */
import { sameAgency } from './agency-name.ts';
import type { KnownAgency } from './field-agency.ts';
import { symbolOf } from './field-number.ts';
import type { DocumentFields } from './fields.ts';
import { fromWords, nothing, surer } from './found.ts';
import type { LetterEvidence, SubjectEvidence } from './letter-evidence.ts';
import { fold, normalise } from './normalise.ts';
import type { DocumentNumber, FieldMethod, Found, OfficialDocument, Urgency } from './types.ts';

export interface Evidence {
  fields: DocumentFields | null;
  /** Null when the letter speaks of another document, or of several. */
  letter: LetterEvidence | null;
  subject: SubjectEvidence | null;
  nameNumber: DocumentNumber | null;
  fileName: string;
  /** Holders of valid signatures of the file. */
  signers: readonly { name: string; holder: string }[];
  known: readonly KnownAgency[];
}

type Merged = Pick<
  OfficialDocument,
  | 'numberAndSymbol'
  | 'date'
  | 'type'
  | 'abstract'
  | 'issuingAgency'
  | 'signerName'
  | 'signerTitle'
  | 'urgency'
  | 'defects'
>;

/** Alone / together with the subject. */
const LETTER = 0.9;
const LETTER_AND_SUBJECT = 0.92;
const SUBJECT = 0.7;
const FILE_NAME = 0.5;
const CERTIFICATE = 0.9;
/** A contradiction leaves no value surer than this. */
const DOUBTED = 0.75;
/** Text read so surely that a file name, mistyped easily, does not put it in doubt. */
const CERTAIN = 0.95;

export function mergeFields(evidence: Evidence): Merged {
  const defects: Merged['defects'] = [...(evidence.fields?.defects ?? [])];
  const numberAndSymbol = mergeNumber(evidence, defects);
  const trust = letterTrust(evidence);
  return {
    numberAndSymbol,
    date: mergeDate(evidence, trust, defects),
    type: mergeType(evidence, trust, numberAndSymbol),
    abstract: mergeAbstract(evidence, trust),
    issuingAgency: mergeAgency(evidence, numberAndSymbol.value, defects),
    signerName: mergeSigner(evidence, trust, defects),
    signerTitle: firstOf(
      evidence.fields?.signerTitle,
      said(evidence.letter?.signerTitle, 'letter-body', trust),
    ),
    urgency: mergeUrgency(evidence),
    defects,
  };
}

function firstOf<T>(...found: (Found<T> | undefined)[]): Found<T> {
  return found.find((one) => one !== undefined && one.value !== null) ?? nothing<T>();
}

function said<T>(value: T | null | undefined, method: FieldMethod, confidence: number): Found<T> | undefined {
  if (value === null || value === undefined) return undefined;
  return fromWords(value, typeof value === 'string' ? value : '', method, confidence);
}

/** How far the letter's body is believed: more when the subject names the same document, little when another. */
function letterTrust({ letter, subject }: Evidence): number {
  const number = letter?.number ?? null;
  if (number === null || subject === null) return LETTER;
  if (subject.numbers.some((one) => one.key === number.key)) return LETTER_AND_SUBJECT;
  return subject.leading === null ? LETTER : DOUBTED;
}

interface Claim {
  number: DocumentNumber;
  method: FieldMethod;
  raw: string;
  confidence: number;
}

type NumberEvidence = Pick<Evidence, 'fields' | 'letter' | 'subject' | 'nameNumber' | 'fileName'>;

/** The number as read, surer when another place says the same; told in `defects` when one says something else. */
export function mergeNumber(evidence: NumberEvidence, defects: Merged['defects']): Found<DocumentNumber> {
  const read = evidence.fields?.numberAndSymbol;
  const claims = claimsOf(evidence);
  const winner = read?.value && !isOutvoted(read, claims) ? read : confirmed(claims[0], evidence.fields);
  if (winner.value === null) return read ?? nothing<DocumentNumber>();
  const others = claims.filter((claim) => claim.method !== winner.method);
  const same = others.filter((claim) => claim.number.key === winner.value!.key);
  const certain = winner.method === 'text-layer' && winner.confidence >= CERTAIN;
  const against = others.filter(
    (claim) =>
      claim.number.key !== winner.value!.key &&
      !(claim.method === 'file-name' && (certain || same.length > 0)),
  );
  if (against.length > 0) {
    const said = [winner.value.canonical, ...against.map((claim) => claim.number.canonical)].join(' / ');
    defects.push({
      code: 'NUMBER_DISAGREES',
      detail: `số, ký hiệu trên văn bản, trong thư và tên tệp khác nhau (${said})`,
    });
    return { ...winner, confidence: Math.min(winner.confidence, DOUBTED) };
  }
  if (same.length === 0) return winner;
  const agreed =
    winner.method === 'ocr' ? Math.max(winner.confidence, RECOGNISED_AND_SAID) : winner.confidence;
  return surer({ ...winner, confidence: agreed }, winner.method === 'subject' ? 0.1 : 0.02);
}

/** A number written in by hand is misread every second time: what was typed into the mail counts before it. */
function isOutvoted({ method, value }: Found<DocumentNumber>, claims: readonly Claim[]): boolean {
  return method === 'ocr' && claims.length > 0 && !claims.some((claim) => claim.number.key === value?.key);
}

/** The symbol is printed: where it says the same as the mail, only the number rests on the mail alone. */
function confirmed(claim: Claim | undefined, fields: DocumentFields | null): Found<DocumentNumber> {
  const found = claimed(claim);
  const symbol = fields?.symbol.value ?? null;
  if (symbol === null || found.value === null) return found;
  return fold(symbolOf(found.value)) === fold(symbol) ? surer(found, SYMBOL_AGREES) : found;
}

const SYMBOL_AGREES = 0.05;

/** A number written in by hand that somebody typed into the mail or the file's name as well. */
const RECOGNISED_AND_SAID = 0.92;

/** In the order of trust. Of the subject's numbers the one that another place knows too, else the one it begins with. */
function claimsOf({ fields, letter, subject, nameNumber, fileName }: NumberEvidence): Claim[] {
  const claims: Claim[] = [];
  const keys = [fields?.numberAndSymbol.value?.key, letter?.number?.key, nameNumber?.key];
  if (letter?.number)
    claims.push({ number: letter.number, method: 'letter-body', raw: letter.number.raw, confidence: LETTER });
  const own = subject?.numbers.find((number) => keys.includes(number.key)) ?? subject?.leading ?? null;
  if (own !== null) claims.push({ number: own, method: 'subject', raw: own.raw, confidence: SUBJECT });
  if (nameNumber !== null)
    claims.push({ number: nameNumber, method: 'file-name', raw: fileName, confidence: FILE_NAME });
  return claims;
}

function claimed(claim: Claim | undefined): Found<DocumentNumber> {
  return claim === undefined ? nothing() : fromWords(claim.number, claim.raw, claim.method, claim.confidence);
}

function mergeDate({ fields, letter }: Evidence, trust: number, defects: Merged['defects']): Found<string> {
  const read = fields?.date;
  const stated = letter?.date ?? null;
  if (!read?.value) return said(stated, 'letter-body', trust) ?? read ?? nothing<string>();
  if (stated === null) return read;
  if (stated === read.value) return surer(read, read.method === 'ocr' ? DATE_AGREES : 0.02);
  if (read.method === 'ocr' && read.confidence < GUESSED) return said(stated, 'letter-body', trust) ?? read;
  defects.push({
    code: 'DATE_DISAGREES',
    detail: `ngày trên văn bản (${read.value}) khác ngày ghi trong thư (${stated})`,
  });
  return { ...read, confidence: Math.min(read.confidence, DOUBTED) };
}

/** A recognised date that the letter repeats: two sources of their own. */
const DATE_AGREES = 0.15;
/** Below this a recognised date was guessed from the shapes of letters. */
const GUESSED = 0.7;

/** Without a title the symbol tells the type as surely as it was read itself, unless it may mean two things. */
function mergeType(
  { fields, letter }: Evidence,
  trust: number,
  number: Found<DocumentNumber>,
): Found<string> {
  const read = firstOf(fields?.type, said(letter?.type, 'letter-body', trust));
  if (read.value !== null || number.value === null || number.value.typeName === null) return read;
  const sure = number.value.flags.includes('AMBIGUOUS_TYPE') ? 0.5 : Math.min(number.confidence, 0.92);
  return { ...number, value: number.value.typeName, confidence: sure };
}

function mergeAbstract({ fields, letter, subject }: Evidence, trust: number): Found<string> {
  if (fields?.abstract.value) return fields.abstract;
  const stated = letter?.abstract ?? null;
  if (stated !== null) {
    const agrees = subject?.abstract != null && startsAlike(stated, subject.abstract);
    return fromWords(stated, stated, 'letter-body', agrees ? Math.max(trust, LETTER_AND_SUBJECT) : trust);
  }
  const named = subject?.abstract ?? null;
  if (named === null) return nothing();
  return fromWords(
    named,
    named,
    'subject',
    subject?.leading === null ? 0.5 : named.endsWith('…') ? 0.6 : SUBJECT,
  );
}

/** The subject holds a shortened form. */
function startsAlike(long: string, short: string): boolean {
  const plain = (text: string) =>
    fold(normalise(text))
      .replace(/^(?:V\/V|VE VIEC)\s*:?\s*/, '')
      .replace(/[^A-Z0-9]+/g, ' ')
      .trim();
  const start = plain(short);
  return start.length >= 10 && plain(long).startsWith(start);
}

function mergeAgency(
  evidence: Evidence,
  number: DocumentNumber | null,
  defects: Merged['defects'],
): Found<string> {
  const { fields, letter, subject, signers, known } = evidence;
  const certificates = signers
    .filter((signer) => signer.holder === 'organisation')
    .map((signer) => signer.name);
  const read = fields?.issuingAgency;
  if (read?.value) {
    const aliases = known.map((agency) => [agency.name, ...agency.shortNames]);
    const confirmed = certificates.some((name) => sameAgency(name, read.value!, aliases));
    return confirmed ? surer({ ...read, confidence: Math.max(read.confidence, 0.95) }, 0.02) : read;
  }
  const claims: Found<string>[] = [
    ...certificates.slice(0, 1).map((name) => fromWords(name, name, 'certificate', CERTIFICATE)),
    ...present(said(letter?.agency, 'letter-body', LETTER)),
    ...present(said(subject?.agency, 'subject', SUBJECT)),
    ...present(agencyOfSymbol(number, known)),
  ];
  return agreed(claims, known, defects);
}

function present<T>(found: Found<T> | undefined): Found<T>[] {
  return found === undefined ? [] : [found];
}

/** The first claim, surer when another agrees; the symbol alone says little, but may contradict nobody. */
function agreed(
  claims: Found<string>[],
  known: readonly KnownAgency[],
  defects: Merged['defects'],
): Found<string> {
  const [first, ...others] = claims;
  if (first === undefined) return nothing();
  const aliases = known.map((agency) => [agency.name, ...agency.shortNames]);
  const isSame = (other: Found<string>) => sameAgency(first.value ?? '', other.value ?? '', aliases);
  const against = others.find((other) => !isSame(other) && other.method !== 'directory');
  if (against !== undefined && first.method !== 'certificate') {
    defects.push({
      code: 'AGENCY_DISAGREES',
      detail: `cơ quan ban hành chưa rõ: “${first.value}” hay “${against.value}”`,
    });
    return { ...first, confidence: DOUBTED };
  }
  return others.some(isSame)
    ? { ...first, confidence: Math.max(first.confidence, LETTER_AND_SUBJECT) }
    : first;
}

/** The one agency of the directory that uses this symbol. */
function agencyOfSymbol(
  number: DocumentNumber | null,
  known: readonly KnownAgency[],
): Found<string> | undefined {
  const org = fold(number?.org ?? '');
  if (org === '') return undefined;
  const owners = known.filter((agency) => agency.symbols.some((symbol) => fold(symbol) === org));
  const owner = owners[0];
  return owners.length === 1 && owner !== undefined
    ? fromWords(owner.name, org, 'directory', 0.6)
    : undefined;
}

function mergeSigner(evidence: Evidence, trust: number, defects: Merged['defects']): Found<string> {
  const { fields, letter, signers } = evidence;
  const people = signers.filter((signer) => signer.holder === 'person').map((signer) => signer.name);
  const read = firstOf(fields?.signerName, said(letter?.signerName, 'letter-body', trust));
  const first = people[0];
  if (read.value === null)
    return first === undefined ? read : fromWords(first, first, 'certificate', CERTIFICATE);
  if (first === undefined) return read;
  if (people.some((name) => isSameName(name, read.value!)))
    return surer({ ...read, confidence: Math.max(read.confidence, 0.95) }, 0.02);
  defects.push({
    code: 'SIGNER_DISAGREES',
    detail: `người ký ghi trên văn bản (${read.value}) khác tên trong chứng thư số (${people.join(', ')})`,
  });
  return { ...read, confidence: Math.min(read.confidence, DOUBTED) };
}

function isSameName(a: string, b: string): boolean {
  const plain = (name: string) =>
    fold(normalise(name))
      .replace(/[^A-Z]+/g, ' ')
      .trim();
  return plain(a) === plain(b) || plain(a).endsWith(` ${plain(b)}`);
}

const LEVELS: Urgency[] = ['THUONG', 'KHAN', 'THUONG_KHAN', 'HOA_TOC', 'HOA_TOC_HEN_GIO'];

/** The highest that any place claims: an urgent document taken for an ordinary one is the worse mistake. */
function mergeUrgency({ fields, letter, subject }: Evidence): Found<Urgency> {
  const found = [
    ...present(fields?.urgency),
    ...present(said(letter?.urgency, 'letter-body', LETTER)),
    ...present(said(subject?.urgency, 'subject', 0.9)),
  ].sort((a, b) => LEVELS.indexOf(b.value ?? 'THUONG') - LEVELS.indexOf(a.value ?? 'THUONG'));
  return found[0] ?? { value: 'THUONG', raw: null, confidence: 0.5, method: 'none', page: null, box: null };
}
