/** HTML bodies to text, in linear time: enough to read a letter by, not to show it. */

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  bull: '•',
  middot: '·',
  euro: '€',
  dong: '₫',
  shy: '',
  copy: '©',
  reg: '®',
  trade: '™',
  laquo: '«',
  raquo: '»',
  deg: '°',
  sect: '§',
  times: '×',
  Abreve: 'Ă',
  abreve: 'ă',
  Dstrok: 'Đ',
  dstrok: 'đ',
};
const MARKS: Record<string, string> = {
  grave: '\u0300',
  acute: '\u0301',
  circ: '\u0302',
  tilde: '\u0303',
  uml: '\u0308',
  ring: '\u030a',
  cedil: '\u0327',
};

/** Elements whose content is no text. */
const SILENT = /^(?:script|style|head|title|template|noscript)$/;
/** Elements that begin a new line. */
const BLOCK = /^(?:p|div|br|tr|li|ul|ol|table|h[1-6]|hr|blockquote|pre|section|article|header|footer|dt|dd)$/;

/** NFC; lines trimmed, runs of empty lines made one. Script, style and comments are left out. */
export function htmlToText(html: string): string {
  const out: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    out.push(html.slice(at, open < 0 ? undefined : open).replace(/\s+/gu, ' '));
    if (open < 0) break;
    at = afterTag(html, open, out);
  }
  return decodeEntities(out.join(''))
    .split('\n')
    .map((line) => line.replace(/[ \t\u00a0]+/gu, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .normalize('NFC');
}

/** Position behind the tag, comment or silent element that begins at `open`. */
function afterTag(html: string, open: number, out: string[]): number {
  if (html.startsWith('<!--', open)) return behind(html, '-->', open + 4);
  const name = /^<(\/?)([a-z][a-z0-9]{0,15})/i.exec(html.slice(open, open + 20));
  if (!name) {
    if (html[open + 1] === '!' || html[open + 1] === '?' || html[open + 1] === '/')
      return behind(html, '>', open);
    out.push('<');
    return open + 1;
  }
  const element = name[2]!.toLowerCase();
  const end = behind(html, '>', open);
  if (BLOCK.test(element)) out.push('\n');
  else if (element === 'td' || element === 'th') out.push(' ');
  if (name[1] === '/' || !SILENT.test(element)) return end;
  const close = indexOfIgnoringCase(html, `</${element}`, end);
  return close < 0 ? html.length : behind(html, '>', close);
}

function behind(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  return at < 0 ? html.length : at + mark.length;
}

function indexOfIgnoringCase(html: string, mark: string, from: number): number {
  const pattern = new RegExp(mark, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? -1;
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,15}));?/gi,
    (whole, decimal, hex, name: string | undefined) => {
      if (name !== undefined) return namedEntity(name) ?? whole;
      const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : '';
    },
  );
}

/** Letters with one mark are composed, so that no table of the 96 names of latin-1 is needed. */
function namedEntity(name: string): string | null {
  const known = NAMED[name] ?? NAMED[name.toLowerCase()];
  if (known !== undefined && (NAMED[name] !== undefined || !/^[A-Z]/.test(name))) return known;
  const match = /^([A-Za-z])(grave|acute|circ|tilde|uml|ring|cedil)$/.exec(name);
  return match ? `${match[1]}${MARKS[match[2]!]}`.normalize('NFC') : null;
}
