/** A small zip, stored or deflated, for letters of the demo and of the tests. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  name: string;
  content: Uint8Array;
}

/** One archive; names are UTF-8 (flag 11). */
export function makeZip(members: ZipMember[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const packed = deflateRawSync(content);
    const common = header(name, content, packed.length);
    const file = Buffer.concat([Buffer.from('504b0304', 'hex'), common, Buffer.from(name), packed]);
    central.push(centralRecord(name, common, offset));
    local.push(file);
    offset += file.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** The fields that the local and the central header share: version … extra length. */
function header(name: string, content: Uint8Array, packed: number): Buffer {
  const b = Buffer.alloc(26);
  b.writeUInt16LE(20, 0);
  b.writeUInt16LE(0x0800, 2);
  b.writeUInt16LE(8, 4);
  b.writeUInt16LE(0x5821, 8); // 2024-01-01
  b.writeUInt32LE(crc32(content), 10);
  b.writeUInt32LE(packed, 14);
  b.writeUInt32LE(content.length, 18);
  b.writeUInt16LE(Buffer.byteLength(name), 22);
  return b;
}

function centralRecord(name: string, common: Buffer, offset: number): Buffer {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('504b01021400', 'hex'), common, tail, Buffer.from(name)]);
}

/** A spreadsheet with one sheet of text cells. */
export function makeXlsx(rows: string[][]): Buffer {
  const cell = (text: string) =>
    `<c t="inlineStr"><is><t>${text.replace(/[<&]/g, (c) => (c === '<' ? '&lt;' : '&amp;'))}</t></is></c>`;
  const sheet = rows.map((row) => `<row>${row.map(cell).join('')}</row>`).join('');
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const pack = 'http://schemas.openxmlformats.org/package/2006';
  const xml = (body: string) => Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`);
  return makeZip([
    {
      name: '[Content_Types].xml',
      content: xml(
        `<Types xmlns="${pack}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
      ),
    },
    {
      name: '_rels/.rels',
      content: xml(
        `<Relationships xmlns="${pack}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
      ),
    },
    {
      name: 'xl/workbook.xml',
      content: xml(
        `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Phu luc" sheetId="1" r:id="r1"/></sheets></workbook>`,
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: xml(
        `<Relationships xmlns="${pack}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      ),
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: xml(`<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`),
    },
  ]);
}
