/** RTF → flow: paragraphs and tables as they come, text boxes, header and footer of page 1. Own small reader with limits. */
import { A4, type Block, type Flow, type OfficeDefect, type Sheet } from './flow.ts';
import { type Deadline, LIMITS, OfficeRefusal } from './limits.ts';
import { dressRtfParagraph, dressState, freshParagraph, RTF_STATE, type RtfState } from './rtf-dress.ts';
import { decodeBytes, type RtfFont } from './rtf-fonts.ts';
import { Story } from './rtf-story.ts';
import { type RtfToken, tokensOf } from './rtf-tokens.ts';

/** Groups within each other; Word writes fewer than 30. */
const MAX_DEPTH = 500;
/** Groups of one file; 300 pages have about 200,000. */
const MAX_GROUPS = 900_000;

export function readRtf(bytes: Uint8Array, deadline: Deadline): Flow {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!source.startsWith('{\\rtf')) throw new OfficeRefusal('RTF_BROKEN', 'tệp không đúng định dạng RTF');
  const reader = new RtfReader();
  let count = 0;
  for (const token of tokensOf(source)) {
    if (++count % 5_000 === 0) deadline.check();
    if (!reader.take(token)) break;
  }
  return reader.done();
}

type Side = 'header' | 'footer';

class RtfReader {
  #state: RtfState = { ...RTF_STATE };
  readonly #stack: { state: RtfState; story: Story; end: (() => void) | null }[] = [];
  #story = new Story();
  readonly #main = this.#story;
  readonly #sides: Record<Side, Block[]> = { header: [], footer: [] };
  readonly #fonts = new Map<number, RtfFont>();
  readonly #sheet: Sheet = { ...A4 };
  readonly #defects: OfficeDefect[] = [];
  #bytes: number[] = [];
  #fallback = 0;
  #page = 1252;
  #groups = 0;
  #characters = 0;
  #pages: number | null = null;
  /** Called when the group that is just opened ends. */
  #atEnd: (() => void) | null = null;

  /** False when a limit ends the reading. */
  take(token: RtfToken): boolean {
    if (token.kind === 'byte') this.#takeByte(token.value);
    else {
      this.#flush();
      if (token.kind === 'open') return this.#open();
      if (token.kind === 'close') return this.#close();
      if (token.kind === 'control') this.#control(token.word, token.value);
      else this.#takeText(token.text);
    }
    return (
      this.#characters <= LIMITS.characters || this.#stop('OFFICE_TRUNCATED', 'tệp quá dài, chỉ đọc phần đầu')
    );
  }

  done(): Flow {
    this.#flush();
    while (this.#stack.length > 0) this.#close();
    const blocks = this.#main.end(this.#state.size);
    const { header, footer } = this.#sides;
    const { left, right, width } = this.#sheet;
    const sheet = left + right < width * 0.7 ? this.#sheet : A4;
    return { sheet, blocks, header, footer, pageCount: this.#pages, defects: this.#defects };
  }

  #stop(code: string, detail: string): false {
    this.#defects.push({ code, detail });
    return false;
  }

  #open(): boolean {
    this.#groups += 1;
    if (this.#stack.length >= MAX_DEPTH || this.#groups > MAX_GROUPS)
      return this.#stop(
        'RTF_TOO_COMPLEX',
        'tệp RTF lồng nhau quá sâu hoặc có quá nhiều nhóm, chỉ đọc phần đầu',
      );
    this.#stack.push({ state: this.#state, story: this.#story, end: this.#atEnd });
    this.#state = { ...this.#state, optional: false };
    this.#atEnd = null;
    return true;
  }

  #close(): boolean {
    this.#atEnd?.();
    const before = this.#stack.pop();
    if (before === undefined) return true;
    ({ state: this.#state, story: this.#story, end: this.#atEnd } = before);
    this.#fallback = 0;
    return true;
  }

  #takeByte(value: number): void {
    if (this.#fallback > 0) this.#fallback -= 1;
    else this.#bytes.push(value);
  }

  #takeText(text: string): void {
    const skipped = Math.min(this.#fallback, text.length);
    this.#fallback -= skipped;
    const shown = text.slice(skipped);
    if (this.#state.destination === 'fonts') this.#nameFont(shown);
    else if (/[\x80-\xff]/.test(shown)) for (const one of shown) this.#bytes.push(one.charCodeAt(0));
    else this.#add(shown);
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    const font = this.#fonts.get(this.#state.font);
    const bytes = this.#bytes;
    this.#bytes = [];
    if (this.#state.destination === 'fonts') this.#nameFont(String.fromCharCode(...bytes.slice(0, 64)));
    else this.#add(decodeBytes(bytes, font, this.#page));
  }

  #nameFont(text: string): void {
    const font = this.#fonts.get(this.#state.font);
    if (font !== undefined && font.name.length < 64) font.name = (font.name + text).replace(/;.*/s, '');
  }

  #add(text: string): void {
    const { destination, hidden, deleted, bold, italic, size, font } = this.#state;
    if (destination !== 'text' || hidden || deleted || text === '') return;
    this.#characters += text.length;
    this.#story.runs.push({ text, bold, italic, size, font: this.#fonts.get(font)?.name ?? null });
  }

  #control(word: string, value: number | null): void {
    if (word === 'u') {
      this.#unicode(value ?? 0);
      return;
    }
    if (this.#fallback > 0 && word === '~') this.#fallback -= 1;
    if (word === '*') this.#state.optional = true;
    else if (this.#destination(word)) return;
    else if (this.#state.destination === 'fonts') this.#fontWord(word, value);
    else if (this.#state.destination === 'info')
      this.#pages = word === 'nofpages' && value ? value : this.#pages;
    else if (this.#state.destination === 'text') this.#textWord(word, value);
  }

  /** QUIRK: values above 32767 are written as negative numbers. */
  #unicode(value: number): void {
    const code = value < 0 ? value + 65_536 : value;
    if (code > 0 && code <= 0xffff) this.#add(String.fromCharCode(code));
    this.#fallback = this.#state.skip;
  }

  #destination(word: string): boolean {
    const optional = this.#state.optional;
    this.#state.optional = false;
    if (word === 'fonttbl') this.#state.destination = 'fonts';
    else if (word === 'info') this.#state.destination = 'info';
    else if (SKIPPED.has(word)) this.#state.destination = 'nowhere';
    else if (this.#state.destination !== 'text') return false;
    else if (SIDES[word] !== undefined) this.#side(SIDES[word], word.endsWith('f'));
    else if (word === 'shptxt') this.#frame();
    else if (optional && !KNOWN_OPTIONAL.has(word)) this.#state.destination = 'nowhere';
    else return false;
    return true;
  }

  #side(side: Side, first: boolean): void {
    const story = new Story();
    this.#story = story;
    this.#atEnd = () => {
      const blocks = story.end(this.#state.size);
      if (first || this.#sides[side].length === 0) this.#sides[side] = blocks;
    };
  }

  #frame(): void {
    const outer = this.#story;
    const story = new Story();
    this.#story = story;
    this.#atEnd = () =>
      outer.add({ kind: 'frame', x: null, y: null, width: null, blocks: story.end(this.#state.size) });
  }

  #fontWord(word: string, value: number | null): void {
    if (word === 'f' && value !== null) {
      this.#state.font = value;
      if (this.#fonts.size < 2_000) this.#fonts.set(value, { name: '', charset: null });
    } else if (word === 'fcharset') {
      const font = this.#fonts.get(this.#state.font);
      if (font !== undefined) font.charset = value;
    }
  }

  #textWord(word: string, value: number | null): void {
    const story = this.#story;
    if (dressState(this.#state, word, value)) return;
    if (word === 'pard') story.properties = freshParagraph();
    else if (dressRtfParagraph(story.properties, word, value)) return;
    else if (word === 'par' || word === 'nestcell') story.endParagraph(this.#state.size);
    else if (word === '\r' || word === '\n') story.endParagraph(this.#state.size);
    else if (word === 'cell') story.endCell(this.#state.size);
    else if (word === 'row') story.endRow();
    else if (word === 'trowd') [story.edges, story.left] = [[], 0];
    else if (word === 'trleft') story.left = value ?? 0;
    else if (word === 'cellx' && story.edges.length < 200) story.edges.push(value ?? 0);
    else if (word === 'ansicpg') this.#page = value ?? 1252;
    else if (SIGNS[word] !== undefined) this.#add(SIGNS[word]);
    else this.#sheetWord(word, value ?? 0);
  }

  #sheetWord(word: string, value: number): void {
    if (value < 0 || value > 31_680) return;
    if (word === 'paperw' && value > 3_000) this.#sheet.width = value;
    else if (word === 'paperh' && value > 3_000) this.#sheet.height = value;
    else if (word === 'margl') this.#sheet.left = value;
    else if (word === 'margr') this.#sheet.right = value;
    else if (word === 'margt') this.#sheet.top = Math.min(value, 4_000);
    else if (word === 'margb') this.#sheet.bottom = Math.min(value, 4_000);
  }
}

const SIDES: Record<string, Side | undefined> = {
  ...{ header: 'header', headerr: 'header', headerf: 'header' },
  ...{ footer: 'footer', footerr: 'footer', footerf: 'footer' },
};

/** Starred destinations with content that is shown. */
const KNOWN_OPTIONAL = new Set(['shpinst', 'shptxt']);

const SKIPPED = new Set([
  ...['colortbl', 'stylesheet', 'listtable', 'listoverridetable', 'pict', 'objdata', 'fldinst', 'shprslt'],
  ...['nonshppict', 'footnote', 'annotation', 'headerl', 'footerl', 'sp', 'pn', 'pnseclvl', 'revtbl'],
  ...[
    'rsidtbl',
    'nonesttables',
    'generator',
    'themedata',
    'colorschememapping',
    'datastore',
    'latentstyles',
    'xe',
    'tc',
  ],
]);

const SIGNS: Record<string, string | undefined> = {
  ...{ tab: '\t', line: '\n', page: '\f', sect: '\f', '~': '\u00A0', _: '-', emdash: '—', endash: '–' },
  ...{
    bullet: '•',
    lquote: '‘',
    rquote: '’',
    ldblquote: '“',
    rdblquote: '”',
    '\\': '\\',
    '{': '{',
    '}': '}',
  },
  ...{ emspace: ' ', enspace: ' ' },
};
