/**
 * The office of a signer whose title lies under the seal: what a second, closer look at the place makes out of it. "KT." is
 * often written in by hand there, and the deputy's office stamped below the head's.
 */
import { editDistance } from './edit-distance.ts';
import { fromLines, nothing } from './found.ts';
import type { TextLine } from './layout.ts';
import { fold } from './normalise.ts';
import { deputyOf, HEAD_OFFICES } from './signing-office.ts';
import type { Found } from './types.ts';

export interface CoveredTitle {
  title: Found<string>;
  authority: Found<string>[];
}

/** Shorter ones ("BÍ THƯ") are found in any noise. */
const LONG = 8;

/** What is made out under a seal is a proposal for a person, no more. */
const MADE_OUT = 0.6;
/** Letters that may be wrong, lost or too many. */
const WRONG = 1;

/** Two offices one below the other are the head's and his deputy's; one alone may be either, and is told as it stands. */
export function coveredTitle(lines: readonly TextLine[]): CoveredTitle {
  const seen = lines.flatMap((line) => {
    const office = officeIn(line.text);
    return office === null ? [] : [{ line, office }];
  });
  const [first, second] = seen;
  if (first === undefined) return { title: nothing(), authority: [] };
  const below =
    second?.line ??
    lines.find((line) => line.box[1] > first.line.box[1] && /^P(?:HÓ)?$/u.test(line.text.trim()));
  const deputy = deputyOf(first.office);
  if (below === undefined || deputy === null || below.box[1] - first.line.box[3] > 0.03)
    return { title: fromLines(first.office, [first.line], MADE_OUT), authority: [] };
  return {
    title: fromLines(deputy, [below], MADE_OUT),
    authority: [fromLines(`KT. ${first.office}`, [first.line], MADE_OUT)],
  };
}

/** The head's office that the letters of a line hold, one of them wrong at most. */
function officeIn(text: string): string | null {
  const letters = fold(text).replace(/[^A-Z]/g, '');
  return (
    HEAD_OFFICES.find((office) => office.length >= LONG && holds(letters, fold(office).replace(/ /g, ''))) ??
    null
  );
}

function holds(letters: string, office: string): boolean {
  for (let start = 0; start + office.length - WRONG <= letters.length; start++)
    for (let length = office.length - WRONG; length <= office.length + WRONG; length++)
      if (editDistance(letters.slice(start, start + length), office, WRONG) <= WRONG) return true;
  return false;
}
