/**
 * The line of ô 3 where its grammar alone does not help: a number written in by hand into the gap before the slash, or
 * letters that a recogniser took for others (DOMAIN 4.6).
 */
import { normalise } from './normalise.ts';
import { parseNumber } from './number.ts';

export interface NumberLine {
  /** What stands in the gap, read as digits; null when nothing there can be a number. */
  digits: string | null;
  /** "QĐ-UBND", spaces and strokes put right where the grammar leaves one reading. */
  symbol: string;
  /** Nothing, or only dots, stands in the gap. */
  blank: boolean;
}

/** "Số:", and what is made of it: "Sô", "Só", "Sỗ", "S6", "5ố", "Số;". */
const LABEL = /^(?:[Ss5$][\p{L}\d]{0,2}|[\p{L}]ố)\s*[:;.,]\s*|^[Ss][ốóôoồổơö]\s*/u;
/** The slash and what may stand for it before a symbol in capitals: "|", "ƒ", "}". */
const SPLIT = /\s*[/|ƒ\\}{]\s*(?=\p{Lu})/u;
/** No slash was recognised, but where a type and an agency begin is plain: "Số:/423ZQĐ-ĐHCNTT". */
const TYPE = /(?<=[\d\s.\p{L}])(?=(?:QĐ|TB|BC|KH|CT|NQ|GM|HD|TTr)-\p{Lu}{2}[\p{L}]*\W*$)/u;
/** A symbol whose label and number were both lost: "/BC-UBND". */
const BARE = /^[^\p{L}]{0,8}\/\s*(?=\p{Lu}[\p{L}]{0,5}-\p{Lu})/u;

/** Null for a line that is no number line. */
export function numberLine(line: string): NumberLine | null {
  const text = normalise(line).trim();
  const label = LABEL.exec(text) ?? (BARE.test(text) ? { 0: '' } : null);
  if (label === null || text.length > 80) return null;
  const rest = text.slice(label[0].length);
  const slash = SPLIT.exec(rest) ?? TYPE.exec(rest);
  if (slash === null) return null;
  const symbol = cleanSymbol(rest.slice(slash.index + slash[0].length));
  if (symbol === null) return null;
  const gap = rest.slice(0, slash.index);
  return { digits: digitsOf(gap), symbol, blank: !/[\p{L}\p{N}]/u.test(gap) };
}

/** Letters that stand for a digit only where nothing but a number can stand. */
const DIGITS: [RegExp, string][] = [
  [/[OoØQD]/g, '0'],
  [/[Il|!\]]/g, '1'],
  [/[Zz]/g, '2'],
  [/[Ss$]/g, '5'],
  [/[G]/g, '6'],
  [/[B]/g, '8'],
];

/** At least one true digit; never more letters than digits. */
function digitsOf(gap: string): string | null {
  const tight = gap.replace(/[\s.,_…~'"“”‘’*^:-]+/g, '');
  if (!/\d/.test(tight) || tight.length > 6) return null;
  const read = DIGITS.reduce((text, [letter, digit]) => text.replace(letter, digit), tight);
  const guessed = [...tight].filter((sign) => !/\d/.test(sign)).length;
  return /^\d{1,5}$/.test(read) && guessed * 2 <= tight.length ? read : null;
}

/** Its groups without the spaces and marks around them; null when that is no symbol. */
function cleanSymbol(text: string): string | null {
  const tight = text
    .replace(/\s*[-–—~=]\s*/g, '-')
    .replace(/[\s.,;:_"'’“”]+$/u, '')
    .split(/\s+/)[0]!;
  const read = parseNumber(`1/${restored(tight)}`);
  if (read === null || !/-/.test(tight)) return null;
  return read.canonical.slice(2);
}

/** Đ that lost its stroke or its Q: there is no type OĐ, 0Đ, QÐ, QB. */
function restored(symbol: string): string {
  return symbol
    .replace(/^[OQ0G][DĐÐ0B](?=-)/u, 'QĐ')
    .replace(/(?<=-)(?:U[BR]N[DĐOÐ]|UBNND|ƯBND|UBNĐ)(?=$|-)/u, 'UBND');
}
