import { describe, expect, test } from 'vitest';
import { readCsv } from '../../../documents/office/csv.ts';
import { officeKind, officeLines } from '../../../documents/office/read-office.ts';
import { makeXlsx } from '../../../scripts/province/zip.ts';
import { zipOf } from '../../support/office-docx.ts';
import { makeOdf } from '../../support/office-odf.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

describe('spreadsheets: their first lines', () => {
  test('an XLSX of inline strings', async () => {
    const bytes = makeXlsx([['PHỤ LỤC'], ['STT', 'Tên & nơi'], ['1', 'Xã Mẫu']]);
    expect(officeKind(bytes, 'a.xlsx')).toBe('xlsx');
    const { pages } = await officeLines(bytes, 'xlsx');
    expect(pages[0]!.map((line) => line.text)).toEqual(['PHỤ LỤC', 'STT', 'Tên & nơi', '1', 'Xã Mẫu']);
    expect(pages[0]![1]!.box[2]).toBeLessThan(pages[0]![2]!.box[0]);
    expect(pages[0]![3]!.box[1]).toBeGreaterThan(pages[0]![1]!.box[3]);
  });

  test('an XLSX of shared strings with cells left out', async () => {
    const bytes = zipOf({
      'xl/sharedStrings.xml': `<sst xmlns="${MAIN}"><si><t>một</t></si><si><r><t>hai </t></r><r><t>phần</t></r><rPh><t>gone</t></rPh></si></sst>`,
      'xl/worksheets/sheet1.xml': `<worksheet xmlns="${MAIN}"><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c><c r="D1"><v>12.5</v></c><c r="E1" t="s"><v>99</v></c><c r="AZ1"><v>far</v></c></row></sheetData></worksheet>`,
    });
    expect((await officeLines(bytes, 'xlsx')).text).toBe('một\nhai phần\n12.5');
  });

  test('an ODS whose rows and cells are repeated a million times', async () => {
    const cell =
      '<table:table-cell table:number-columns-repeated="1000000"><text:p>ô</text:p></table:table-cell>';
    const body = `<table:table><table:table-row table:number-rows-repeated="1000000">${cell}</table:table-row></table:table>`;
    const { pages } = await officeLines(makeOdf('spreadsheet', { body }), 'ods');
    expect(pages[0]).toHaveLength(60 * 20);
  });

  test.each([
    [
      'a,b\n1,"x, ""y"""\n',
      [
        ['a', 'b'],
        ['1', 'x, "y"'],
      ],
    ],
    [
      'a;b\r\n1,5;2\r\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'a\tb\n"hai\ndòng"\tc',
      [
        ['a', 'b'],
        ['hai dòng', 'c'],
      ],
    ],
    ['sep=|\na|b', [['a', 'b']]],
    ['một dòng', [['một dòng']]],
    ['', []],
  ])('CSV %j', (text, rows) => {
    expect(readCsv(text)).toEqual(rows);
  });

  test('a CSV in TCVN3 is read in Unicode and flagged', async () => {
    const text = 'STT,Céng hßa x· héi,chñ nghÜa ViÖt Nam\n1,§éc lËp,Tù do';
    const { text: read, encoding } = await officeLines(Buffer.from(text, 'latin1'), 'csv');
    expect([read, encoding]).toEqual([
      'STT\nCộng hòa xã hội\nchủ nghĩa Việt Nam\n1\nĐộc lập\nTự do',
      'tcvn3',
    ]);
  });
});
