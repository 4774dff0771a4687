/** winmail.dat as Outlook writes it (MS-OXTNEF), with files only, for the demo and the tests. */

const ATT_TNEF_VERSION = 0x00089006;
const ATT_OEM_CODEPAGE = 0x00069007;
const ATT_REND_DATA = 0x00069002;
const ATT_TITLE = 0x00018010;
const ATT_DATA = 0x0006800f;
const ATT_PROPS = 0x00069005;
const PR_LONG_FILENAME_UNICODE = 0x3707001f;

export function makeTnef(files: { name: string; content: Uint8Array }[]): Buffer {
  const u32 = (n: number) => {
    const b = Buffer.alloc(4);
    b.writeUInt32LE(n >>> 0);
    return b;
  };
  const parts: Buffer[] = [u32(0x223e9f78), Buffer.from([1, 0])];
  parts.push(attribute(1, ATT_TNEF_VERSION, u32(0x10000)));
  parts.push(attribute(1, ATT_OEM_CODEPAGE, Buffer.concat([u32(1258), u32(0)])));
  for (const file of files) {
    parts.push(attribute(2, ATT_REND_DATA, Buffer.from([1, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0])));
    parts.push(attribute(2, ATT_TITLE, Buffer.from(`${ascii(file.name)}\0`, 'latin1')));
    parts.push(attribute(2, ATT_DATA, Buffer.from(file.content)));
    const name = Buffer.from(`${file.name}\0`, 'utf16le');
    const padded = Buffer.concat([name, Buffer.alloc((4 - (name.length % 4)) % 4)]);
    parts.push(
      attribute(
        2,
        ATT_PROPS,
        Buffer.concat([u32(1), u32(PR_LONG_FILENAME_UNICODE), u32(1), u32(name.length), padded]),
      ),
    );
  }
  return Buffer.concat(parts);
}

function attribute(level: number, id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8(level, 0);
  head.writeUInt32LE(id, 1);
  head.writeUInt32LE(data.length, 5);
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(data.reduce((a, b) => (a + b) & 0xffff, 0));
  return Buffer.concat([head, data, sum]);
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[̀-ͯ]/g, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .replace(/[^\x20-\x7e]/g, '_');
}
