import { afterAll, describe, expect, it } from 'vitest';
import { makeTnef } from '../../scripts/province/tnef.ts';
import { makeXlsx, makeZip } from '../../scripts/province/zip.ts';
import { codes, mixed, read, testSink } from './memory-sink.ts';

const sink = testSink();
afterAll(() => sink.remove());

const attached = (name: string, content: Buffer) =>
  `Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${content.toString('base64').replace(/.{76}/g, '$&\n')}`;
const pdf = Buffer.from('%PDF-1.7\nmẫu');

describe('zip attachments', () => {
  it('members become parts, their paths cleaned', async () => {
    const zip = makeZip([
      { name: 'Phụ lục/biểu.pdf', content: pdf },
      { name: '../../x.pdf', content: pdf },
    ]);
    const mail = await read(mixed(attached('a.zip', zip)), sink);
    expect(mail.parts.map(({ path, name, origin, container }) => [path, name, origin, container])).toEqual([
      ['1', 'a.zip', 'attachment', null],
      ['1/1', 'biểu.pdf', 'zip', '1'],
      ['1/2', 'x.pdf', 'zip', '1'],
    ]);
    expect(mail.parts[1]!.detectedType).toBe('application/pdf');
    expect(codes(mail)).toEqual(['archive-unsafe-name']);
  });

  it('a member twice is flagged and kept twice', async () => {
    const mail = await read(
      mixed(
        attached(
          'a.zip',
          makeZip([
            { name: 'a.pdf', content: pdf },
            { name: 'A.pdf', content: pdf },
          ]),
        ),
      ),
      sink,
    );
    expect(mail.parts).toHaveLength(3);
    expect(codes(mail)).toEqual(['archive-duplicate-entry']);
  });

  it('a bomb is left out and said; what is beside it is read', async () => {
    const zip = makeZip([
      { name: 'bom.txt', content: Buffer.alloc(20_000_000) },
      { name: 'a.pdf', content: pdf },
    ]);
    const mail = await read(mixed(attached('a.zip', zip)), sink);
    expect(mail.parts.map((part) => part.size)).toEqual([zip.length, 0, pdf.length]);
    expect(codes(mail)).toEqual(['archive-bomb']);
  });

  it('an encrypted member is listed, not read', async () => {
    const zip = makeZip([{ name: 'a.pdf', content: pdf }]);
    zip[6] = zip[6]! | 1;
    zip[zip.indexOf('PK\x01\x02', 0, 'latin1') + 8]! |= 1;
    const mail = await read(mixed(attached('a.zip', zip)), sink);
    expect(mail.parts[1]).toMatchObject({ encrypted: true, size: 0, name: 'a.pdf' });
    expect(codes(mail)).toEqual(['archive-encrypted']);
  });

  it('all members together stay under the limit', async () => {
    const zip = makeZip(
      Array.from({ length: 5 }, (_, i) => ({ name: `${i}.txt`, content: Buffer.alloc(400, `${i}x`) })),
    );
    expect(codes(await read(mixed(attached('a.zip', zip)), sink, { maxUnpackedBytes: 1000 }))).toContain(
      'archive-too-large',
    );
  });

  it('an archive in an archive stays closed, an office file too', async () => {
    const inner = makeZip([{ name: 'a.pdf', content: pdf }]);
    const mail = await read(
      mixed(
        attached('a.zip', makeZip([{ name: 'b.zip', content: inner }])),
        attached('c.xlsx', makeXlsx([['1']])),
      ),
      sink,
    );
    expect(mail.parts.map((part) => part.name)).toEqual(['a.zip', 'b.zip', 'c.xlsx']);
    expect(codes(mail)).toEqual(['archive-nested']);
  });

  it('a broken archive is a defect', async () => {
    const zip = makeZip([{ name: 'a.pdf', content: pdf }]);
    expect(codes(await read(mixed(attached('a.zip', zip.subarray(0, zip.length - 30))), sink))).toEqual([
      'archive-unreadable',
    ]);
  });
});

describe('winmail.dat', () => {
  it('its files become parts with their long names', async () => {
    const mail = await read(
      mixed(attached('winmail.dat', makeTnef([{ name: 'Công văn mẫu.pdf', content: pdf }]))),
      sink,
    );
    expect(mail.parts[1]).toMatchObject({
      name: 'Công văn mẫu.pdf',
      origin: 'tnef',
      container: '1',
      detectedType: 'application/pdf',
    });
    expect(sink.bytesOf(mail.parts[1]!.sha256)).toEqual(pdf);
    expect(mail.defects).toEqual([]);
  });

  it.each([8, 40, 70, 120])('cut after %i bytes it is a defect, never a crash', async (length) => {
    const cut = makeTnef([{ name: 'a.pdf', content: pdf }]).subarray(0, length);
    expect(
      codes(await read(mixed(attached('winmail.dat', cut)), sink)).every(
        (code) => code === 'tnef-unreadable',
      ),
    ).toBe(true);
  });
});
