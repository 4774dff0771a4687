import { describe, expect, test } from 'vitest';
import { officeKind, officeLines } from '../../../documents/office/read-office.ts';

const FONTS =
  '{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}{\\f1\\fnil .VnTime;}{\\f2\\fnil .VnTimeH;}{\\f3\\froman\\fcharset163 Times New Roman;}{\\f4 VNI-Times;}}';
const bytes = (body: string) => Buffer.from(`{\\rtf1\\ansi\\ansicpg1252\\deff0${FONTS}${body}}`, 'latin1');
const read = (body: string) => officeLines(bytes(body), 'rtf');
const texts = async (body: string) => (await read(body)).pages.map((page) => page.map((line) => line.text));

describe('RTF', () => {
  test('is known by its content, also under the name .doc', () => {
    expect(officeKind(bytes('a'), 'a.doc')).toBe('rtf');
  });

  test.each([
    ['\\u8222?trong ngo\\u7863?c\\u8221?', '„trong ngoặc”'],
    ["{\\uc2 Ph\\u7909\\'3f\\'3f l\\u7909 ??c}", 'Phụ lục'],
    ['{\\uc0 \\u272 \\u7891 ng}', 'Đồng'],
    ['\\u-10179?\\u-8704?', '😀'],
    ["{\\f3 C\\'f4\\'f2ng v\\'e3n}", 'Cộng văn'],
    ['a\\tab b\\~c\\_d', 'a b c-d'],
    ['\\{ngoặc\\}'.replace('ặ', '\\u7863?'), '{ngoặc}'],
    ['m\\b0\\i0\\fs26 ot', 'mot'],
    ['{\\*\\unknown gone}{\\v gone}{\\deleted gone}{\\pict 0102}{\\footnote gone}stays', 'stays'],
    ['{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt shown}}', 'shown'],
    ['{\\listtext\\tab -\\tab}Như trên'.replace('ư', '\\u432?').replace('ê', '\\u234?'), '- Như trên'],
    ['\\bin4 }}}}after', 'after'],
  ])('%s reads as %s', async (body, text) => {
    expect((await read(`${body}\\par`)).text).toBe(text);
  });

  test('cells stand side by side; alignment, weight, pages and the count of pages are kept', async () => {
    const body =
      '{\\info{\\title gone}{\\nofpages2}}\\trowd\\trleft-108\\cellx3400\\cellx9500' +
      '\\pard\\intbl\\qc\\b SO NOI VU\\cell\\pard\\intbl\\qc CONG HOA XA HOI\\par Doc lap\\cell\\row' +
      '\\pard\\plain\\qr phai\\par\\page sau\\par';
    const { pages, pageCount } = await read(body);
    expect(pages.map((page) => page.map((line) => line.text))).toEqual([
      ['SO NOI VU', 'CONG HOA XA HOI', 'Doc lap', 'phai'],
      ['sau'],
    ]);
    const [agency, motto, , right] = pages[0]!;
    expect(agency!.box[2]).toBeLessThan(motto!.box[0]);
    expect([agency!.bold, right!.bold, pageCount]).toEqual([true, false, 2]);
    expect(right!.box[2]).toBeGreaterThan(0.9);
  });

  test('a table in a cell is set as plain text in that cell', async () => {
    const body =
      '\\trowd\\cellx3400\\cellx9500\\pard\\intbl\\itap2 trong{\\nestcell}{\\*\\nesttableprops\\trowd\\cellx900\\nestrow}{\\nonesttables\\par}' +
      '\\pard\\intbl ngoai\\cell\\pard\\intbl phai\\cell\\row\\pard sau\\par';
    const { pages } = await read(body);
    expect(pages[0]!.map((line) => line.text)).toEqual(['trong', 'phai', 'ngoai', 'sau']);
  });

  test('text boxes, and the header of page 1, are read', async () => {
    const body =
      '{\\header chan\\par}{\\headerf SAO Y\\par}{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt \\pard HOA TOC\\par}}{\\shprslt gone}}Than\\par';
    expect((await texts(body)).flat().sort()).toEqual(['HOA TOC', 'SAO Y', 'Than']);
  });

  test('TCVN3 and VNI fonts are read in Unicode and flagged (VAL-07)', async () => {
    const tcvn3 = await read("{\\f2 \\'f1y ban nh\\'a9n d\\'a9n}\\par{\\f1 \\'a7\\'e9c l\\'cbp}\\par");
    expect([tcvn3.text, tcvn3.encoding, tcvn3.defects.map((one) => one.code)]).toEqual([
      'ỦY BAN NHÂN DÂN\nĐộc lập',
      'tcvn3',
      ['LEGACY_ENCODING'],
    ]);
    const vni = await read("{\\f4 Vie\\'e4t Nam, Co\\'e4ng ho\\'f8a}\\par".replace("ho\\'f8a", "hoa\\'f8"));
    expect([vni.text, vni.encoding]).toEqual(['Việt Nam, Cộng hoà', 'vni']);
  });

  test('what is not closed, or closed too often, is read as far as it goes', async () => {
    expect((await officeLines(Buffer.from('{\\rtf1 a\\par {{{b'), 'rtf')).text).toBe('a\nb');
    expect((await officeLines(Buffer.from('{\\rtf1 a}}}}\\par b'), 'rtf')).text).toContain('a');
  });
});
