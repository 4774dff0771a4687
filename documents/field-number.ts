/** Số, ký hiệu (ô 3): label, grammar and zone (DOMAIN 4.3). */
import type { PageHead } from './field-head.ts';
import { fromLines, nothing } from './found.ts';
import type { TextLine } from './layout.ts';
import { normalise } from './normalise.ts';
import { parseNumber } from './number.ts';
import type { DocumentNumber, Found } from './types.ts';

const LABEL = /^(?:Luật |Nghị quyết |Pháp lệnh )?S[ốóôoồổ]\s*[:.]?\s*/iu;

export interface NumberReading {
  number: Found<DocumentNumber>;
  /** "Số:     /QĐ-UBND": printed without a number, or written in by hand. */
  blank: boolean;
  /** The line of ô 3, for telling what stands above and below it. */
  line: TextLine | null;
}

/** Only the head counts: what stands in the body is a reference to another document. */
export function readNumber(head: PageHead): NumberReading {
  const labelled = head.left.filter((line) => LABEL.test(normalise(line.text)));
  for (const line of labelled) {
    const number = parseNumber(normalise(line.text));
    if (number === null) continue;
    if (number.number === null || number.flags.includes('NO_NUMBER'))
      return { number: fromLines<DocumentNumber>(null, [line], 0.8), blank: true, line };
    return { number: fromLines(number, [line], sureness(number)), blank: false, line };
  }
  for (const line of [...head.left, ...head.right]) {
    const number = parseNumber(normalise(line.text));
    if (number?.number == null) continue;
    const inZone = head.left.includes(line);
    const confidence = LABEL.test(normalise(line.text)) ? 0.85 : inZone ? 0.8 : 0.65;
    return { number: fromLines(number, [line], confidence), blank: false, line };
  }
  const label = labelled[0];
  if (label !== undefined)
    return {
      number: fromLines<DocumentNumber>(null, [label], 0.6),
      blank: BLANK.test(normalise(label.text)),
      line: label,
    };
  return { number: nothing(), blank: false, line: null };
}

const BLANK = /^S[ốóôoồổ]\s*[:.]?[\s.…_]*\//iu;

/** Flags that mean: the reader had to guess. */
const GUESSES = new Set([
  'SUFFIX',
  'SUSPECT_DIGIT',
  'ORG_REPAIRED',
  'STROKE_RESTORED',
  'DOT_SEPARATOR',
  'NO_ORG',
]);

function sureness(number: DocumentNumber): number {
  return number.flags.some((flag) => GUESSES.has(flag)) ? 0.88 : 0.97;
}
