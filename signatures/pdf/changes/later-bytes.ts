/**
 * Every byte behind a signed revision must belong to a well-formed later one: lenient viewers rebuild what no
 * cross-reference reaches (incremental saving attack), and readers differ on what stands there twice.
 */
import type { PdfDocument } from '../document.ts';
import { isStream, nameOf, type PdfObject, type PdfStream } from '../objects.ts';
import type { PlacedObject } from '../placed.ts';
import type { ByteSource } from '../source.ts';
import { isSpace } from '../syntax.ts';
import type { XrefSection } from '../xref.ts';
import type { Findings } from './findings.ts';

/** Longest run of white space, comments and `startxref` between two objects, octets. */
const MAX_GLUE = 64 * 1024;

type Place = [start: number, end: number];

/** White space, `startxref n`, %%EOF and short comments: all that may stand between objects. */
function isGlue(bytes: Buffer): boolean {
  const rest = bytes
    .toString('latin1')
    .replace(/startxref[\s\x00]+\d+/g, ' ')
    .replace(/%[^\r\n]{0,64}(?=[\r\n]|$)/g, (comment) => (/obj|stream|xref/.test(comment) ? comment : ' '));
  return /^[\s\x00]*$/.test(rest);
}

/** Whether what starts at `at` stands behind white space, and not inside a comment line. */
function startsCleanly(source: ByteSource, at: number): boolean {
  const before = source.read(at - 128, at);
  if (before.length > 0 && !isSpace(before.at(-1))) return false;
  const line = /[^\r\n]*$/.exec(before.toString('latin1'))![0];
  return !line.includes('%');
}

/** A dictionary that has a key twice, at any depth: readers differ on which value holds. */
function repeatedKey(object: PdfObject): string | null {
  if (object === null || typeof object !== 'object') return null;
  if (Array.isArray(object)) return firstOf(object);
  if (object.kind === 'stream') return repeatedKey(object.dict);
  if (object.kind !== 'dict') return null;
  return object.duplicates[0] ?? firstOf(object.entries.values());
}

function firstOf(objects: Iterable<PdfObject>): string | null {
  for (const object of objects) {
    const found = repeatedKey(object);
    if (found !== null) return found;
  }
  return null;
}

/** Objects in a new object stream that no cross-reference names: what rebuilds the file would take them. */
function checkPacked(document: PdfDocument, placed: PlacedObject, findings: Findings): void {
  const { numbers } = document.packedContents(placed.value as PdfStream);
  numbers.forEach((number, index) => {
    const named = document.sections.some(({ entries }) => {
      const entry = entries.get(number);
      return entry?.kind === 'packed' && entry.stream === placed.number && entry.index === index;
    });
    if (!named)
      findings.forbid('UNCOVERED_BYTES', `object stream ${placed.number} holds object ${number} for nobody`);
  });
}

function checkObject(
  document: PdfDocument,
  placed: PlacedObject,
  entry: { number: number; generation: number },
  findings: Findings,
): void {
  const { number } = entry;
  const forbid = (detail: string) => findings.forbid('STRUCTURE', `object ${number}: ${detail}`);
  if (placed.number !== number) forbid(`its cross-reference leads to object ${placed.number}`);
  if (placed.generation !== entry.generation)
    forbid(`generation ${placed.generation}, cross-reference says ${entry.generation}`);
  if (placed.repaired) forbid('its stream has another length than it says');
  if (!startsCleanly(document.source, placed.start)) forbid('begins inside a comment or another word');
  const twice = repeatedKey(placed.value);
  if (twice !== null) forbid(`/${twice} stands twice in one dictionary`);
  if (isStream(placed.value) && nameOf(placed.value.dict.entries.get('Type')) === 'ObjStm')
    checkPacked(document, placed, findings);
}

/** The places that one later section and its objects take. */
function placesOf(document: PdfDocument, section: XrefSection, from: number, findings: Findings): Place[] {
  const places: Place[] = [[section.start, section.end]];
  if (section.repeated.length > 0)
    findings.forbid('STRUCTURE', `cross-references name object ${section.repeated[0]} twice in one revision`);
  if (section.hybrid && [...section.entries.values()].some(({ kind }) => kind !== 'free'))
    findings.forbid('STRUCTURE', 'a later revision shows old and new readers different objects (hybrid)');
  if (section.trailer.duplicates.length > 0)
    findings.forbid('STRUCTURE', `/${section.trailer.duplicates[0]} stands twice in a trailer`);
  for (const [number, entry] of section.entries) {
    if (entry.kind !== 'plain' || entry.offset < from) continue;
    const placed = document.objectAt(entry.offset);
    checkObject(document, placed, { number, generation: entry.generation }, findings);
    places.push([placed.start, placed.end]);
  }
  return places;
}

/** Places in order must neither overlap nor leave anything but glue between them. */
function checkPlaces(source: ByteSource, places: Place[], from: number, findings: Findings): void {
  let position = from;
  let [lastStart, lastEnd] = [-1, -1];
  for (const [start, end] of [...places, [source.size, source.size] as Place]) {
    // A cross-reference stream is named by its section and, as an object, by itself.
    if (start === lastStart && end === lastEnd) continue;
    if (start < position) findings.forbid('STRUCTURE', `an object begins at ${start} inside another one`);
    const glued = start - position <= MAX_GLUE && isGlue(source.read(position, Math.max(position, start)));
    if (!glued)
      findings.forbid('UNCOVERED_BYTES', `bytes from ${position} to ${start} belong to no revision`);
    [lastStart, lastEnd] = [start, end];
    position = Math.max(position, end);
  }
}

/** Checks the bytes from the end of a signed revision to the end of the file. May throw CongvanError PDF_SYNTAX. */
export function checkLaterBytes(document: PdfDocument, from: number, findings: Findings): void {
  const later = document.sections.filter((section) => section.end > from);
  const places = later.flatMap((section) => placesOf(document, section, from, findings));
  places.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  checkPlaces(document.source, places, from, findings);
}
