import { constants, createHash, privateEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Signer, signValue } from '../../../scripts/province/certificates.ts';
import { octetString } from '../../../scripts/province/der-writer.ts';
import { type PdfSubFilter, signPdf } from '../../../scripts/province/pdf-signing.ts';
import { makeEnclosingSignature } from '../../../scripts/province/signed-message.ts';
import { pdfDate } from '../../../signatures/pdf/date.ts';
import { readPdf } from '../../../signatures/pdf/read.ts';
import { fileSource, memorySource } from '../../../signatures/pdf/source.ts';
import { decision } from '../../support/pdf-decision.ts';
import { faultsOf, pdfFacts } from '../../support/pdf-facts.ts';
import { type Layout, revise, streamBody, writeLinearised, writePdf } from '../../support/pdf-file.ts';
import { AGENCY, agency, authority, LEADER, person, timestampServer } from '../province.ts';

const leader = person();
const office = agency();
const plain = writePdf(decision());
const LAYOUTS: Layout[] = ['table', 'stream', 'packed', 'hybrid'];
const FILTERS: PdfSubFilter[] = [
  'adbe.pkcs7.detached',
  'adbe.pkcs7.sha1',
  'adbe.x509.rsa_sha1',
  'ETSI.CAdES.detached',
];

function flipped(pdf: Buffer): Buffer {
  const out = Buffer.from(pdf);
  out[out.indexOf('1,000,000')] = 0x39;
  return out;
}

function swapped(pdf: Buffer, contents: Buffer): Buffer {
  const text = pdf.toString('latin1');
  const hole = text.match(/<[0-9a-f]{20000,}>/)!;
  const filled = `<${contents.toString('hex').padEnd(hole[0].length - 2, '0')}>`;
  return Buffer.from(text.replace(hole[0], filled), 'latin1');
}

/** The signed bytes around the hole. */
function covered(pdf: Buffer): Buffer {
  const hole = pdf.toString('latin1').match(/<[0-9a-f]{20000,}>/)!;
  return Buffer.concat([pdf.subarray(0, hole.index), pdf.subarray(hole.index! + hole[0].length)]);
}

describe.each(LAYOUTS)('cross-references as %s', (layout) => {
  it.each(FILTERS)('%s is read, and stands beside a further signature', async (subFilter) => {
    const signed = signPdf(writePdf(decision(), layout), leader, { ...LEADER, subFilter });
    const { signatures } = await pdfFacts(signPdf(signed, office, AGENCY));
    expect(signatures.map((one) => [one.format, one.intact, one.authentic])).toEqual([
      [subFilter, true, true],
      ['adbe.pkcs7.detached', true, true],
    ]);
    expect(signatures.map(faultsOf)).toEqual([[], []]);
    expect(Buffer.compare(signatures[0]!.certificate!.der, leader.certificate)).toBe(0);
  });

  it.each(FILTERS)('%s fails when a byte was changed', async (subFilter) => {
    const signed = signPdf(writePdf(decision(), layout), leader, { ...LEADER, subFilter });
    const { signatures } = await pdfFacts(flipped(signed));
    expect(signatures[0]!.intact).toBe(false);
    expect(faultsOf(signatures[0]!)).toContain('HASH_FAILURE');
  });
});

describe('a linearised file', () => {
  it('is read with its two sections, and what follows is compared', async () => {
    const linear = writeLinearised(decision(), [1, 3, 4, 5]);
    const signed = signPdf(linear, leader, LEADER);
    const both = signPdf(signed, office, AGENCY);
    expect((await pdfFacts(both)).signatures.map(faultsOf)).toEqual([[], []]);
    const changed = revise(signed, { 15: streamBody('') });
    expect((await pdfFacts(changed)).signatures.map(faultsOf)).toEqual([['RESOURCES']]);
  });
});

describe('adbe.x509.rsa_sha1', () => {
  const options = { ...LEADER, subFilter: 'adbe.x509.rsa_sha1' as const };
  const withCert = (cert: string) => {
    const entries = `/Cert ${cert}`;
    return signPdf(
      plain,
      { ...leader, certificate: leader.certificate },
      { ...options, signatureEntries: entries },
    );
  };

  it('is SHA-1, marked weak, and claims the time of /M', async () => {
    const [one] = (await pdfFacts(signPdf(plain, leader, options))).signatures;
    expect(one).toMatchObject({
      digestAlgorithm: 'sha1',
      weak: ['SHA-1'],
      claimedTime: '2026-09-07T02:00:00.000Z',
    });
  });

  it('refuses a digest with something behind it, as forged with small exponents (Bleichenbacher 2006)', async () => {
    const signed = signPdf(plain, leader, options);
    const digest = createHash('sha1').update(covered(signed)).digest();
    const info = Buffer.concat([Buffer.from('3021300906052b0e03021a05000414', 'hex'), digest]);
    const padding = { key: leader.privateKey, padding: constants.RSA_PKCS1_PADDING };
    const wrapped = (inside: Buffer) => octetString(privateEncrypt(padding, inside));
    const told = async (inside: Buffer) => {
      const [one] = (await pdfFacts(swapped(signed, wrapped(inside)))).signatures;
      return [one!.intact, one!.authentic, faultsOf(one!)];
    };
    expect(await told(info)).toEqual([true, true, []]);
    expect(await told(Buffer.concat([info, Buffer.from('garbage')]))).toEqual([
      true,
      false,
      ['SIG_CRYPTO_FAILURE'],
    ]);
  });

  it('takes the first of several certificates for the signer’s', async () => {
    const list = `[<${leader.certificate.toString('hex')}> <${authority.certificate.toString('hex')}>]`;
    const text = signPdf(plain, leader, { ...options, signatureEntries: `/Xert ${list}` }).toString('latin1');
    const renamed = text.replace(/\/Cert </, '/Qert <').replace('/Xert [', '/Cert [');
    // The dictionary is signed, so the value has to be made again over what it says now.
    const bytes = Buffer.from(renamed, 'latin1');
    const value = signValue(leader.privateKey, leader.kind, covered(bytes), 'sha1');
    const wrapped = octetString(value);
    const [one] = (await pdfFacts(swapped(bytes, wrapped))).signatures;
    expect([one!.intact, one!.authentic, one!.certificates.length]).toEqual([true, true, 2]);
  });

  it.each<[string, () => Buffer, string]>([
    [
      'another’s certificate',
      () => signPdf(plain, { ...leader, certificate: office.certificate } as Signer, options),
      'SIG_CRYPTO_FAILURE',
    ],
    [
      'a certificate with a key of another kind',
      () => signPdf(plain, { ...leader, certificate: person({ key: 'ec' }).certificate } as Signer, options),
      'SIG_CRYPTO_FAILURE',
    ],
    [
      'no certificate',
      () => signPdf(plain, { ...leader, certificate: Buffer.from('none') } as Signer, options),
      'NO_SIGNING_CERTIFICATE_FOUND',
    ],
    ['two /Cert', () => withCert('<00>'), 'FORMAT_FAILURE'],
    [
      'a bare value without OCTET STRING',
      () => swapped(signPdf(plain, leader, options), Buffer.from('3003020101', 'hex')),
      'FORMAT_FAILURE',
    ],
    [
      'bytes behind the value',
      () => {
        const signed = signPdf(plain, leader, options);
        const end = signed.toString('latin1').match(/0{20}>/)!.index! + 18;
        signed.write('ff', end, 'latin1');
        return signed;
      },
      'CONTENTS_PADDING',
    ],
  ])('%s', async (_, make, code) => {
    expect(faultsOf((await pdfFacts(make())).signatures[0]!)).toContain(code);
  });
});

describe('CMS in PDF', () => {
  it('detached must be detached', async () => {
    const signed = signPdf(plain, leader, LEADER);
    const enclosing = makeEnclosingSignature(leader, covered(signed), { ...LEADER, cades: false });
    expect(faultsOf((await pdfFacts(swapped(signed, enclosing))).signatures[0]!)).toEqual(['FORMAT_FAILURE']);
  });

  it('adbe.pkcs7.sha1 must carry the digest of these bytes', async () => {
    const signed = signPdf(plain, leader, { ...LEADER, subFilter: 'adbe.pkcs7.sha1' });
    const other = createHash('sha1').update('other').digest();
    const enclosing = makeEnclosingSignature(leader, other, { ...LEADER, cades: false });
    const [one] = (await pdfFacts(swapped(signed, enclosing))).signatures;
    expect([one!.intact, one!.authentic]).toEqual([false, true]);
    expect(faultsOf(one!)).toEqual(['HASH_FAILURE']);
  });

  it('bytes other than zero behind it are a finding', async () => {
    const signed = signPdf(plain, leader, LEADER);
    const end = signed.toString('latin1').match(/0{20}>/)!.index! + 18;
    signed.write('ff', end, 'latin1');
    expect(faultsOf((await pdfFacts(signed)).signatures[0]!)).toEqual(['CONTENTS_PADDING']);
  });
});

describe('a document time stamp', () => {
  const stamp = {
    name: 'Dau',
    signingTime: '2026-09-07T04:00:00Z',
    chainIncluded: true,
    subFilter: 'ETSI.RFC3161',
  } as const;

  it('is of kind timestamp with one stamp over the document, up to its own end', async () => {
    const signed = signPdf(plain, leader, LEADER);
    const stamped = signPdf(signed, timestampServer, stamp);
    const { signatures } = await pdfFacts(stamped);
    expect(signatures.map(({ kind, extent }) => [kind, extent])).toEqual([
      ['signature', signed.length],
      ['timestamp', stamped.length],
    ]);
    expect(signatures[1]!.timestamps).toMatchObject([
      { over: 'document', genTime: '2026-09-07T04:00:00.000Z', intact: true, authentic: true },
    ]);
  });

  it('has its one stamp also when nothing can be read', async () => {
    const stamped = signPdf(plain, timestampServer, stamp);
    const [one] = (await pdfFacts(swapped(stamped, Buffer.from('00', 'hex')))).signatures;
    expect(one!.timestamps).toMatchObject([{ over: 'document', genTime: null, intact: null }]);
    expect(faultsOf(one!)).toEqual(['FORMAT_FAILURE']);
  });
});

describe('what the file keeps for later', () => {
  it('gives certificates and answers of all stores and VRI records, with their places', async () => {
    const signed = signPdf(plain, leader, LEADER);
    const certificate = authority.certificate.toString('latin1');
    const catalog = (dss: string) => decision()[1]!.replace(/>>$/, ` /DSS ${dss}>>`);
    const first = revise(signed, {
      1: catalog('600 0 R'),
      600: '<</Certs [601 0 R] /CRLs [602 0 R] /VRI <</AB <</OCSP [603 0 R]>>>>>>',
      601: streamBody(certificate),
      602: streamBody('list'),
      603: streamBody('answer'),
    });
    const second = revise(first, { 1: catalog('<</OCSPs [604 0 R]>>'), 604: streamBody('later') });
    const facts = await pdfFacts(second);
    expect(facts.certificates.map(({ der }) => Buffer.compare(der, authority.certificate))).toEqual([0]);
    const told = facts.evidence.map(({ kind, der, extent }) => [kind, Buffer.from(der).toString(), extent]);
    expect(told).toEqual([
      ['ocsp', 'later', second.indexOf('604 0 obj')],
      ['crl', 'list', second.indexOf('602 0 obj')],
      ['ocsp', 'answer', second.indexOf('603 0 obj')],
    ]);
    expect(facts.evidence.every(({ extent }) => extent! >= signed.length)).toBe(true);
  });
});

describe('how a file is read', () => {
  it('is the same from the disk as from memory', async () => {
    const both = signPdf(signPdf(plain, leader, LEADER), office, AGENCY);
    const folder = mkdtempSync(join(tmpdir(), 'congvan-signatures-'));
    const path = join(folder, 'decision.pdf');
    writeFileSync(path, both);
    const source = fileSource(path);
    const fromFile = await readPdf(source, { pool: [] });
    source.close();
    rmSync(folder, { recursive: true });
    expect(fromFile).toEqual(await pdfFacts(both));
  });

  it('names one field, and then gives that one with the time stamps that prove its time', async () => {
    const signed = signPdf(signPdf(plain, leader, LEADER), office, AGENCY);
    const stamped = signPdf(signed, timestampServer, { ...AGENCY, name: 'Dau', subFilter: 'ETSI.RFC3161' });
    const facts = await readPdf(memorySource(stamped), { pool: [], field: 'Co quan' });
    expect(facts.signatures.map(({ name }) => name)).toEqual(['Co quan', 'Dau']);
  });
});

describe('files without a signature', () => {
  it.each<[string, () => Uint8Array, string[]]>([
    ['an unsigned letter', () => plain, []],
    ['no bytes at all', () => new Uint8Array(), ['NOT_A_PDF']],
    ['garbage', () => Buffer.alloc(50_000, 'xyz'), ['NOT_A_PDF']],
    [
      'a header and garbage',
      () => Buffer.from(`%PDF-1.7\n${'/ByteRange [ obj << '.repeat(5_000)}`),
      ['STRUCTURE', 'LIMIT'],
    ],
    [
      'deep nesting',
      () => Buffer.from(`%PDF-1.7\n1 0 obj\n${'['.repeat(200_000)}\nstartxref\n9\n%%EOF`),
      ['STRUCTURE'],
    ],
    [
      'a loop',
      () => Buffer.from('%PDF-1.7\nxref\n0 0\ntrailer\n<</Prev 9>>\nstartxref\n9\n%%EOF\n'),
      ['STRUCTURE'],
    ],
    [
      'a signature inside an attachment',
      () =>
        writePdf({
          ...decision(),
          30: streamBody('9 0 obj\n<</Type /Sig /ByteRange [0 1 2 3] /Contents <00>>>\nendobj'),
        }),
      [],
    ],
  ])('%s', async (_, make, codes) => {
    const { signatures, defects } = await pdfFacts(make());
    expect(signatures).toEqual([]);
    expect(defects.map(({ code }) => code)).toEqual(codes);
  });
});

describe('dates', () => {
  it.each([
    ["D:20260907090000+07'00'", '2026-09-07T02:00:00.000Z'],
    ['D:20260907090000Z', '2026-09-07T09:00:00.000Z'],
    ['D:2026', '2026-01-01T00:00:00.000Z'],
    ["D:20260907090000-03'30", '2026-09-07T12:30:00.000Z'],
    ['2026-09-07', null],
    [null, null],
  ])('%s', (text, instant) => {
    expect(pdfDate(text)).toBe(instant);
  });
});
