/** RTF (1.9.1) → tokens. Input is one character for each byte. */

export type RtfToken =
  | { kind: 'open' }
  | { kind: 'close' }
  /** Control word or symbol; `value` null when none is given. */
  | { kind: 'control'; word: string; value: number | null }
  /** `\'xx`. */
  | { kind: 'byte'; value: number }
  | { kind: 'text'; text: string };

const LETTER = /[a-zA-Z]/;
/** Longer words are no control words (the specification allows 32). */
const CONTROL = /([a-zA-Z]{1,32})(-?\d{1,10})? ?/y;
const TEXT = /[^\\{}\r\n]+/y;

export function* tokensOf(source: string): Generator<RtfToken> {
  let at = 0;
  while (at < source.length) {
    const sign = source[at]!;
    if (sign === '{' || sign === '}') {
      yield sign === '{' ? { kind: 'open' } : { kind: 'close' };
      at += 1;
    } else if (sign === '\r' || sign === '\n') at += 1;
    else if (sign !== '\\') {
      TEXT.lastIndex = at;
      const text = TEXT.exec(source)![0];
      yield { kind: 'text', text };
      at += text.length;
    } else if (source[at + 1] === "'") {
      const value = Number.parseInt(source.slice(at + 2, at + 4), 16);
      if (!Number.isNaN(value)) yield { kind: 'byte', value };
      at += 4;
    } else if (LETTER.test(source[at + 1] ?? '')) {
      CONTROL.lastIndex = at + 1;
      const [whole, word = '', digits] = CONTROL.exec(source)!;
      const value = digits === undefined ? null : Number(digits);
      yield { kind: 'control', word, value };
      at += 1 + whole.length;
      if (word === 'bin') at += Math.max(0, value ?? 0);
    } else {
      yield { kind: 'control', word: source[at + 1] ?? '', value: null };
      at += 2;
    }
  }
}
