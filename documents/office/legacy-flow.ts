/** A flow in TCVN3 or VNI fonts → the same flow in Unicode, for reading only (VAL-07, ENC-02). */
import {
  detectLegacy,
  encodingOfFont,
  fromLegacy,
  hasUnicodeLetters,
  type LegacyEncoding,
  vietnameseShare,
} from '../encoding-legacy.ts';
import { type Block, type Flow, paragraphsOf, type Run } from './flow.ts';

const ENCODINGS = ['tcvn3', 'vni'] as const;

/** Changes the runs of `flow` in place; null when it is Unicode. */
export function convertLegacy(flow: Flow): LegacyEncoding | null {
  const runs = [flow.header, flow.blocks, flow.footer].flatMap(mergedRuns);
  const named = ENCODINGS.filter((encoding) => convertNamed(runs, encoding));
  if (named.length > 0) return named[0]!;
  const detected = detectLegacy(runs.map((run) => run.text).join(''));
  if (detected !== null) for (const run of runs) run.text = fromLegacy(run.text, detected);
  return detected;
}

/** A letter and its VNI sign may lie in two runs of one dress: those are made one. */
function mergedRuns(blocks: readonly Block[]): Run[] {
  return [...paragraphsOf(blocks)].flatMap((paragraph) => {
    const merged: Run[] = [];
    for (const run of paragraph.runs) {
      const last = merged.at(-1);
      if (last !== undefined && sameDress(last, run)) last.text += run.text;
      else merged.push(run);
    }
    paragraph.runs = merged;
    return merged;
  });
}

function sameDress(a: Run, b: Run): boolean {
  return a.font === b.font && a.size === b.size && a.bold === b.bold && a.italic === b.italic;
}

/**
 * QUIRK: a font's name alone proves nothing: Unicode typed where the style still says .VnTime keeps that name. Runs are
 * converted when the whole of them reads better for it.
 */
function convertNamed(runs: readonly Run[], encoding: LegacyEncoding): boolean {
  const own = runs.filter(
    (run) => encodingOfFont(run.font)?.encoding === encoding && !hasUnicodeLetters(run.text),
  );
  const before = own.map((run) => run.text).join('');
  const converted = own.map((run) => fromLegacy(run.text, encoding, encodingOfFont(run.font)!.upper));
  const after = converted.join('');
  if (before === after || vietnameseShare(after).share <= vietnameseShare(before).share) return false;
  own.forEach((run, index) => {
    run.text = converted[index]!;
  });
  return true;
}
