import { describe, expect, test } from 'vitest';
import { type OfficeKind, officeKind, officeLines } from '../../../documents/office/read-office.ts';
import { makeDocx, p, zipOf } from '../../support/office-docx.ts';
import { makeOdf } from '../../support/office-odf.ts';

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const docx = (document: string | Uint8Array) =>
  makeDocx({ body: '', raw: { 'word/document.xml': document } });
const MILLION = 1_000_000;

/** `record` = where the document's record in the archive's directory starts. */
function forged(change: (bytes: Buffer, record: number) => void): Buffer {
  const bytes = Buffer.from(makeDocx({ body: p('a') }));
  change(bytes, bytes.lastIndexOf('word/document.xml') - 46);
  return bytes;
}

const CASES: [name: string, kind: OfficeKind, bytes: () => Uint8Array, code: string][] = [
  ['a bomb of one part', 'docx', () => docx(Buffer.alloc(60 * MILLION, 0x20)), 'ZIP_TOO_LARGE'],
  [
    'a bomb whose header says it is small',
    'odt',
    () => {
      const bytes = zipOf({ 'content.xml': Buffer.alloc(60 * MILLION, 0x20) });
      bytes.writeUInt32LE(10, bytes.readUInt32LE(bytes.length - 6) + 24);
      return bytes;
    },
    'ZIP_TOO_LARGE',
  ],
  [
    'a document type',
    'docx',
    () => docx(`<!DOCTYPE w:document [<!ENTITY a "b">]><w:document ${W}/>`),
    'XML_DOCTYPE',
  ],
  [
    'a document type in an ODT',
    'odt',
    () => zipOf({ 'content.xml': '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>' }),
    'XML_DOCTYPE',
  ],
  ['an entity nobody declared', 'docx', () => docx(`<w:document ${W}>&lol;</w:document>`), 'XML_BROKEN'],
  ['elements 100,000 deep', 'docx', () => docx(`<w:document ${W}>${'<w:p>'.repeat(100_000)}`), 'XML_DEEP'],
  ['XML that ends early', 'docx', () => docx(`<w:document ${W}><w:body><w:p>`), 'XML_BROKEN'],
  ['no document', 'docx', () => zipOf({ 'word/other.xml': '<a/>' }), 'OFFICE_BROKEN'],
  [
    'a directory that leads nowhere',
    'docx',
    () => forged((bytes, at) => bytes.writeUInt32LE(0xfffffff0, at + 42)),
    'ZIP_BROKEN',
  ],
  [
    'a part longer than the file',
    'docx',
    () => forged((bytes, at) => bytes.writeUInt32LE(0x7fffffff, at + 20)),
    'ZIP_BROKEN',
  ],
  [
    'an encrypted part',
    'docx',
    () => forged((bytes, at) => bytes.writeUInt16LE(0x0801, at + 8)),
    'ZIP_ENCRYPTED',
  ],
  [
    'bytes that do not inflate',
    'docx',
    () =>
      forged((bytes) =>
        bytes.fill(0xff, bytes.indexOf('word/document.xml') + 17, bytes.indexOf('word/document.xml') + 40),
      ),
    'ZIP_BROKEN',
  ],
  ['an end cut off', 'docx', () => makeDocx({ body: p('a') }).subarray(0, 300), 'ZIP_BROKEN'],
  ['nothing in it', 'docx', () => new Uint8Array(0), 'ZIP_BROKEN'],
  ['nothing in a .doc', 'doc', () => new Uint8Array(0), 'DOC_UNREADABLE'],
  [
    'a million groups',
    'rtf',
    () => Buffer.from(`{\\rtf1 a\\par ${'{b}'.repeat(MILLION)}}`),
    'RTF_TOO_COMPLEX',
  ],
  [
    'a million groups within each other',
    'rtf',
    () => Buffer.from(`{\\rtf1 a\\par ${'{'.repeat(MILLION)}`),
    'RTF_TOO_COMPLEX',
  ],
  ['no RTF', 'rtf', () => Buffer.from('hello'), 'RTF_BROKEN'],
  ['nothing in a text', 'txt', () => new Uint8Array(0), 'OFFICE_EMPTY'],
  ['only spaces', 'txt', () => Buffer.from(' \n\t\n'), 'OFFICE_EMPTY'],
  ['a file of 70 MB', 'txt', () => Buffer.alloc(70 * 1024 * 1024, 0x61), 'OFFICE_TOO_LARGE'],
];

describe('hostile Office files end in a defect', () => {
  test.each(CASES)('%s (%s)', async (_, kind, bytes, code) => {
    const started = performance.now();
    const { defects } = await officeLines(bytes(), kind);
    expect(defects.map((one) => one.code)).toContain(code);
    for (const { detail } of defects) expect(detail).toBe(detail.normalize('NFC'));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('a broken side part costs what it says, not the document', async () => {
    const { text, defects } = await officeLines(
      makeDocx({ body: p('còn'), raw: { 'word/styles.xml': '<!DOCTYPE a><a/>', 'docProps/app.xml': '<a' } }),
      'docx',
    );
    expect([text, defects.map((one) => one.code)]).toEqual(['còn', ['XML_DOCTYPE', 'XML_BROKEN']]);
  });

  test('tables in tables in tables, and a row of thousands of cells, are read as far as they make sense', async () => {
    const deep = '<w:tbl><w:tr><w:tc>'.repeat(40) + p('sâu') + '</w:tc></w:tr></w:tbl>'.repeat(40);
    const wide = `<w:tbl><w:tr>${`<w:tc>${p('ô')}</w:tc>`.repeat(3_000)}</w:tr></w:tbl>`;
    const { pages } = await officeLines(makeDocx({ body: p('đầu') + deep + wide }), 'docx');
    expect(pages[0]![0]!.text).toBe('đầu');
    for (const line of pages.flat())
      for (const value of line.box) expect(value >= 0 && value <= 1).toBe(true);
  });

  test('absurd measures keep boxes on the page', async () => {
    const body = p(
      'xa',
      '<w:ind w:left="999999999" w:firstLine="-999999999"/><w:spacing w:before="NaN" w:line="1e9"/>',
      '<w:sz w:val="1e9"/>',
    );
    const { pages } = await officeLines(
      makeDocx({ body: `${body}<w:sectPr><w:pgSz w:w="1" w:h="-5"/></w:sectPr>` }),
      'docx',
    );
    for (const line of pages.flat())
      for (const value of line.box) expect(value >= 0 && value <= 1).toBe(true);
  });

  test.each([
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'a.docx', null],
    ['a plain archive', zipOf({ 'a.txt': 'a' }), 'a.zip', null],
    ['a cut-off package', makeDocx({ body: p('a') }).subarray(0, 200), 'a.docx', 'docx'],
    ['a sheet', makeOdf('spreadsheet', { body: '' }), 'x', 'ods'],
    ['a text', Buffer.from('a'), 'a.TXT', 'txt'],
    ['a table in text', Buffer.from('a;b'), 'a.csv', 'csv'],
    ['a script', Buffer.from('a'), 'a.js', null],
  ])('%s is of the kind it should be', (_, bytes, name, kind) => {
    expect(officeKind(bytes, name)).toBe(kind);
  });
});
