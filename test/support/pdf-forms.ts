/** One-page PDFs in each way that cross-references may be written, and with what a signer must not sign over. */
import { deflateSync } from 'node:zlib';

type XrefForm = 'table' | 'stream' | 'hybrid';

export interface PdfLook {
  xref?: XrefForm;
  /** More entries of catalog, page and trailer, PDF syntax. */
  catalog?: string;
  page?: string;
  trailer?: string;
  /** In the page tree's stead, PDF syntax. */
  pages?: string;
  /** More objects, numbered from 10. */
  objects?: string[];
}

const row = (type: number, second: number, third: number): Buffer => {
  const bytes = Buffer.alloc(7);
  bytes[0] = type;
  bytes.writeUInt32BE(second, 1);
  bytes.writeUInt16BE(third, 5);
  return bytes;
};

const PAGE_TEXT = 'BT /F1 24 Tf 80 700 Td (Van ban thu) Tj ET';

/** Numbers: 1 catalog, 2 pages, 3 page, 4 content, 5 font, 6 object stream, 7 cross-reference stream, 10 and up `objects`. */
export function pdfInForm(look: PdfLook = {}): Buffer {
  const form = look.xref ?? 'table';
  const bodies = new Map<number, string>([
    [1, `<</Type /Catalog /Pages 2 0 R ${look.catalog ?? ''}>>`],
    [2, look.pages ?? '<</Type /Pages /Kids [3 0 R] /Count 1>>'],
    [
      3,
      `<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <</Font <</F1 5 0 R>>>> /Contents 4 0 R ${look.page ?? ''}>>`,
    ],
    [5, '<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>'],
    ...(look.objects ?? []).map((body, index): [number, string] => [10 + index, body]),
  ]);
  // In hybrid files the objects that old readers must see stand by themselves; the font hides in the stream.
  const packed = form === 'table' ? [] : form === 'stream' ? [1, 2, 3, 5] : [5];
  let out = '%PDF-1.7\n';
  const offsets = new Map<number, number>();
  const write = (number: number, body: string): void => {
    offsets.set(number, out.length);
    out += `${number} 0 obj\n${body}\nendobj\n`;
  };
  const stream = (dict: string, data: Buffer): string =>
    `<<${dict} /Length ${data.length}>>\nstream\n${data.toString('latin1')}\nendstream`;
  for (const [number, body] of bodies) if (!packed.includes(number)) write(number, body);
  write(4, stream('', Buffer.from(PAGE_TEXT)));
  if (packed.length > 0) {
    const texts = packed.map((number) => bodies.get(number)!);
    const starts = texts.map((_, index) => texts.slice(0, index).join(' ').length + (index > 0 ? 1 : 0));
    const head = packed.map((number, index) => `${number} ${starts[index]}`).join(' ');
    const data = deflateSync(Buffer.from(`${head} ${texts.join(' ')}`, 'latin1'));
    const dict = `/Type /ObjStm /N ${packed.length} /First ${head.length + 1} /Filter /FlateDecode`;
    write(6, stream(dict, data));
  }
  const size = 10 + (look.objects ?? []).length;
  const trailer = `/Size ${size} /Root 1 0 R ${look.trailer ?? ''}`;
  const rowsOf = (numbers: number[], self: number) =>
    Buffer.concat(
      numbers.map((number) => {
        const index = packed.indexOf(number);
        if (number === 7) return row(1, self, 0);
        if (index >= 0) return row(2, 6, index);
        return offsets.has(number) ? row(1, offsets.get(number)!, 0) : row(0, 0, 0);
      }),
    );
  const all = Array.from({ length: size }, (_, number) => number);
  const xrefStream = (numbers: string, rows: number[]): number => {
    const start = out.length;
    const dict = `/Type /XRef /W [1 4 2] ${numbers} /Filter /FlateDecode ${trailer}`;
    write(7, stream(dict, deflateSync(rowsOf(rows, start))));
    return start;
  };
  if (form === 'stream') {
    const start = xrefStream('', all);
    return Buffer.from(`${out}startxref\n${start}\n%%EOF\n`, 'latin1');
  }
  const hidden = form === 'hybrid' ? xrefStream('/Index [5 1]', [5]) : null;
  const start = out.length;
  const lines = all.map((number) =>
    offsets.has(number) && number !== 7
      ? `${String(offsets.get(number)).padStart(10, '0')} 00000 n \n`
      : '0000000000 65535 f \n',
  );
  out += `xref\n0 ${size}\n${lines.join('')}trailer\n<<${trailer}${hidden === null ? '' : ` /XRefStm ${hidden}`}>>\n`;
  return Buffer.from(`${out}startxref\n${start}\n%%EOF\n`, 'latin1');
}
