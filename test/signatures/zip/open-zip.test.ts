import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CongvanError } from '../../../config/error.ts';
import { makeZip } from '../../../scripts/province/zip.ts';
import { openZip } from '../../../signatures/zip/open-zip.ts';
import {
  descriptor,
  eightBytes,
  end64Record,
  endRecord,
  extraField,
  type ForgedArchive,
  type ForgedEntry,
  forgeZip,
  packedData,
} from '../../support/forged-zip.ts';

const content = Buffer.from('Kính gửi: Sở Nội vụ tỉnh Mẫu. '.repeat(5));
const entry = (name: string | Buffer, more: Partial<ForgedEntry> = {}): ForgedEntry => ({
  name,
  content,
  ...more,
});
const one = (more: Partial<ForgedEntry>, archive?: ForgedArchive) => () =>
  forgeZip([entry('a.xml', more)], archive);
const two =
  (first: string | Buffer, second: string | Buffer, flags = 0x0800) =>
  () =>
    forgeZip([entry(first, { flags }), entry(second, { flags })]);
const PACKED = packedData(entry('a.xml'));
const CRC = crc32(content);
const latin = (text: string) => Buffer.from(text, 'latin1');
/** The plain archive, as a comment or a prefix of another. */
const whole = one({})();
const described = descriptor(CRC, PACKED.length, content.length);
/** An end record whose directory is none. */
const lost = endRecord({
  disk: 0,
  entries: 1,
  entriesHere: 1,
  size: 50,
  offset: 7,
  comment: Buffer.alloc(0),
  commentLength: 0,
});
const unicodePath = (name: string) => extraField(0x7075, Buffer.concat([Buffer.alloc(5), Buffer.from(name)]));
const unknownLength = { flags: 0x0808, local: { flags: 0x0808, crc: 0, packed: 0, size: 0 } };

describe('an archive that every reader sees the same way has no fault', () => {
  const good: [name: string, bytes: () => Buffer, note?: string][] = [
    ['plain', one({})],
    ['of the house’s own writer', () => makeZip([{ name: 'a.xml', content }])],
    ['stored', one({ stored: true })],
    [
      'with a folder',
      () => forgeZip([entry('word/', { content: Buffer.alloc(0), stored: true }), entry('a.xml')]),
    ],
    ['names in Vietnamese', () => forgeZip([entry('a.xml'), entry('Phụ lục.xml')])],
    ['UTF-8 that does not say so', () => forgeZip([entry('a.xml'), entry('Phụ lục.xml', { flags: 0 })])],
    ['hints of the compressor in one header only', one({ local: { flags: 0x0806 } })],
    ['data descriptor', one({ ...unknownLength, behind: described })],
    ['data descriptor without its signature', one({ ...unknownLength, behind: described.subarray(4) })],
    [
      'data descriptor of eight bytes',
      one({
        ...unknownLength,
        behind: Buffer.concat([described.subarray(0, 8), eightBytes(PACKED.length, content.length)]),
      }),
    ],
    ['data descriptor although the header tells all', one({ flags: 0x0808, behind: described })],
    [
      'zip64 sizes that are right',
      one({
        central: {
          packed: 0xffffffff,
          size: 0xffffffff,
          extra: extraField(1, eightBytes(content.length, PACKED.length)),
        },
      }),
    ],
    [
      'zip64 sizes that were not needed',
      one({ local: { extra: extraField(1, eightBytes(content.length, PACKED.length)) } }),
    ],
    [
      'zip64 end record that repeats the plain one',
      () => {
        const plain = one({})();
        const [size, offset] = [plain.readUInt32LE(plain.length - 10), plain.readUInt32LE(plain.length - 6)];
        return one(
          {},
          { beforeEnd: end64Record(offset + size, { entries: 1, size, offset }), end: { entries: 0xffff } },
        )();
      },
    ],
    [
      'zip64 end record that alone says where the directory is',
      () => {
        const plain = one({})();
        const [size, offset] = [plain.readUInt32LE(plain.length - 10), plain.readUInt32LE(plain.length - 6)];
        const record = end64Record(offset + size, { entries: 1, size, offset });
        return one({}, { beforeEnd: record, end: { offset: 0xffffffff } })();
      },
    ],
    ['the Unicode path of the same name', one({ local: { extra: unicodePath('a.xml') } })],
    ['padding in an extra field', one({ local: { extra: Buffer.alloc(3) } })],
    ['an extra field that aligns', one({ local: { extra: extraField(0xa220, Buffer.alloc(20)) } })],
    ['a comment', one({}, { end: { comment: Buffer.from('ghi chú') } }), 'ZIP_COMMENT'],
    ['a comment with an end record that leads nowhere', one({}, { end: { comment: lost } }), 'ZIP_COMMENT'],
    ['a prefix with right offsets', one({}, { prefix: Buffer.from('#!/bin/sh\n') }), 'ZIP_PREFIX'],
    [
      'zeros between entries',
      () => forgeZip([entry('a.xml', { behind: Buffer.alloc(8) }), entry('b.xml')]),
      'ZIP_PADDING',
    ],
    [
      'another archive stored inside',
      () => forgeZip([entry('a.xml'), { name: 'b.docx', content: whole, stored: true }]),
    ],
  ];
  it.each(good)('%s', (_, bytes, note) => {
    const zip = openZip(bytes());
    expect(zip.faults).toEqual([]);
    expect(zip.notes.map(({ code }) => code)).toEqual(note === undefined ? [] : [note]);
    expect(Buffer.from(zip.read('a.xml'))).toEqual(content);
  });

  it('tells what an entry is', () => {
    const { entries } = openZip(
      forgeZip([
        entry('mimetype', { stored: true }),
        entry('b/', { content: Buffer.alloc(0), stored: true }),
      ]),
    );
    expect([...entries.values()]).toMatchObject([
      { name: 'mimetype', size: content.length, method: 0, offset: 0, directory: false, extra: false },
      { name: 'b/', size: 0, directory: true },
    ]);
  });

  it('an entry that is not there is an error of the caller', () => {
    expect(() => openZip(whole).read('b.xml')).toThrow(CongvanError);
  });
});

type Attack = [name: string, detail: RegExp, bytes: () => Buffer];

const NAMES: Attack[] = [
  ['the same name twice', /one entry/, two('a.xml', 'a.xml')],
  ['names that differ in case', /one entry/, two('a.xml', 'A.XML')],
  ['a backslash for a slash', /one entry/, two('w/a.xml', 'w\\a.xml')],
  ['a backslash alone', /backslash/, () => forgeZip([entry('w\\a.xml')])],
  ['composed and decomposed', /one entry/, two('phụ.xml'.normalize('NFC'), 'phụ.xml'.normalize('NFD'))],
  [
    'the same name in code page 437 and in UTF-8',
    /one entry/,
    () => forgeZip([entry('é.xml'), entry(Buffer.from([0x82, 0x2e, 0x78, 0x6d, 0x6c]), { flags: 0 })]),
  ],
  [
    'UTF-8 that reads as another entry in code page 437',
    /one entry/,
    () => forgeZip([entry('é.xml', { flags: 0 }), entry('├⌐.xml')]),
  ],
  ['a dot at the end, which Windows drops', /one entry/, two('a.xml', 'a.xml.')],
  ['bytes that are no UTF-8', /not UTF-8/, () => forgeZip([entry(Buffer.from([0xc3, 0x28]))])],
  [
    'a Unicode path that is the name of another entry',
    /one entry/,
    () => forgeZip([entry('a.xml', { central: { extra: unicodePath('b.xml') } }), entry('b.xml')]),
  ],
  [
    'a Unicode path of another name',
    /Unicode path/,
    one({ central: { extra: extraField(0x7075, Buffer.concat([Buffer.alloc(5), Buffer.from('b.xml')])) } }),
  ],
  ['no name', /is empty/, () => forgeZip([entry('')])],
  ['a NUL in it', /control/, () => forgeZip([entry('a.xml\0.txt')])],
  ['up and out', /walks/, () => forgeZip([entry('../a.xml')])],
  ['up inside', /walks/, () => forgeZip([entry('w/../a.xml')])],
  ['an empty step', /walks/, () => forgeZip([entry('w//a.xml')])],
  ['from the root', /absolute/, () => forgeZip([entry('/a.xml')])],
  ['from a drive', /absolute/, () => forgeZip([entry('C:a.xml')])],
  ['a file that is also a folder', /folder of/, two('w', 'w/a.xml')],
  ['a folder with bytes', /holds bytes/, () => forgeZip([entry('w/')])],
];

const HEADERS: Attack[] = [
  ['name', /\(name\)/, one({ local: { name: 'b.xml' } })],
  ['method', /\(method\)/, one({ stored: true, local: { method: 8 } })],
  ['CRC-32', /\(crc\)/, one({ local: { crc: 1 } })],
  ['packed size', /\(packed\)/, one({ local: { packed: PACKED.length - 1 } })],
  ['size', /\(size\)/, one({ local: { size: 1 } })],
  ['flags', /\(flags\)/, one({ local: { flags: 0 } })],
  ['encryption flag in one only', /\(flags\)/, one({ local: { flags: 0x0801 } })],
  [
    'zip64 size against plain size',
    /contradicting/,
    one({ central: { extra: extraField(1, eightBytes(7, 8)) } }),
  ],
  [
    'zip64 field without the value asked for',
    /contradicting|not where/,
    one({ central: { size: 0xffffffff, extra: extraField(1, Buffer.alloc(4)) } }),
  ],
  [
    'zip64 size of the local header',
    /headers disagree/,
    one({ local: { size: 0xffffffff, extra: extraField(1, eightBytes(7)) } }),
  ],
  [
    'two zip64 fields',
    /contradicting/,
    one({
      central: {
        extra: Buffer.concat([
          extraField(1, eightBytes(content.length, PACKED.length)),
          extraField(1, eightBytes(content.length, PACKED.length)),
        ]),
      },
    }),
  ],
  [
    'an extra field longer than its room',
    /contradicting/,
    one({ local: { extra: Buffer.from([9, 9, 9, 9]) } }),
  ],
  ['the data descriptor', /descriptor/, one({ ...unknownLength, behind: descriptor(CRC, PACKED.length, 1) })],
  ['no data descriptor', /descriptor/, one(unknownLength)],
  ['CRC-32 of the content', /another CRC-32/, one({ central: { crc: 1 }, local: { crc: 1 } })],
  [
    'size of the content, larger',
    /does not inflate/,
    one({ central: { size: content.length + 1 }, local: { size: content.length + 1 } }),
  ],
  ['size of the content, smaller', /does not inflate/, one({ central: { size: 5 }, local: { size: 5 } })],
  ['two sizes of stored data', /two sizes/, one({ stored: true, central: { size: 5 }, local: { size: 5 } })],
  ['AES in one only', /\(encryption\)/, one({ local: { extra: extraField(0x9901, Buffer.alloc(7)) } })],
  ['Unicode path in one only', /\(Unicode path\)/, one({ local: { extra: unicodePath('b.xml') } })],
  ['another disk', /another disk/, one({ central: { disk: 1 } })],
];

const DATA: Attack[] = [
  ['broken deflate', /does not inflate/, one({ data: Buffer.from([0xff, 0xff, 0xff]) })],
  [
    'bytes behind the deflate stream',
    /behind the end/,
    one({ data: Buffer.concat([PACKED, Buffer.from('xx')]) }),
  ],
  ['an encrypted entry', /is encrypted/, one({ flags: 0x0801 })],
  [
    'an AES entry',
    /is encrypted/,
    one({
      central: { extra: extraField(0x9901, Buffer.alloc(7)) },
      local: { extra: extraField(0x9901, Buffer.alloc(7)) },
    }),
  ],
  ['a masked directory', /is encrypted/, one({ flags: 0x2800 })],
  ['an unknown method', /method 12/, one({ central: { method: 12 }, local: { method: 12 } })],
  [
    'stored data of unknown length with a record in it',
    /holds a record/,
    () => {
      const inside = Buffer.concat([Buffer.from('x'), whole]);
      const length = descriptor(crc32(inside), inside.length, inside.length);
      return forgeZip([{ name: 'a.xml', content: inside, stored: true, ...unknownLength, behind: length }]);
    },
  ],
];

const LAYOUT: Attack[] = [
  [
    'bytes between entries',
    /belong to no entry/,
    () => forgeZip([entry('a.xml', { behind: Buffer.from('hidden') }), entry('b.xml')]),
  ],
  [
    'an entry that the directory does not know',
    /belong to no entry/,
    () => forgeZip([entry('a.xml', { only: 'local' }), entry('b.xml')]),
  ],
  [
    'an entry at the end that the directory does not know',
    /belong to no entry/,
    () => forgeZip([entry('b.xml'), entry('a.xml', { only: 'local' })]),
  ],
  [
    'two entries over the same bytes',
    /overlaps/,
    () => forgeZip([entry('a.xml'), entry('b.xml', { only: 'central', central: { offset: 0 } })]),
  ],
  [
    'an entry of the directory that is nowhere',
    /not where/,
    () => forgeZip([entry('a.xml'), entry('b.xml', { only: 'central' })]),
  ],
  ['an entry beyond the end', /not where/, one({ central: { packed: 100_000 } })],
  ['a prefix that is an archive', /belong to no entry/, one({}, { prefix: whole })],
  [
    'a prefix that offsets do not know of',
    /not where|no central|holds something|belong to no/,
    one({}, { prefix: Buffer.from('prefix'), shifted: false }),
  ],
  ['bytes before the directory', /belong to no entry/, one({}, { beforeDirectory: Buffer.from('hidden') })],
  ['bytes behind the directory', /belong to no entry/, one({}, { beforeEnd: Buffer.from('hidden') })],
  ['bytes behind the end', /behind the end record/, one({}, { behind: Buffer.from('\n') })],
];

const END: Attack[] = [
  [
    'no directory',
    /no central directory/,
    () => latin('PK\x03\x04 and nothing more, for as long as it takes'),
  ],
  ['a comment that is an archive', /second end record/, one({}, { end: { comment: whole } })],
  [
    'a comment that holds an empty archive',
    /second end record/,
    one(
      {},
      {
        end: {
          comment: endRecord({
            disk: 0,
            entries: 0,
            entriesHere: 0,
            size: 0,
            offset: 0,
            comment: Buffer.alloc(0),
            commentLength: 0,
          }),
        },
      },
    ),
  ],
  [
    'an end record with room for the true one in its comment',
    /second end record/,
    () => {
      const plain = one({})();
      const offset = plain.readUInt32LE(plain.length - 6);
      const size = plain.readUInt32LE(plain.length - 10);
      const fields = { disk: 0, entries: 1, entriesHere: 1, size, offset, comment: Buffer.alloc(0) };
      return one({}, { beforeEnd: endRecord({ ...fields, commentLength: 22 }) })();
    },
  ],
  [
    'fewer entries than the directory has',
    /another number/,
    () => forgeZip([entry('a.xml'), entry('b.xml')], { end: { entries: 1, entriesHere: 1 } }),
  ],
  ['entries on other disks', /another number/, one({}, { end: { entriesHere: 0 } })],
  ['several disks', /several disks/, one({}, { end: { disk: 1 } })],
  [
    'a directory that is cut',
    /holds something/,
    () => {
      const size = one({})().readUInt32LE(whole.length - 10);
      return one({}, { end: { size: size - 3 } })();
    },
  ],
  [
    'a zip64 end record that says otherwise',
    /zip64/,
    () => {
      const [size, offset] = [whole.readUInt32LE(whole.length - 10), whole.readUInt32LE(whole.length - 6)];
      return one({}, { beforeEnd: end64Record(offset + size, { entries: 2, size, offset }) })();
    },
  ],
  [
    'a zip64 locator that leads elsewhere',
    /zip64/,
    () => {
      const [size, offset] = [whole.readUInt32LE(whole.length - 10), whole.readUInt32LE(whole.length - 6)];
      return one({}, { beforeEnd: end64Record(3, { entries: 1, size, offset }) })();
    },
  ],
];

describe.each([
  ['a doubtful name is a fault', NAMES],
  ['headers that disagree are a fault', HEADERS],
  ['data that are not what they seem are a fault', DATA],
  ['bytes that belong to nothing, or to two, are a fault', LAYOUT],
  ['a directory that can be read in two ways is a fault', END],
])('%s', (_, attacks) => {
  it.each(attacks)('%s', (_name, detail, bytes) => {
    const { faults } = openZip(bytes());
    expect(
      faults.filter(({ code }) => code === 'FORMAT_FAILURE').map((fault) => fault.detail),
    ).toContainEqual(expect.stringMatching(detail));
  });
});

describe('limits hold', () => {
  it('an entry that would inflate to more than a reader may hold is not inflated', () => {
    const bomb = deflateRawSync(Buffer.alloc(1024 * 1024));
    const sizes = { size: 200 * 1024 * 1024 };
    const began = performance.now();
    const zip = openZip(forgeZip([entry('a.xml', { data: bomb, central: sizes, local: sizes })]));
    expect(zip.faults.map(({ code }) => code)).toContain('LIMIT');
    expect(performance.now() - began).toBeLessThan(1000);
    expect(() => zip.read('a.xml')).toThrow(CongvanError);
  });

  it('an entry that inflates past its declared size is stopped there', () => {
    const bomb = deflateRawSync(Buffer.alloc(50 * 1024 * 1024));
    const sizes = { size: 10 };
    const zip = openZip(forgeZip([entry('a.xml', { data: bomb, central: sizes, local: sizes })]));
    expect(zip.faults[0]!.detail).toMatch(/does not inflate/);
  });

  it('many entries that are small each are stopped together', () => {
    const zeros = Buffer.alloc(100 * 1024 * 1024);
    const data = deflateRawSync(zeros);
    const entries = ['a', 'b', 'c'].map((name) => ({ name, content: zeros, data }));
    const zip = openZip(forgeZip(entries));
    expect(zip.faults).toEqual([{ code: 'LIMIT', detail: expect.stringMatching(/^c inflates/) }]);
  });

  it('a directory of too many entries is not read to its end', () => {
    const entries = Array.from({ length: 20_001 }, (_, at) => ({
      name: `${at}`,
      content: Buffer.alloc(0),
      stored: true,
    }));
    const zip = openZip(forgeZip(entries));
    expect(zip.faults.map(({ code }) => code)).toContain('LIMIT');
    expect(zip.entries.size).toBe(20_000);
  });

  it('folders in folders without end are not walked', () => {
    const { faults } = openZip(forgeZip([entry(`${'a/'.repeat(1500)}b.xml`)]));
    expect(faults.map(({ detail }) => detail)).toContainEqual(expect.stringMatching(/too many folders/));
  });

  it('an archive with thousands of faults tells the first of them', () => {
    const entries = Array.from({ length: 1000 }, () => entry('a.xml'));
    expect(openZip(forgeZip(entries)).faults).toHaveLength(50);
  });

  it('an overlong header is told', () => {
    const zip = openZip(forgeZip([entry('n'.repeat(5000))]));
    expect(zip.faults.map(({ code }) => code)).toContain('LIMIT');
  });

  it.each([0, 1, 21, 22, 30])('%i bytes are no archive', (length) => {
    expect(openZip(Buffer.alloc(length)).faults).toHaveLength(1);
  });

  it('never throws for an archive with any byte changed', () => {
    const plain = forgeZip([entry('a.xml'), entry('b.xml', { stored: true })]);
    for (let at = 0; at < plain.length; at++) {
      const changed = Buffer.from(plain);
      changed[at]! ^= 0xff;
      expect(() => openZip(changed)).not.toThrow();
    }
  });
});
