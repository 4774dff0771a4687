/** The official documents of one mail: files read, grouped, and their fields put together (INT-03, DOMAIN 4). */
import type { KnownAgency } from './field-agency.ts';
import { numberOf, symbolOf } from './field-number.ts';
import type { DocumentFields } from './fields.ts';
import { numberFromFileName } from './find-numbers.ts';
import { type FileFacts, type FileGroup, groupFiles } from './group-files.ts';
import {
  type LetterBody,
  type LetterEvidence,
  letterEvidence,
  type SubjectEvidence,
  subjectEvidence,
} from './letter-evidence.ts';
import { linesOfFile } from './lines-of-file.ts';
import { mergeFields } from './merge-fields.ts';
import { type FileReading, readPdfFile } from './read-file.ts';
import { readFileFields } from './reading.ts';
import { findSecrecy } from './secrecy.ts';
import type {
  DocumentDetails,
  DocumentNumber,
  DocumentReading,
  Found,
  OfficialDocument,
  SecrecyMark,
} from './types.ts';

/** One file of the mail, on disk. */
export interface FileToRead {
  /** Path of its mail part. */
  path: string;
  name: string;
  /** Content type by content. */
  detectedType: string;
  /** Bytes. */
  size: number;
  /** Part path of the container it came out of, else null. */
  container: string | null;
  file: string;
  /** Holders of its valid signatures: `person`, `organisation` or `unknown`. */
  signers: readonly { name: string; holder: string }[];
}

export interface MailToRead {
  subject: string;
  body: string;
  /** Values of a body in the form of T8; null when it has no such form. */
  letterBody: LetterBody | null;
  files: readonly FileToRead[];
  agencies: readonly KnownAgency[];
  /** Scans and pictures are recognised too (seconds a page); without it they are told to be pictures and nothing more. */
  recognise?: boolean;
}

/** PDFs read for their text; more are grouped by name only. */
const MAX_PDFS = 40;
/** Milliseconds for all files of one mail. */
const MAX_MS = 45_000;

/** Reads what can be read; a file that cannot is still grouped, with what was wrong. Throws only when the disk fails. */
export async function readDocuments(mail: MailToRead): Promise<DocumentReading> {
  const started = performance.now();
  const readings = await readFiles(mail, started);
  const facts = mail.files.map((file) => factsOf(file, readings.get(file.path)));
  const { groups, unassigned } = groupFiles(facts);
  const subject = subjectEvidence(mail.subject, mail.agencies);
  const letter = letterEvidence(mail.letterBody, mail.body);
  const documents = groups.map((group) => {
    const file = mail.files.find((one) => one.path === group.main)!;
    const fact = facts.find((one) => one.path === group.main)!;
    const words = { ...wordsFor(fact, groups.length, { subject, letter }) };
    return documentOf(group, {
      file,
      fact,
      words,
      agencies: mail.agencies,
      reading: readings.get(file.path),
    });
  });
  const secrecy = secrecyOf(mail, readings);
  return { documents, unassigned, secrecy, elapsedMs: Math.round(performance.now() - started) };
}

async function readFiles(mail: MailToRead, started: number): Promise<Map<string, FileReading>> {
  const readings = new Map<string, FileReading>();
  for (const file of mail.files) {
    if (file.detectedType !== 'application/pdf' || readings.size >= MAX_PDFS) continue;
    if (performance.now() - started > MAX_MS) break;
    readings.set(file.path, await readPdfFile(file.file, mail.agencies));
  }
  if (mail.recognise === true) await recogniseFiles(mail, readings, started);
  return readings;
}

const PICTURES = new Set(['image/jpeg', 'image/png', 'image/tiff']);

/** Scans after all text layers: what costs nothing is there first. */
async function recogniseFiles(
  mail: MailToRead,
  readings: Map<string, FileReading>,
  started: number,
): Promise<void> {
  for (const file of mail.files) {
    if (performance.now() - started > MAX_MS) return;
    const known = readings.get(file.path);
    if (known?.imageOnly !== true && !PICTURES.has(file.detectedType)) continue;
    readings.set(file.path, await readScan(file, { known, agencies: mail.agencies }));
  }
}

async function readScan(
  file: FileToRead,
  { known, agencies }: { known: FileReading | undefined; agencies: readonly KnownAgency[] },
): Promise<FileReading> {
  const source = await linesOfFile(file.file, file.detectedType, file.name);
  try {
    const fields = await readFileFields(source, agencies);
    return {
      fields: source.pages === 0 ? null : fields,
      pageCount: source.pageCount,
      imageOnly: true,
      copyLine: known?.copyLine ?? false,
      text: [known?.text ?? '', fields.text].join('\n'),
      defects: [...(known?.defects ?? []), ...source.defects],
    };
  } finally {
    await source.close();
  }
}

function factsOf(file: FileToRead, reading: FileReading | undefined): FileFacts {
  return {
    path: file.path,
    name: file.name,
    detectedType: file.detectedType,
    size: file.size,
    container: file.container,
    fields: reading?.fields ?? null,
    imageOnly: reading?.imageOnly ?? false,
    signed: file.signers.length > 0,
    nameNumber: numberFromFileName(file.name)?.number ?? null,
  };
}

type Words = { subject: SubjectEvidence | null; letter: LetterEvidence | null };

/** In a mail with several documents, subject and body speak of the one they name. */
function wordsFor(
  fact: FileFacts,
  documents: number,
  words: { subject: SubjectEvidence; letter: LetterEvidence },
): Words {
  if (documents === 1) return words;
  const own = [fact.fields?.numberAndSymbol.value?.key, fact.nameNumber?.key];
  const named = words.subject.numbers.filter((number) => own.includes(number.key));
  const isLetters = words.letter.number !== null && own.includes(words.letter.number.key);
  const subject =
    named.length > 0 ? { ...words.subject, numbers: named, leading: null, abstract: null } : null;
  return { subject, letter: isLetters ? words.letter : null };
}

interface OneDocument {
  file: FileToRead;
  fact: FileFacts;
  words: Words;
  agencies: readonly KnownAgency[];
  reading: FileReading | undefined;
}

function documentOf(
  group: FileGroup,
  { file, fact, words, agencies, reading }: OneDocument,
): OfficialDocument {
  const merged = mergeFields({
    fields: fact.fields,
    ...words,
    nameNumber: fact.nameNumber,
    fileName: file.name,
    signers: file.signers,
    known: agencies,
  });
  return {
    main: group.main,
    appendices: group.appendices,
    sources: group.sources,
    ...merged,
    pageCount: reading?.pageCount ?? null,
    imageOnly: reading?.imageOnly ?? isPicture(file),
    copyLine: reading?.copyLine ?? false,
    ...detailsOf(fact.fields, merged.numberAndSymbol),
    draft: fact.fields?.draft ?? false,
    defects: [...(reading?.defects ?? []), ...merged.defects, ...group.defects],
  };
}

/** What was read beside that which the mail may know as well. */
function detailsOf(fields: DocumentFields | null, whole: Found<DocumentNumber>): Partial<DocumentDetails> {
  if (fields === null) return {};
  const { parentAgency, place, addressees, recipients, signingAuthority, secrecy } = fields;
  const { number, symbol } = whole.value === null ? fields : partsOf(whole, whole.value);
  return { parentAgency, number, symbol, place, addressees, recipients, signingAuthority, secrecy };
}

/** Of the number that counts, wherever it comes from. */
function partsOf(
  whole: Found<DocumentNumber>,
  value: DocumentNumber,
): Pick<DocumentDetails, 'number' | 'symbol'> {
  return { number: { ...whole, value: numberOf(value) }, symbol: { ...whole, value: symbolOf(value) } };
}

function isPicture(file: FileToRead): boolean {
  return file.detectedType.startsWith('image/');
}

/** Everything that was read, once for each place and level (DOMAIN 8.2). */
function secrecyOf(mail: MailToRead, readings: ReadonlyMap<string, FileReading>): SecrecyMark[] {
  return [
    ...findSecrecy(mail.subject, 'subject', null),
    ...findSecrecy(mail.body, 'body', null),
    ...mail.files.flatMap((file) => findSecrecy(file.name, 'file-name', file.path)),
    ...[...readings].flatMap(([path, reading]) => findSecrecy(reading.text, 'text-layer', path)),
  ];
}
