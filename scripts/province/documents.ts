import { deflateSync } from 'node:zlib';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { type FontStyle, FontUse } from './font.ts';

/** What stands on one official letter of the demo; texts in Vietnamese, NFC. */
export interface OfficialLetter {
  issuer: string;
  /** Direct superior above the issuer; null when none. */
  parent: string | null;
  /** Số, e.g. "125"; empty = room for a number that the clerk gives later. */
  number: string;
  /** Ký hiệu, e.g. "UBND-VP". */
  symbol: string;
  place: string;
  /** ISO date, e.g. "2026-09-07". */
  date: string;
  /** Tên loại ("QUYẾT ĐỊNH", "KẾ HOẠCH" …); null or "Công văn" = công văn, which prints none. */
  type: string | null;
  abstract: string;
  addressees: string[];
  /** Paragraphs. */
  body: string[];
  /** Lines such as "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"; none when the signer signs as head. */
  signingAuthority: string[];
  signerTitle: string;
  signerName: string;
  recipients: string[];
  urgency?: string;
  secrecy?: string;
  /** The pages as pictures only, as a scanner gives them: no text layer. */
  scan?: boolean;
}

/** A4 in points, and the margins of N30 PL I: 30 mm left, 15 mm right, 20 mm above and below. */
const PAGE = { width: 595, height: 842, left: 85, right: 552, top: 785, bottom: 57 };
const SCAN_DPI = 200;

type Fonts = Record<FontStyle, FontUse>;

/** Draws lines of text onto pages. */
class Sheet {
  readonly fonts: Fonts = {
    regular: new FontUse('regular'),
    bold: new FontUse('bold'),
    italic: new FontUse('italic'),
  };
  readonly pages: string[] = [''];
  y = PAGE.top;

  private add(operators: string): void {
    this.pages[this.pages.length - 1] += `${operators}\n`;
  }

  text(
    text: string,
    x: number,
    options: { size?: number; style?: FontStyle; centred?: boolean; underline?: number } = {},
  ): void {
    const { size = 13, style = 'regular' } = options;
    const clean = text.normalize('NFC');
    const width = this.fonts[style].width(clean, size);
    const left = options.centred === true ? x - width / 2 : x;
    const font = { regular: 'F1', bold: 'F2', italic: 'F3' }[style];
    this.add(
      `BT /${font} ${size} Tf ${left.toFixed(2)} ${this.y.toFixed(2)} Td <${this.fonts[style].encode(clean)}> Tj ET`,
    );
    if (options.underline !== undefined) {
      const half = (width * options.underline) / 2;
      const middle = left + width / 2;
      this.add(
        `0.7 w ${(middle - half).toFixed(2)} ${(this.y - 4).toFixed(2)} m ${(middle + half).toFixed(2)} ${(this.y - 4).toFixed(2)} l S`,
      );
    }
  }

  /** Moves down; a new page begins when the room is used up. */
  down(points: number): void {
    this.y -= points;
    if (this.y > PAGE.bottom) return;
    this.pages.push('');
    this.y = PAGE.top;
  }

  lines(text: string, width: number, size: number, style: FontStyle): string[] {
    const lines: string[] = [];
    let line = '';
    for (const word of text.normalize('NFC').split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && this.fonts[style].width(longer, size) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  }

  paragraph(text: string): void {
    const indent = 28;
    const [first = '', ...rest] = this.lines(text, PAGE.right - PAGE.left - indent, 13, 'regular');
    this.text(first, PAGE.left + indent);
    this.down(18);
    const tail = rest.join(' ');
    for (const line of tail === '' ? [] : this.lines(tail, PAGE.right - PAGE.left, 13, 'regular')) {
      this.text(line, PAGE.left);
      this.down(18);
    }
    this.down(4);
  }
}

const LEFT = 180;
const RIGHT = 415;

function vietnameseDate(date: string): string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  // N30 PL I II.4: a zero before days under 10 and months 1 and 2.
  const two = (n: number, from: number) => (n < from ? `0${n}` : String(n));
  return `ngày ${two(day, 10)} tháng ${two(month, 3)} năm ${year}`;
}

function issuerLines(sheet: Sheet, letter: OfficialLetter): { text: string; style: FontStyle }[] {
  const parent = letter.parent === null ? [] : sheet.lines(letter.parent.toUpperCase(), 190, 12, 'regular');
  const own = sheet.lines(letter.issuer.toUpperCase(), 190, 12, 'bold');
  return [
    ...parent.map((text) => ({ text, style: 'regular' as const })),
    ...own.map((text) => ({ text, style: 'bold' as const })),
  ];
}

/** Quốc hiệu, tiêu ngữ on the right; agency, number on the left (N30 PL I, ô 1, 2, 3, 4). */
function drawHead(sheet: Sheet, letter: OfficialLetter): void {
  const left = issuerLines(sheet, letter);
  const right: (() => void)[] = [
    () => sheet.text('CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', RIGHT, { size: 12, style: 'bold', centred: true }),
    () =>
      sheet.text('Độc lập - Tự do - Hạnh phúc', RIGHT, {
        size: 13,
        style: 'bold',
        centred: true,
        underline: 1,
      }),
  ];
  const rows = Math.max(left.length, right.length);
  for (let row = 0; row < rows; row += 1) {
    const line = left[row];
    const last = row === left.length - 1;
    if (line !== undefined)
      sheet.text(line.text, LEFT, {
        size: 12,
        style: line.style,
        centred: true,
        ...(last ? { underline: 0.4 } : {}),
      });
    right[row]?.();
    sheet.down(16);
  }
  sheet.down(10);
  sheet.text(`Số: ${letter.number === '' ? '        ' : letter.number}/${letter.symbol}`, LEFT, {
    centred: true,
  });
  sheet.text(`${letter.place}, ${vietnameseDate(letter.date)}`, RIGHT, { style: 'italic', centred: true });
  sheet.down(18);
}

/** Trích yếu: under the number for a công văn, under the type's name otherwise (N30 PL I, ô 5a, 5b). */
function drawTitle(sheet: Sheet, letter: OfficialLetter): void {
  if (letter.type === null || letter.type.toLowerCase() === 'công văn') {
    for (const line of sheet.lines(
      `V/v ${letter.abstract.replace(/^(?:V\/v|Về việc)\s+/iu, '')}`,
      190,
      12,
      'regular',
    )) {
      sheet.text(line, LEFT, { size: 12, centred: true });
      sheet.down(15);
    }
    drawMarks(sheet, letter);
    return;
  }
  drawMarks(sheet, letter);
  sheet.down(14);
  const middle = (PAGE.left + PAGE.right) / 2;
  sheet.text(letter.type.toUpperCase(), middle, { size: 14, style: 'bold', centred: true });
  sheet.down(18);
  const lines = sheet.lines(letter.abstract, 380, 14, 'bold');
  for (const [index, line] of lines.entries()) {
    sheet.text(line, middle, {
      size: 14,
      style: 'bold',
      centred: true,
      ...(index === lines.length - 1 ? { underline: 0.4 } : {}),
    });
    sheet.down(18);
  }
}

function drawMarks(sheet: Sheet, letter: OfficialLetter): void {
  for (const mark of [letter.secrecy, letter.urgency]) {
    if (mark === undefined) continue;
    sheet.text(mark.toUpperCase(), LEFT, { size: 13, style: 'bold', centred: true });
    sheet.down(18);
  }
}

function drawAddressees(sheet: Sheet, addressees: string[]): void {
  if (addressees.length === 0) return;
  sheet.down(12);
  if (addressees.length === 1) {
    sheet.text(`Kính gửi: ${addressees[0]}`, (PAGE.left + PAGE.right) / 2, { centred: true });
    sheet.down(26);
    return;
  }
  sheet.text('Kính gửi:', 190);
  sheet.down(18);
  for (const [index, one] of addressees.entries()) {
    sheet.text(`- ${one}${index === addressees.length - 1 ? '.' : ';'}`, 210);
    sheet.down(18);
  }
  sheet.down(8);
}

/** Nơi nhận on the left; authority, office, name of the signer on the right (ô 7a–7c, 9b). */
function drawFoot(sheet: Sheet, letter: OfficialLetter): void {
  const notes = [{ text: 'Nơi nhận:', style: 'italic' as const, size: 12 }];
  const recipients = letter.recipients.map(
    (one, index) => `- ${one}${index === letter.recipients.length - 1 ? '.' : ';'}`,
  );
  const left = [...notes, ...recipients.map((text) => ({ text, style: 'regular' as const, size: 11 }))];
  const titles = [...letter.signingAuthority, letter.signerTitle];
  const right = [...titles.map((one) => one.toUpperCase()), '', '', '', letter.signerName];
  if (sheet.y - 16 * right.length < PAGE.bottom) sheet.down(sheet.y);
  sheet.down(10);
  for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
    const note = left[row];
    if (note !== undefined) sheet.text(note.text, PAGE.left, note);
    const line = right[row];
    if (line !== undefined && line !== '') sheet.text(line, RIGHT, { style: 'bold', centred: true });
    sheet.down(16);
  }
}

/** PDF objects numbered from 1 in their order; strings in Latin-1. */
function assemble(bodies: Buffer[], info: number): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  for (const [index, body] of bodies.entries()) {
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    offsets.push(length);
    parts.push(whole);
    length += whole.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = bodies.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size} /Root 1 0 R /Info ${info} 0 R>>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table, 'latin1')]);
}

const text = (body: string): Buffer => Buffer.from(body, 'latin1');

function stream(dict: string, data: Uint8Array): Buffer {
  const packed = deflateSync(data);
  return Buffer.concat([
    text(`<<${dict} /Filter /FlateDecode /Length ${packed.length}>>\nstream\n`),
    packed,
    text('\nendstream'),
  ]);
}

function fontObjects(font: FontUse, name: string, first: number): Buffer[] {
  const descriptor = `<</Type /FontDescriptor /FontName /${name} /Flags 4 /FontBBox [-500 -300 1500 1000] /ItalicAngle 0 /Ascent 891 /Descent -216 /CapHeight 662 /StemV 80 /FontFile2 ${first + 3} 0 R>>`;
  const file = font.file();
  return [
    text(
      `<</Type /Font /Subtype /Type0 /BaseFont /${name} /Encoding /Identity-H /DescendantFonts [${first + 1} 0 R] /ToUnicode ${first + 4} 0 R>>`,
    ),
    text(
      `<</Type /Font /Subtype /CIDFontType2 /BaseFont /${name} /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor ${first + 2} 0 R /CIDToGIDMap /Identity /W ${font.widths()}>>`,
    ),
    text(descriptor),
    stream(`/Length1 ${file.length}`, file),
    stream('', text(font.toUnicode())),
  ];
}

/** A PDF of pages: each a resource dictionary and a content stream; `shared` objects come after number 3. */
function document(pages: { resources: string; content: string }[], shared: Buffer[], date: string): Buffer {
  const firstPage = 4 + shared.length;
  const kids = pages.map((_, index) => `${firstPage + 2 * index} 0 R`).join(' ');
  const bodies = pages.flatMap((page, index) => [
    text(
      `<</Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Resources ${page.resources} /Contents ${firstPage + 2 * index + 1} 0 R>>`,
    ),
    stream('', text(page.content)),
  ]);
  const created = date.replaceAll('-', '');
  const head = [
    text('<</Type /Catalog /Pages 2 0 R>>'),
    text(`<</Type /Pages /Kids [${kids}] /Count ${pages.length}>>`),
    text(`<</Producer (Congvan demo) /CreationDate (D:${created}080000+07'00')>>`),
  ];
  return assemble([...head, ...shared, ...bodies], 3);
}

function textPdf(letter: OfficialLetter): Buffer {
  const sheet = new Sheet();
  drawHead(sheet, letter);
  drawTitle(sheet, letter);
  drawAddressees(sheet, letter.addressees);
  for (const paragraph of letter.body) sheet.paragraph(paragraph);
  drawFoot(sheet, letter);
  const fonts = [
    ...fontObjects(sheet.fonts.regular, 'CVDEMO+Tinos', 4),
    ...fontObjects(sheet.fonts.bold, 'CVDEMO+Tinos-Bold', 9),
    ...fontObjects(sheet.fonts.italic, 'CVDEMO+Tinos-Italic', 14),
  ];
  const resources = '<</Font <</F1 4 0 R /F2 9 0 R /F3 14 0 R>>>>';
  return document(
    sheet.pages.map((content) => ({ resources, content })),
    fonts,
    letter.date,
  );
}

/** Colour octets (four a pixel) to 4-bit grey, two pixels an octet. */
function greyOf(data: Uint8Array, width: number, height: number): Buffer {
  const row = Math.ceil(width / 2);
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const level = data[4 * (y * width + x) + 1]! >> 4;
      out[y * row + (x >> 1)]! |= x % 2 === 0 ? level << 4 : level;
    }
  }
  return out;
}

let library: Promise<PDFiumLibrary> | null = null;

async function scanPdf(source: Buffer, date: string): Promise<Buffer> {
  library ??= PDFiumLibrary.init();
  const opened = await (await library).loadDocument(source);
  const images: Buffer[] = [];
  try {
    for (const page of opened.pages()) {
      const { data, width, height } = await page.render({ scale: SCAN_DPI / 72, render: 'bitmap' });
      const dict = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 4`;
      images.push(stream(dict, greyOf(data, width, height)));
    }
  } finally {
    opened.destroy();
  }
  const pages = images.map((_, index) => ({
    resources: `<</XObject <</I ${4 + index} 0 R>>>>`,
    content: `q ${PAGE.width} 0 0 ${PAGE.height} 0 0 cm /I Do Q`,
  }));
  return document(pages, images, date);
}

/** An official letter as a PDF, laid out as N30 PL I; with `scan`, as a scanner would give it (200 dpi, no text). */
export async function makeOfficialPdf(letter: OfficialLetter): Promise<Buffer> {
  const made = textPdf(letter);
  return letter.scan === true ? scanPdf(made, letter.date) : made;
}
