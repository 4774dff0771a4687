import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPdf } from '../../documents/pdf-text.ts';
import { imagesToPdf, type ScanFile } from '../../documents/scan-to-pdf.ts';
import { blankPage, jpeg, letterPage, png, tiff } from '../support/images.ts';
import { tinyPdf } from '../support/tiny-pdf.ts';

const TYPES: Record<string, string> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  tif: 'image/tiff',
  pdf: 'application/pdf',
  txt: 'text/plain',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cv-scan-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function scan(files: Record<string, Uint8Array>) {
  const list: ScanFile[] = [];
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(folder, name), bytes);
    list.push({ path: join(folder, name), type: TYPES[name.split('.').pop()!]! });
  }
  return imagesToPdf(list);
}

/** Size in points, and the box of what is dark, as tenths of the page. */
async function look(bytes: Uint8Array, page = 1) {
  const pdf = await openPdf(bytes);
  const { width, height, pixels } = pdf.renderPage(page, 72);
  pdf.close();
  const box = [Infinity, Infinity, -1, -1];
  pixels.forEach((value, index) => {
    if (value >= 128) return;
    const [x, y] = [(index % width) / width, Math.floor(index / width) / height];
    box[0] = Math.min(box[0]!, x);
    box[1] = Math.min(box[1]!, y);
    box[2] = Math.max(box[2]!, x);
    box[3] = Math.max(box[3]!, y);
  });
  return { width, height, box: box.map((value) => Math.round(value * 10)) };
}

const PAGE = letterPage(400, 560);
/** The block of `letterPage`, upright. */
const UPRIGHT = [1, 1, 5, 2];

describe('scanned pages become one PDF', () => {
  it.each([
    ['a JPEG', { 'a.jpg': jpeg(PAGE, { dpi: 100 }) }],
    ['a grey PNG', { 'a.png': png(PAGE, { dpi: 100 }) }],
    ['a colour PNG', { 'a.png': png(PAGE, { dpi: 100, colour: 2 }) }],
    ['a PNG with a palette', { 'a.png': png(PAGE, { dpi: 100, colour: 3 }) }],
    ['a PNG with transparency', { 'a.png': png(PAGE, { dpi: 100, colour: 6 }) }],
    ['an uncompressed TIFF', { 'a.tif': tiff([PAGE], 'none', 100) }],
    ['an LZW TIFF', { 'a.tif': tiff([PAGE], 'lzw', 100) }],
    ['a Deflate TIFF', { 'a.tif': tiff([PAGE], 'deflate', 100) }],
  ])('%s at its physical size, upright, at least PDF 1.4 (N30 25.1c)', async (_, files) => {
    const { bytes, pages, blankPages } = await scan(files);
    expect({ pages, blankPages }).toEqual({ pages: 1, blankPages: [] });
    const { width, height, box } = await look(bytes);
    expect([width, height]).toEqual([288, 403]);
    expect(box).toEqual(UPRIGHT);
    expect(Number(Buffer.from(bytes.subarray(5, 8)).toString())).toBeGreaterThanOrEqual(1.4);
  });

  it('all pages of a fax TIFF (G4), black where it is black', async () => {
    const page = { width: 64, height: 90, shade: () => 0 };
    const { bytes, pages } = await scan({ 'fax.tif': tiff([page, page, page], 'g4', 20) });
    expect(pages).toBe(3);
    expect((await look(bytes, 3)).box).toEqual([0, 0, 10, 10]);
  });

  it.each([
    [1, UPRIGHT],
    [2, [5, 1, 9, 2]],
    [3, [5, 8, 9, 9]],
    [4, [1, 8, 5, 9]],
    [5, [1, 1, 2, 5]],
    [6, [8, 1, 9, 5]],
    [7, [8, 5, 9, 9]],
    [8, [1, 5, 2, 9]],
  ])('a photograph with EXIF orientation %i stands as the camera was held', async (orientation, box) => {
    const { bytes } = await scan({ 'p.jpg': jpeg(PAGE, { orientation }) });
    const seen = await look(bytes);
    expect(seen.width > seen.height).toBe(orientation >= 5);
    expect(seen.box).toEqual(box);
  });

  it.each([
    ['without a density: 200 dpi', letterPage(1000, 1400), {}, [360, 504]],
    ['with 72 dpi that would make a poster: 200 dpi', letterPage(1656, 2336), { dpi: 72 }, [596, 841]],
    ['of 4,000 dots without a density: as long as A4', letterPage(3000, 4000), {}, [631, 842]],
  ])('a picture %s', async (_, page, options, size) => {
    const { bytes } = await scan({ 'p.jpg': jpeg(page, options) });
    const { width, height } = await look(bytes);
    expect([width, height]).toEqual(size);
  });

  it('several files in the order given, a blank verso told', async () => {
    const { pages, blankPages } = await scan({
      '1.jpg': jpeg(PAGE, { dpi: 100 }),
      '2.png': png(blankPage(400, 560)),
      '3.tif': tiff([PAGE], 'lzw'),
    });
    expect({ pages, blankPages }).toEqual({ pages: 3, blankPages: [2] });
  });

  it('a PDF alone is taken as it is, byte for byte (SIG-05)', async () => {
    const original = tinyPdf([[{ text: 'Công văn', x: 100, y: 700, size: 40 }]]);
    const { bytes, pages } = await scan({ 'a.pdf': original });
    expect(Buffer.compare(bytes, await readFile(join(folder, 'a.pdf')))).toBe(0);
    expect(pages).toBe(1);
  });

  it('an unsigned PDF and a picture become one', async () => {
    const { bytes: first } = await scan({ 'x.jpg': jpeg(PAGE, { dpi: 100 }) });
    const { pages } = await scan({ 'a.pdf': first, 'b.jpg': jpeg(PAGE, { dpi: 100 }) });
    expect(pages).toBe(2);
  });

  it('a signed PDF is never put together with anything (SIG-05)', async () => {
    const signed = tinyPdf([[{ text: 'Công văn', x: 100, y: 700 }]], { signature: true });
    await expect(scan({ 'a.pdf': signed, 'b.jpg': jpeg(PAGE) })).rejects.toMatchObject({
      code: 'SIGNED_PDF',
      temporary: false,
    });
  });
});

describe('a scan that cannot be issued is refused, naming the file', () => {
  it.each<[string, Record<string, Uint8Array>, string]>([
    ['nothing at all', {}, 'EMPTY_SCAN'],
    ['an empty file', { 'trang.jpg': Buffer.alloc(0) }, 'EMPTY_SCAN'],
    ['only white paper', { 'trang.jpg': jpeg(blankPage(800, 1000)) }, 'EMPTY_SCAN'],
    ['a PDF without pages', { 'trang.pdf': tinyPdf([]) }, 'EMPTY_SCAN'],
    ['a JPEG that broke off', { 'trang.jpg': jpeg(PAGE).subarray(0, 400) }, 'BAD_IMAGE'],
    ['a PNG that broke off', { 'trang.png': png(PAGE).subarray(0, 200) }, 'BAD_IMAGE'],
    ['a TIFF that broke off', { 'trang.tif': tiff([PAGE], 'none').subarray(0, 5000) }, 'BAD_IMAGE'],
    ['a text file', { 'trang.txt': Buffer.from('abc') }, 'BAD_IMAGE'],
    ['a text file called JPEG', { 'trang.jpg': Buffer.from('not a picture at all') }, 'BAD_IMAGE'],
    ['a broken PDF', { 'trang.pdf': Buffer.from('%PDF-1.7\nnothing') }, 'BAD_IMAGE'],
  ])('%s', async (_, files, code) => {
    const refused = scan(files);
    await expect(refused).rejects.toMatchObject({ code, temporary: false });
    if (Object.keys(files).length > 0) await expect(refused).rejects.toThrow(/trang\./);
  });

  it('a TIFF whose directories run in a circle', async () => {
    const file = tiff([PAGE], 'none');
    file.writeUInt32LE(file.readUInt32LE(4), file.length - 20);
    await expect(scan({ 'vong.tif': file })).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });

  it('a PNG that claims more pixels than any scanner gives', async () => {
    const file = png(PAGE);
    file.writeUInt32BE(60_000, 16);
    file.writeUInt32BE(60_000, 20);
    await expect(scan({ 'bom.png': file })).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});
