import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPdf } from '../../../documents/pdf-text.ts';
import { requestTimestamp } from '../../../gateway/signing/time-stamp.ts';
import { issueTimestampServer, type KeyKind } from '../../../scripts/province/certificates.ts';
import { signPdf as provinceSign } from '../../../scripts/province/pdf-signing.ts';
import type { Appearance } from '../../../signatures/signing/appearance.ts';
import { type PdfSignatureOptions, signPdf } from '../../../signatures/signing/sign-pdf.ts';
import { hasCommand, wordsOfCommand } from '../../support/command.ts';
import { type PdfLook, pdfInForm } from '../../support/pdf-forms.ts';
import { serverSuite } from '../../support/require.ts';
import {
  authority,
  identityOf,
  OUR_NAME,
  ourAgency,
  ourLeader,
  ourLetter,
  pem,
  root,
  sealPng,
} from '../../support/signing.ts';
import { startTsa } from '../../support/tsa.ts';

const LINE: Appearance = { seal: null, line: ['Sao y', OUR_NAME, '20/11/2026 15:04:05 +07:00'] };
const options = (change: Partial<PdfSignatureOptions> = {}): PdfSignatureOptions => ({
  field: 'CoQuan',
  name: OUR_NAME,
  reason: 'Ký số của cơ quan ban hành (văn bản đi)',
  location: 'Mẫu',
  signingTime: '2026-11-20T08:04:05.000Z',
  appearance: LINE,
  ...change,
});

const agency = identityOf(ourAgency());
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-sign-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The ranges that a signature of the file names, in the order of the file. */
function rangesOf(pdf: Buffer): number[][] {
  return [...pdf.toString('latin1').matchAll(/\/ByteRange \[([\d ]+)\]/g)].map((match) =>
    match[1]!.trim().split(/\s+/).map(Number),
  );
}

/** What stands in the hole of the n-th signature, without its padding. */
function cmsOf(pdf: Buffer, index: number): Buffer {
  const [, length, second] = rangesOf(pdf)[index] as [number, number, number];
  const bytes = Buffer.from(pdf.toString('latin1', length + 1, second - 1), 'hex');
  return bytes.subarray(0, 4 + bytes.readUInt16BE(2));
}

function coveredOf(pdf: Buffer, index: number): Buffer {
  const [first, length, second, rest] = rangesOf(pdf)[index] as [number, number, number, number];
  return Buffer.concat([pdf.subarray(first, first + length), pdf.subarray(second, second + rest)]);
}

async function pdfsig(pdf: Uint8Array): Promise<string> {
  await writeFile(join(folder, 'look.pdf'), pdf);
  return wordsOfCommand('pdfsig', [join(folder, 'look.pdf')]);
}

async function opensslVerify(pdf: Buffer, index: number): Promise<string> {
  const at = (name: string) => join(folder, name);
  await writeFile(at('cms'), cmsOf(pdf, index));
  await writeFile(at('content'), coveredOf(pdf, index));
  await writeFile(at('root.pem'), pem(root.certificate));
  return wordsOfCommand('openssl', [
    ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', at('cms'), '-content', at('content')],
    ...['-CAfile', at('root.pem'), '-purpose', 'any', '-out', at('out')],
  ]);
}

describe('an incremental revision and nothing else', () => {
  it.each<[string, PdfLook]>([
    ['a cross-reference table', {}],
    ['a cross-reference stream with object streams', { xref: 'stream' }],
    ['a hybrid file', { xref: 'hybrid' }],
    ['a form of its own', { catalog: '/AcroForm 10 0 R', objects: ['<</Fields 11 0 R>>', '[]'] }],
    ['a form inside the catalog', { catalog: '/AcroForm <</Fields []>>' }],
    ['annotations in an array of their own', { page: '/Annots 10 0 R', objects: ['[]'] }],
    ['a turned page', { page: '/Rotate 90' }],
  ])('%s: every byte stays, and what comes behind is signed whole', async (_name, look) => {
    const before = pdfInForm(look);
    const { bytes } = await signPdf(before, agency, options());
    expect(bytes.subarray(0, before.length).equals(before)).toBe(true);
    const [range] = rangesOf(bytes) as [number[]];
    expect(range![2]! + range![3]!).toBe(bytes.length);
    expect(bytes[range![1]!]).toBe(0x3c);
    expect(bytes[range![2]! - 1]).toBe(0x3e);
    const pdf = await openPdf(bytes);
    expect(pdf.signatureCount).toBe(1);
    const letters = pdf.readPage(1).words.map((word) => word.text);
    pdf.close();
    expect(letters.join('')).toContain('Vanbanthu');
    expect(letters.join('')).toContain('Saoy;ỦybannhândânxãMẫu;20/11/202615:04:05+07:00');
  });

  it('a second signature leaves the first one and all that it covers byte for byte', async () => {
    const leader = await signPdf(await ourLetter(), identityOf(ourLeader()), options({ field: 'LanhDao' }));
    const both = await signPdf(leader.bytes, agency, options({ field: 'LanhDao' }));
    expect(both.field).toBe('LanhDao2');
    expect(both.bytes.subarray(0, leader.bytes.length).equals(leader.bytes)).toBe(true);
    expect(cmsOf(both.bytes, 0).equals(cmsOf(leader.bytes, 0))).toBe(true);
    expect(coveredOf(both.bytes, 0).equals(coveredOf(leader.bytes, 0))).toBe(true);
    expect(rangesOf(both.bytes)).toHaveLength(2);
  });

  it('says nothing of the time inside the CMS, where PAdES forbids it', async () => {
    const { bytes } = await signPdf(pdfInForm(), agency, options());
    const signingTime = Buffer.from('06092a864886f70d010905', 'hex');
    expect(cmsOf(bytes, 0).includes(signingTime)).toBe(false);
    expect(bytes.toString('latin1')).toContain("/M (D:20261120150405+07'00')");
  });
});

describe('refused in words', () => {
  const P1 = '<</Type /Sig /Reference [<</TransformMethod /DocMDP /TransformParams <</P 1 /V /1.2>>>>]>>';
  it.each<[string, Uint8Array | PdfLook, string]>([
    ['no PDF', Buffer.from('không phải PDF'), 'SIGN_PDF_BROKEN'],
    ['a PDF that broke off', pdfInForm().subarray(0, 300), 'SIGN_PDF_BROKEN'],
    ['a loop of pages', { pages: '<</Type /Pages /Kids [2 0 R] /Count 1>>' }, 'SIGN_PDF_BROKEN'],
    ['one page in two places', { pages: '<</Type /Pages /Kids [3 0 R 3 0 R] /Count 2>>' }, 'SIGN_PDF_BROKEN'],
    ['no page at all', { pages: '<</Type /Pages /Kids [] /Count 0>>' }, 'SIGN_PDF_BROKEN'],
    ['a catalog that says two things', { catalog: '/Pages 2 0 R' }, 'SIGN_PDF_BROKEN'],
    [
      'an encrypted file',
      { trailer: '/Encrypt 10 0 R', objects: ['<</Filter /Standard /V 1>>'] },
      'SIGN_PDF_ENCRYPTED',
    ],
    [
      'a file certified for ever',
      { catalog: '/Perms <</DocMDP 10 0 R>>', objects: [P1] },
      'SIGN_PDF_CERTIFIED',
    ],
    ['a dynamic form', { catalog: '/AcroForm <</Fields [] /XFA [(a) 4 0 R]>>' }, 'SIGN_PDF_FORM'],
  ])('%s', async (_name, made, code) => {
    const pdf = made instanceof Uint8Array ? made : pdfInForm(made);
    await expect(signPdf(pdf, agency, options())).rejects.toMatchObject({ code, temporary: false });
  });

  it('the file certified for signing (P = 2) is signed', async () => {
    const p2 = '<</Type /Sig /Reference [<</TransformMethod /DocMDP /TransformParams <</P 2 /V /1.2>>>>]>>';
    const look = { catalog: '/Perms <</DocMDP 10 0 R>>', objects: [p2] };
    await expect(signPdf(pdfInForm(look), agency, options())).resolves.toBeDefined();
  });

  it('a key that is not the certificate’s never leaves a signature', async () => {
    const mixed = { ...agency, certificate: ourAgency({ key: 'rsa' }).certificate };
    const other = { ...mixed, sign: identityOf(ourLeader()).sign };
    await expect(signPdf(pdfInForm(), other, options())).rejects.toMatchObject({
      code: 'SIGNING_KEY_MISMATCH',
    });
  });

  it('a weak key is not signed with', async () => {
    const weak = identityOf(ourAgency({ key: 'rsa-weak' }));
    await expect(signPdf(pdfInForm(), weak, options())).rejects.toMatchObject({ code: 'SIGNING_KEY_KIND' });
  });
});

serverSuite(
  'what others say of our signatures',
  hasCommand('pdfsig') && hasCommand('openssl'),
  'apt-get install poppler-utils openssl',
  () => {
    it.each<[string, KeyKind]>([
      ['RSA', 'rsa'],
      ['ECDSA', 'ec'],
    ])('%s: pdfsig and OpenSSL find it good, and the whole file signed', async (_name, key) => {
      const { bytes } = await signPdf(await ourLetter(), identityOf(ourAgency({ key })), options());
      const words = await pdfsig(bytes);
      expect(words).toContain('Signature is Valid');
      expect(words).toContain('Total document signed');
      expect(words).toContain('ETSI.CAdES.detached');
      expect(await opensslVerify(bytes, 0)).toContain('CAdES Verification successful');
    });

    it('one changed byte is seen by both', async () => {
      const { bytes } = await signPdf(await ourLetter(), agency, options());
      bytes[bytes.indexOf('/CreationDate (D:2') + '/CreationDate (D:2'.length] = 0x39;
      expect(await pdfsig(bytes)).not.toContain('Signature is Valid');
      expect(await opensslVerify(bytes, 0)).not.toContain('Verification successful');
    });

    it.each<[string, PdfLook]>([
      ['a cross-reference stream', { xref: 'stream' }],
      ['a hybrid file', { xref: 'hybrid' }],
    ])('%s: good', async (_name, look) => {
      const { bytes } = await signPdf(pdfInForm(look), agency, options());
      expect(await pdfsig(bytes)).toContain('Signature is Valid');
    });

    it('over a file that the leader signed by other software both are good', async () => {
      const by = { signingTime: '2026-11-20T02:00:00Z', name: 'Signature1', chainIncluded: false };
      const signed = provinceSign(await ourLetter(), ourLeader(), by);
      const { bytes } = await signPdf(signed, agency, options());
      expect((await pdfsig(bytes)).match(/Signature is Valid/g)).toHaveLength(2);
      expect(await opensslVerify(bytes, 1)).toContain('CAdES Verification successful');
    });

    it('B-T: the time stamp is over the signature value, and OpenSSL verifies it', async () => {
      const tsa = await startTsa(
        folder,
        issueTimestampServer(authority, 'Máy chủ dấu thời gian', {
          notBefore: '2020-01-01T00:00:00Z',
          notAfter: '2040-01-01T00:00:00Z',
        }),
      );
      try {
        const server = { url: tsa.url, timeoutMs: 5_000, unreachable: 'refuse' as const };
        const stamped: { imprint?: Uint8Array; token?: Uint8Array } = {};
        const timestamp = async (imprint: Uint8Array) => {
          stamped.imprint = imprint;
          stamped.token = await requestTimestamp(server, imprint);
          return stamped.token;
        };
        const { bytes } = await signPdf(await ourLetter(), agency, options({ timestamp }));
        expect(await pdfsig(bytes)).toContain('Signature is Valid');
        expect(await opensslVerify(bytes, 0)).toContain('Verification successful');
        const cms = cmsOf(bytes, 0);
        expect(cms.includes(Buffer.from(stamped.token!))).toBe(true);
        // The signature value is what stands last before the unsigned attributes: an OCTET STRING of 256 octets.
        const at = cms.indexOf(Buffer.from('04820100', 'hex'));
        const value = cms.subarray(at + 4, at + 260);
        expect(createHash('sha256').update(value).digest().equals(Buffer.from(stamped.imprint!))).toBe(true);
      } finally {
        await tsa.close();
      }
    });
  },
);

describe('what people see (Nghị định 30, Phụ lục I)', () => {
  /** Share of dark or coloured dots in a part of page 1; the part as fractions from the top left. */
  async function ink(pdf: Uint8Array, [x0, y0, x1, y1]: [number, number, number, number]): Promise<number> {
    const opened = await openPdf(pdf);
    // QUIRK: pdfium draws widgets for its form filler only; reading the words puts them into the page, in memory.
    opened.readPage(1);
    const { width, height, pixels } = opened.renderPage(1, 72);
    opened.close();
    let dots = 0;
    let all = 0;
    for (let y = Math.floor(y0 * height); y < y1 * height; y += 1) {
      for (let x = Math.floor(x0 * width); x < x1 * width; x += 1) {
        all += 1;
        if (pixels[y * width + x]! < 200) dots += 1;
      }
    }
    return dots / all;
  }

  const MM_WIDE = 1 / 210;
  const MM_HIGH = 1 / 297;

  it('the seal covers a third of the leader’s signature on its left, at its real size', async () => {
    const area: [number, number, number, number] = [0.6, 0.6, 0.8, 0.66];
    const seal = { image: sealPng(), width: 36, places: [{ page: 1, box: area }] };
    const { bytes } = await signPdf(pdfInForm(), agency, options({ appearance: { seal, line: [] } }));
    const right = 0.6 + 0.2 / 3;
    const [left, middle] = [right - 36 * MM_WIDE, 0.63];
    const [top, bottom] = [middle - 18 * MM_HIGH, middle + 18 * MM_HIGH];
    const edge = 1.5 * MM_WIDE;
    // The ring touches each side of that square, and nothing stands outside of it.
    expect(await ink(bytes, [left, middle - 0.01, left + edge, middle + 0.01])).toBeGreaterThan(0.2);
    expect(await ink(bytes, [right - edge, middle - 0.01, right, middle + 0.01])).toBeGreaterThan(0.2);
    expect(await ink(bytes, [0.3, top - 0.05, left - edge, bottom + 0.05])).toBe(0);
    expect(await ink(bytes, [right + edge, top - 0.05, 0.95, bottom + 0.05])).toBe(0);
    expect(await ink(bytes, [left, bottom + 0.01, right, bottom + 0.1])).toBe(0);
  });

  it('the place is that of the widget of the leader’s own signature', async () => {
    const area: [number, number, number, number] = [0.5, 0.3, 0.7, 0.36];
    const small = { image: sealPng({ size: 60 }), width: 20, places: [{ page: 1, box: area }] };
    const leader = await signPdf(
      pdfInForm(),
      identityOf(ourLeader()),
      options({ field: 'LanhDao', appearance: { seal: small, line: [] } }),
    );
    const seal = { image: sealPng(), width: 30, places: [{ field: 'LanhDao' }] };
    const { bytes } = await signPdf(leader.bytes, agency, options({ appearance: { seal, line: [] } }));
    // Leader's widget: 20 mm wide, its right edge at 0.5 + 0.2/3; the seal's right edge a third into it.
    const right = 0.5 + 0.2 / 3 - 20 * MM_WIDE + (20 * MM_WIDE) / 3;
    const left = right - 30 * MM_WIDE;
    expect(await ink(bytes, [left, 0.32, left + 1.5 * MM_WIDE, 0.34])).toBeGreaterThan(0.2);
  });

  it.each([
    ['a palette with transparency', { colourType: 3 as const }],
    ['no transparency', { colourType: 2 as const }],
    ['the size from the file', { perMetre: Math.round(240 / 0.036) }],
  ])('a seal with %s is drawn', async (_name, look) => {
    const seal = {
      image: sealPng(look),
      width: null,
      places: [{ page: 1, box: [0.6, 0.6, 0.8, 0.66] as [number, number, number, number] }],
    };
    const { bytes } = await signPdf(pdfInForm(), agency, options({ appearance: { seal, line: [] } }));
    const right = 0.6 + 0.2 / 3;
    expect(await ink(bytes, [right - 36 * MM_WIDE, 0.62, right - 34 * MM_WIDE, 0.64])).toBeGreaterThan(0.2);
  });

  it.each([
    ['interlaced', sealPng({ interlaced: true })],
    ['cut off', sealPng().subarray(0, 400)],
    ['no PNG', Buffer.from('GIF89a')],
  ])('a seal that is %s is refused in words', async (_name, image) => {
    const seal = {
      image,
      width: 36,
      places: [{ page: 1, box: [0.6, 0.6, 0.8, 0.66] as [number, number, number, number] }],
    };
    const bad = signPdf(pdfInForm(), agency, options({ appearance: { seal, line: [] } }));
    await expect(bad).rejects.toMatchObject({ code: 'SEAL_IMAGE', temporary: false });
  });

  it('without a place for the seal the line stands at the top right of the first page', async () => {
    const seal = { image: sealPng(), width: 36, places: [{ field: 'Khong co' }] };
    const { bytes } = await signPdf(await ourLetter(), agency, options({ appearance: { ...LINE, seal } }));
    const pdf = await openPdf(bytes);
    const stamped = pdf.readPage(1).words.filter((word) => word.stamp);
    pdf.close();
    expect(stamped.map((word) => word.text).join(' ')).toBe(`Sao y; ${OUR_NAME}; 20/11/2026 15:04:05 +07:00`);
    expect(Math.min(...stamped.map((word) => word.box[0]))).toBeGreaterThan(0.35);
    expect(Math.max(...stamped.map((word) => word.box[2]))).toBeLessThan(0.95);
    expect(Math.max(...stamped.map((word) => word.box[3]))).toBeLessThan(20 * MM_HIGH);
  });

  it('on a page shown turned the line still stands upright at its top right', async () => {
    for (const turned of [90, 180, 270]) {
      const { bytes } = await signPdf(pdfInForm({ page: `/Rotate ${turned}` }), agency, options());
      const pdf = await openPdf(bytes);
      const stamped = pdf.readPage(1).words.filter((word) => word.text === '+07:00' || word.text === 'Sao');
      pdf.close();
      const [first, last] = stamped as [(typeof stamped)[0], (typeof stamped)[0]];
      expect(first.box[0], `${turned}`).toBeGreaterThan(0.3);
      expect(last.box[2]).toBeGreaterThan(first.box[2]);
      expect(last.box[3]).toBeLessThan(0.1);
    }
  });

  it('a long name goes on in further lines, whole', async () => {
    const long =
      'Ban Quản lý dự án đầu tư xây dựng công trình dân dụng và công nghiệp huyện Mẫu Thượng tỉnh Mẫu';
    const appearance = { seal: null, line: ['Sao y', long, '20/11/2026 15:04:05 +07:00'] };
    const { bytes } = await signPdf(pdfInForm(), agency, options({ appearance }));
    const pdf = await openPdf(bytes);
    const stamped = pdf.readPage(1).words.filter((word) => word.stamp && word.box[3] < 0.12);
    pdf.close();
    expect(stamped.map((word) => word.text).join(' ')).toContain(
      `Sao y; ${long}; 20/11/2026 15:04:05 +07:00`,
    );
    expect(Math.min(...stamped.map((word) => word.box[0]))).toBeGreaterThan(0.3);
  });
});
