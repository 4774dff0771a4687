/** PDFs written object by object, so that a test can break exactly what it means to break. Bodies are Latin-1 PDF syntax. */

export type Bodies = Record<number, string>;
/** How the cross-references are written; `packed` = objects in an object stream, named by a cross-reference stream. */
export type Layout = 'table' | 'stream' | 'packed' | 'hybrid';

export function streamBody(data: string, entries = ''): string {
  return `<<${entries} /Length ${data.length}>>\nstream\n${data}\nendstream`;
}

interface Row {
  number: number;
  /** Offset, or for a packed object the stream and its place in it. */
  offset: number;
  packedIn?: { stream: number; index: number };
  /** Named as free: how the table of a hybrid-reference file hides what its stream shows. */
  free?: boolean;
}

/** Sorted by number; that is how honest writers do it. */
const byNumber = (a: Row, b: Row) => a.number - b.number;

export function tableOf(rows: Row[], entries: string): string {
  const lines = rows.map(
    ({ number, offset, free = false }) =>
      `${number} 1\n${String(offset).padStart(10, '0')} 00000 ${free ? 'f' : 'n'} \n`,
  );
  return `xref\n${lines.join('')}trailer\n<<${entries}>>\n`;
}

export function xrefStreamOf(number: number, rows: Row[], entries: string): string {
  const index = rows.map((row) => `${row.number} 1`).join(' ');
  const hex = (value: number, width: number) => value.toString(16).padStart(2 * width, '0');
  const data = rows
    .map(({ offset, packedIn }) =>
      packedIn === undefined
        ? `01${hex(offset, 4)}0000`
        : `02${hex(packedIn.stream, 4)}${hex(packedIn.index, 2)}`,
    )
    .join('');
  const dict = `/Type /XRef /W [1 4 2] /Index [${index}] /Filter /ASCIIHexDecode ${entries}`;
  return `${number} 0 obj\n${streamBody(`${data}>`, dict)}\nendobj\n`;
}

export function objectStream(objects: [number, string][]): string {
  let body = '';
  const head = objects.map(([number, text]) => {
    const at = body.length;
    body += `${text}\n`;
    return `${number} ${at}`;
  });
  const first = `${head.join(' ')}\n`;
  return streamBody(first + body, `/Type /ObjStm /N ${objects.length} /First ${first.length}`);
}

/** Objects at the end of `before`, and where they stand. */
export function placed(before: number, bodies: [number, string][]): { text: string; rows: Row[] } {
  let text = '';
  const rows = bodies.map(([number, body]): Row => {
    const offset = before + text.length;
    text += `${number} 0 obj\n${body}\nendobj\n`;
    return { number, offset };
  });
  return { text, rows };
}

function entriesOf(bodies: Bodies): [number, string][] {
  return Object.entries(bodies).map(([number, body]) => [Number(number), body]);
}

/** Objects and their cross-references, to stand behind `before` octets. Object `spare` and the next one may be used. */
function section(
  before: number,
  bodies: Bodies,
  options: { layout: Layout; entries: string; spare: number },
): string {
  const { layout, entries, spare } = options;
  const all = entriesOf(bodies);
  const isPlain = ([, body]: [number, string]) => body.includes('stream\n') || body.includes('/ByteRange');
  const inside = layout === 'packed' || layout === 'hybrid' ? all.filter((one) => !isPlain(one)) : [];
  const outside: [number, string][] =
    inside.length === 0 ? all : [...all.filter(isPlain), [spare, objectStream(inside)]];
  const { text, rows } = placed(before, outside);
  const packed = inside.map(
    ([number], index): Row => ({ number, offset: 0, packedIn: { stream: spare, index } }),
  );
  const start = before + text.length;
  const size = `/Size ${spare + 2} ${entries}`;
  if (layout === 'table') return `${text}${tableOf(rows.sort(byNumber), size)}startxref\n${start}\n%%EOF\n`;
  if (layout === 'hybrid') {
    const stream = xrefStreamOf(spare + 1, packed, size);
    const hidden = packed.map(({ number }): Row => ({ number, offset: 0, free: true }));
    const table = tableOf([...rows, ...hidden].sort(byNumber), `${size} /XRefStm ${start}`);
    return `${text}${stream}${table}startxref\n${start + stream.length}\n%%EOF\n`;
  }
  const every = [...rows, ...packed, { number: spare + 1, offset: start }].sort(byNumber);
  return `${text}${xrefStreamOf(spare + 1, every, size)}startxref\n${start}\n%%EOF\n`;
}

/** A file of one revision; object 1 is its catalog. */
export function writePdf(bodies: Bodies, layout: Layout = 'table', trailer = ''): Buffer {
  const head = '%PDF-1.7\n';
  const spare = Math.max(...Object.keys(bodies).map(Number)) + 1;
  const entries = `/Root 1 0 R /ID [<00><00>] ${trailer}`;
  return Buffer.from(head + section(head.length, bodies, { layout, entries, spare }), 'latin1');
}

export function startXrefOf(pdf: Buffer): number {
  return Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf.toString('latin1', pdf.length - 200))![1]);
}

/** A further revision with these objects; `trailer` replaces what the trailer says beside /Size and /Prev. */
export function revise(
  pdf: Buffer,
  bodies: Bodies,
  options: { layout?: Layout; trailer?: string; spare?: number } = {},
): Buffer {
  const { layout = 'table', trailer = '/Root 1 0 R /ID [<00><00>]', spare = 900 } = options;
  const entries = `/Prev ${startXrefOf(pdf)} ${trailer}`;
  return Buffer.concat([pdf, Buffer.from(section(pdf.length, bodies, { layout, entries, spare }), 'latin1')]);
}

/** Text behind a file, as bytes. */
export function append(pdf: Buffer, text: string): Buffer {
  return Buffer.concat([pdf, Buffer.from(text, 'latin1')]);
}

/**
 * A linearised file (ISO 32000-2 annex F): the objects of `front` first with cross-references of their own, then the rest
 * with the main ones; the file ends by pointing at the first.
 */
export function writeLinearised(bodies: Bodies, front: number[]): Buffer {
  const all = entriesOf(bodies);
  const size = `/Size ${Math.max(...all.map(([number]) => number)) + 1}`;
  const head = '%PDF-1.7\n';
  const first = all.filter(([number]) => front.includes(number));
  const rest = all.filter(([number]) => !front.includes(number));
  // Offsets have ten digits, so the first section is as long whatever they are.
  const firstTable = (rows: Row[], previous: number) =>
    `${tableOf(rows, `${size} /Root 1 0 R /ID [<00><00>] /Prev ${String(previous).padStart(10, '0')}`)}startxref\n0\n%%EOF\n`;
  const room = firstTable(
    first.map(([number]) => ({ number, offset: 0 })),
    0,
  ).length;
  const start = head.length;
  const a = placed(start + room, first);
  const b = placed(start + room + a.text.length, rest);
  const main = start + room + a.text.length + b.text.length;
  const table = firstTable(a.rows.sort(byNumber), main);
  const tail = `${tableOf(b.rows.sort(byNumber), size)}startxref\n${start}\n%%EOF\n`;
  return Buffer.from(head + table + a.text + b.text + tail, 'latin1');
}
