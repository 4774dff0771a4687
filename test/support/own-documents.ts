/** Documents of our own agency, ready to be issued: numbered on the page, then signed, as N30 32.2d has it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IssueOrder } from '../../gateway/issue.ts';
import { issue, makeAuthority, type Signer } from '../../scripts/province/certificates.ts';
import { makeOfficialPdf } from '../../scripts/province/documents.ts';
import { signPdf } from '../../scripts/province/pdf-signing.ts';

const DAY_MS = 86_400_000;
const AGENCY = 'Ủy ban nhân dân xã Mẫu';

export interface OwnDocuments {
  /** PEM of the authority that signs. */
  anchorFile: string;
  /** The order to issue number `number` of the year; dated yesterday. */
  order(number: number): Promise<Omit<IssueOrder, 'by' | 'to'>>;
}

export async function openOwnDocuments(folder: string): Promise<OwnDocuments> {
  const yesterday = Date.now() - DAY_MS;
  const around = (days: number) => ({
    notBefore: new Date(yesterday - days * DAY_MS).toISOString(),
    notAfter: new Date(yesterday + days * DAY_MS).toISOString(),
  });
  const authority = makeAuthority('CA thử nghiệm xã Mẫu', around(2_000));
  const anchorFile = join(folder, 'ca-xa.pem');
  const base64 = authority.certificate.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  await writeFile(anchorFile, `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
  const person = {
    commonName: 'Lê Văn Mẫu',
    organisation: [AGENCY],
    title: 'CHỦ TỊCH',
    holder: 'person' as const,
  };
  const agency = { commonName: AGENCY, organisation: [AGENCY], holder: 'organisation' as const };
  const signers = [person, agency].map((subject) => issue(authority, { ...subject, ...around(500) }));
  const signingTime = new Date(yesterday).toISOString();
  const order = async (number: number) => {
    const path = join(folder, `van-ban-di-${number}.pdf`);
    await writeFile(path, await signedBy(signers, signingTime, number));
    return {
      scans: [path],
      type: 'Công văn',
      abstract: `Về việc báo cáo lần ${number}`,
      signer: person.commonName,
      signerTitle: person.title,
      date: dateOf(signingTime),
      unit: 'VP',
      urgency: 'THUONG' as const,
      attachments: [],
    };
  };
  return { anchorFile, order };
}

async function signedBy(signers: Signer[], signingTime: string, number: number): Promise<Uint8Array> {
  let pdf: Uint8Array = await makeOfficialPdf({
    parent: 'UBND TỈNH MẪU',
    issuer: AGENCY.toUpperCase(),
    number: String(number).padStart(2, '0'),
    symbol: 'UBND-VP',
    place: 'Xã Mẫu',
    date: dateOf(signingTime),
    type: 'Công văn',
    abstract: `Về việc báo cáo lần ${number}`,
    addressees: ['Sở Nội vụ tỉnh Mẫu'],
    body: ['Ủy ban nhân dân xã Mẫu kính báo cáo.'],
    signingAuthority: [],
    signerTitle: 'CHỦ TỊCH',
    signerName: 'Lê Văn Mẫu',
    recipients: ['Như trên', 'Lưu: VT'],
  });
  for (const [i, signer] of signers.entries()) {
    pdf = signPdf(pdf, signer, { signingTime, name: `Signature${i + 1}`, chainIncluded: true });
  }
  return pdf;
}

/** The calendar day in Vietnam. */
function dateOf(instant: string): string {
  return new Date(Date.parse(instant) + 7 * 3_600_000).toISOString().slice(0, 10);
}
