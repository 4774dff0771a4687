/** Numbers and dashes before list paragraphs, as word processors make them up: no text of the file holds them. */

export interface Level {
  /** `bullet`, `none`, `decimal`, `decimalZero`, `upperRoman`, `lowerRoman`, `upperLetter`, `lowerLetter`. */
  format: string;
  /** With `%1` … `%9` where the numbers of the levels go. */
  text: string;
  start: number;
}

/** `counter` goes on by one at this level and starts anew below it. */
export function labelOf(levels: readonly Level[], counter: number[], level: number): string {
  const own = levels[level]!;
  if (own.format === 'bullet') return bulletOf(own.text);
  if (own.format === 'none') return '';
  counter.length = Math.min(counter.length, level + 1);
  for (let above = 0; above < level; above++) counter[above] ??= levels[above]?.start ?? 1;
  counter[level] = counter[level] === undefined ? own.start : counter[level] + 1;
  return own.text.replace(/%([1-9])/g, (_, place: string) => {
    const index = Number(place) - 1;
    return numeral(counter[index] ?? 1, levels[index]?.format ?? 'decimal');
  });
}

/** Bullets of symbol fonts have no meaning as text; in official documents a list's mark is a dash (N30 PL I). */
function bulletOf(text: string): string {
  return /^[+*•]$/.test(text) ? text : '-';
}

function numeral(value: number, format: string): string {
  if (/Roman/.test(format)) return format === 'upperRoman' ? roman(value) : roman(value).toLowerCase();
  if (/Letter/.test(format)) {
    const letter = String.fromCharCode(97 + ((Math.max(1, value) - 1) % 26));
    return format === 'upperLetter' ? letter.toUpperCase() : letter;
  }
  return format === 'decimalZero' ? String(value).padStart(2, '0') : String(value);
}

const ROMAN: [number, string][] = [
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

function roman(value: number): string {
  let left = Math.min(399, Math.max(0, value));
  let text = '';
  for (const [worth, sign] of ROMAN) for (; left >= worth; left -= worth) text += sign;
  return text;
}
