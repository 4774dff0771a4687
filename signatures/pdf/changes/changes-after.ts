import { CongvanError } from '../../../config/error.ts';
import type { Change } from '../../types.ts';
import { PdfDocument } from '../document.ts';
import type { ByteSource } from '../source.ts';
import { compareCatalog } from './catalog.ts';
import { Comparison } from './comparison.ts';
import { Findings } from './findings.ts';
import { compareForm } from './form.ts';
import { checkLaterBytes } from './later-bytes.ts';
import { comparePages } from './pages.ts';
import { kindsOf } from './references.ts';
import { freshNumbers } from './same.ts';
import { compareStructureTree } from './structure-tree.ts';

/** Cross-reference and object streams cannot be shown as such; what they hold is compared object by object. */
const CONTAINERS = new Set(['XRef', 'ObjStm']);

/** Whatever changed and was judged by none of the comparing parts: unknown, so never allowed. */
function forbidTheRest(comparison: Comparison): void {
  const { before, changed, explained, findings } = comparison;
  const rest = [...changed].filter((number) => !explained.has(number) && !isContainer(before, number));
  const kinds = kindsOf(before, new Set(rest));
  for (const number of rest) findings.forbid(kinds.get(number) ?? 'UNKNOWN', `object ${number} changed`);
}

function isContainer(document: PdfDocument, number: number): boolean {
  return CONTAINERS.has(document.streamType(number) ?? '');
}

/**
 * Numbers that came to life although the signed revision already pointed at them: a reference that led nowhere and now
 * shows something (shadow attack "hide and replace via referenced object").
 */
function forbidRevived(comparison: Comparison): void {
  const fresh = freshNumbers(comparison);
  if (fresh.length === 0) return;
  const revived = fresh.filter((number) => comparison.counts.has(number));
  const kinds = kindsOf(comparison.before, new Set(revived));
  for (const number of revived)
    comparison.findings.forbid(
      kinds.get(number) ?? 'UNKNOWN',
      `object ${number} fills a reference that led nowhere`,
    );
}

function compare(before: PdfDocument, after: PdfDocument): Change[] {
  const comparison = new Comparison(before, after);
  compareCatalog(comparison);
  compareForm(comparison);
  comparePages(comparison);
  compareStructureTree(comparison);
  forbidTheRest(comparison);
  forbidRevived(comparison);
  return comparison.findings.list;
}

function lockedFindings(): Change[] {
  const detail = 'the file is encrypted, and no password at hand opens it: what changed cannot be read';
  return [{ kind: 'ENCRYPTION', detail, allowed: false }];
}

function bytesOf(source: ByteSource, end: number, before: PdfDocument, after: PdfDocument): Findings {
  const findings = new Findings();
  const signed = before.sections[0]!.start;
  if (after.sections[0]!.start < end)
    findings.forbid(
      'UNCOVERED_BYTES',
      `${source.size - end} bytes behind the signed revision form no revision`,
    );
  else if (!after.sections.some((section) => section.start === signed))
    findings.forbid('STRUCTURE', 'the later revision does not continue the signed one');
  else checkLaterBytes(after, end, findings);
  return findings;
}

/**
 * Everything that happened to the file after a signed revision ended at `end`, allowed or not. What is not known to be
 * harmless (a further signature, time stamp, security store, metadata, what the certification permits) is not allowed.
 * Throws only CongvanError PDF_LIMIT.
 */
export function changesAfter(after: PdfDocument, end: number, password: string | null): Change[] {
  const { source } = after;
  try {
    const before = PdfDocument.open(source, end, password);
    if (before.encryption === 'locked' || after.encryption === 'locked') return lockedFindings();
    const bytes = bytesOf(source, end, before, after);
    if (after.sections[0]!.start < end) return bytes.list;
    return [...bytes.list, ...compare(before, after)];
  } catch (error) {
    if (error instanceof CongvanError && error.code === 'PDF_LIMIT') throw error;
    const detail = error instanceof Error ? error.message : 'unreadable';
    return [{ kind: 'STRUCTURE', detail: `revisions cannot be compared: ${detail}`, allowed: false }];
  }
}
