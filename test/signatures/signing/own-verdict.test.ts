import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestTimestamp } from '../../../gateway/signing/time-stamp.ts';
import { issueTimestampServer, type KeyKind } from '../../../scripts/province/certificates.ts';
import { signPdf as provinceSign } from '../../../scripts/province/pdf-signing.ts';
import type { Appearance } from '../../../signatures/signing/appearance.ts';
import { type PdfSignatureOptions, signPdf } from '../../../signatures/signing/sign-pdf.ts';
import type { SignatureReport } from '../../../signatures/types.ts';
import { verifyFile } from '../../../signatures/verify.ts';
import { hasCommand } from '../../support/command.ts';
import { type PdfLook, pdfInForm } from '../../support/pdf-forms.ts';
import { serverSuite } from '../../support/require.ts';
import {
  authority,
  identityOf,
  OUR_NAME,
  ourAgency,
  ourLeader,
  ourLetter,
  root,
  sealPng,
} from '../../support/signing.ts';
import { startTsa } from '../../support/tsa.ts';

const LINE: Appearance = { seal: null, line: ['Sao y', OUR_NAME, '20/11/2026 15:04:05 +07:00'] };
const SEAL: Appearance = {
  seal: {
    image: sealPng(),
    width: 36,
    places: [{ field: 'LanhDao' }, { page: 1, box: [0.6, 0.3, 0.8, 0.36] }],
  },
  line: [],
};
const options = (change: Partial<PdfSignatureOptions> = {}): PdfSignatureOptions => ({
  field: 'CoQuan',
  name: OUR_NAME,
  reason: null,
  location: 'Mẫu',
  signingTime: '2026-11-20T08:04:05.000Z',
  appearance: LINE,
  ...change,
});
const agency = identityOf(ourAgency());

function judge(pdf: Uint8Array): Promise<SignatureReport> {
  return verifyFile(pdf, {
    trust: { anchors: [{ der: root.certificate, group: 'BAN_CO_YEU' }], intermediates: [] },
    at: new Date(Date.now() + 86_400_000).toISOString(),
    sha256: '0'.repeat(64),
  });
}

/** Valid, and nothing that came after any signature is other than another signature. */
function expectSound(report: SignatureReport, signatures: number): void {
  expect(report).toMatchObject({ conclusion: 'valid', defects: [] });
  expect(report.signatures).toHaveLength(signatures);
  const changes = report.signatures.flatMap((one) => one.changes);
  expect(changes.filter((change) => !change.allowed || change.kind !== 'NEW_SIGNATURE')).toEqual([]);
  expect(report.signatures.at(-1)!.coverage.wholeFile).toBe(true);
}

describe('what our own reader says of our signatures', () => {
  it.each<[string, KeyKind]>([
    ['RSA', 'rsa'],
    ['ECDSA', 'ec'],
    ['Ed25519', 'ed25519'],
  ])('%s: valid, of our agency', async (_name, key) => {
    const { bytes } = await signPdf(await ourLetter(), identityOf(ourAgency({ key })), options());
    const report = await judge(bytes);
    expectSound(report, 1);
    expect(report.signatures[0]!.signer).toMatchObject({ commonName: OUR_NAME, holder: 'organisation' });
    expect(report.signatures[0]!.weak).toEqual([]);
    expect(report.signatures[0]!.claimedTime).toBe('2026-11-20T08:04:05.000Z');
  });

  it.each<[string, PdfLook]>([
    ['a cross-reference table', {}],
    ['a cross-reference stream', { xref: 'stream' }],
    ['a hybrid file', { xref: 'hybrid' }],
    ['a form of its own', { catalog: '/AcroForm 10 0 R', objects: ['<</Fields 11 0 R>>', '[]'] }],
    ['annotations in an array of their own', { page: '/Annots 10 0 R', objects: ['[]'] }],
  ])('two of ours over %s: both valid, the second an allowed change to the first', async (_name, look) => {
    const first = await signPdf(pdfInForm(look), identityOf(ourLeader()), options({ field: 'LanhDao' }));
    expectSound(await judge((await signPdf(first.bytes, agency, options({ appearance: SEAL }))).bytes), 2);
  });

  it('the seal over a letter that other software signed invisibly', async () => {
    const by = { signingTime: '2026-11-20T02:00:00Z', name: 'Signature1', chainIncluded: true };
    const signed = provinceSign(await ourLetter(), ourLeader(), by);
    expectSound(await judge((await signPdf(signed, agency, options({ appearance: SEAL }))).bytes), 2);
  });
});

serverSuite('with a time stamp (openssl ts)', hasCommand('openssl'), 'apt-get install openssl', () => {
  it('the time is proven', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'congvan-own-tsa-'));
    const long = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
    const tsa = await startTsa(folder, issueTimestampServer(authority, 'Máy chủ dấu thời gian', long));
    try {
      const server = { url: tsa.url, timeoutMs: 5_000, unreachable: 'refuse' as const };
      const timestamp = (imprint: Uint8Array) => requestTimestamp(server, imprint);
      const { bytes } = await signPdf(await ourLetter(), agency, options({ timestamp }));
      const report = await judge(bytes);
      expectSound(report, 1);
      expect(report.signatures[0]).toMatchObject({ timeSource: 'timestamp' });
      expect(report.signatures[0]!.timestampTime).not.toBeNull();
    } finally {
      await tsa.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
