import { createHash } from 'node:crypto';
import {
  type Authority,
  issue,
  issueTimestampServer,
  type KeyKind,
  makeAuthority,
  type Signer,
} from '../../scripts/province/certificates.ts';
import { makeOfficialPdf } from '../../scripts/province/documents.ts';
import type { SignPdfOptions } from '../../scripts/province/pdf-signing.ts';
import type { SignatureReport, TrustMaterial } from '../../signatures/types.ts';
import { verifyFile } from '../../signatures/verify.ts';

/** The small province of the signature tests: one authority, a leader, an agency, a letter. */
export const ENTRY = '2026-09-08T00:00:00.000Z';
export const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };

export const root: Authority = makeAuthority('Gốc thử nghiệm tỉnh Mẫu', LONG);
export const authority: Authority = makeAuthority('CA thử nghiệm tỉnh Mẫu', {
  ...LONG,
  parent: root,
  pathLength: 0,
});
export const trust: TrustMaterial = {
  anchors: [{ der: root.certificate, group: 'BAN_CO_YEU' }],
  intermediates: [],
};

export function person(
  overrides: { key?: KeyKind; notBefore?: string; notAfter?: string } = {},
  by = authority,
): Signer {
  const fields = {
    commonName: 'Nguyễn Văn Mẫu',
    organisation: ['Ủy ban nhân dân xã Mẫu Một'],
    title: 'Chủ tịch',
  };
  return issue(by, { ...fields, holder: 'person', ...LONG, ...overrides });
}
export function agency(by = authority): Signer {
  const fields = { commonName: 'Ủy ban nhân dân xã Mẫu Một', organisation: ['Ủy ban nhân dân tỉnh Mẫu'] };
  return issue(by, { ...fields, holder: 'organisation', ...LONG });
}
export const timestampServer: Signer = issueTimestampServer(
  authority,
  'Máy chủ cấp dấu thời gian thử nghiệm',
  LONG,
);

export const LEADER: SignPdfOptions = {
  signingTime: '2026-09-07T02:00:00Z',
  name: 'Lanh dao',
  chainIncluded: true,
};
export const AGENCY: SignPdfOptions = {
  signingTime: '2026-09-07T02:10:00Z',
  name: 'Co quan',
  chainIncluded: true,
};

export function letter(body: string[] = ['Đề nghị quý cơ quan phối hợp thực hiện.']): Promise<Buffer> {
  return makeOfficialPdf({
    issuer: 'Ủy ban nhân dân xã Mẫu Một',
    parent: 'Ủy ban nhân dân tỉnh Mẫu',
    number: '125',
    symbol: 'UBND-VP',
    place: 'Mẫu Một',
    date: '2026-09-07',
    type: null,
    abstract: 'phối hợp rà soát thủ tục hành chính',
    addressees: ['Sở Nội vụ tỉnh Mẫu'],
    body,
    signingAuthority: ['TM. Ủy ban nhân dân'],
    signerTitle: 'Chủ tịch',
    signerName: 'Nguyễn Văn Mẫu',
    recipients: ['Như trên', 'Lưu: VT'],
  });
}

export function verify(pdf: Uint8Array, at = ENTRY, material = trust): Promise<SignatureReport> {
  return verifyFile(pdf, { trust: material, at, sha256: createHash('sha256').update(pdf).digest('hex') });
}

/** All reason codes of a report, each once. */
export function codes(report: SignatureReport): string[] {
  const all = [...report.defects, ...report.signatures.flatMap((check) => check.reasons)];
  return [...new Set(all.map((reason) => reason.code))];
}
