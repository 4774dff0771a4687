/** Letters of a wanted size that register by themselves: a signed PDF with bytes in it that nothing can compress. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { OUR_MAILBOX, type World } from '../demo/world.ts';
import { issue, makeAuthority } from '../province/certificates.ts';
import { makeLetter } from '../province/letter.ts';
import { signPdf } from '../province/pdf-signing.ts';

const DAY_MS = 86_400_000;
const AGENCY = 'Sở Nội vụ tỉnh Mẫu';

export interface SizedLetter {
  from: string;
  raw: Buffer;
  pdf: Buffer;
}

export interface LetterMaker {
  /** PEM of the authority that signs: to be named as an anchor. */
  anchorFile: string;
  /** A letter with one PDF of about `bytes`, signed by leader and agency over all of it. */
  make(name: string, bytes: number): Promise<SizedLetter>;
}

export async function openLetterMaker(world: World, anchorFile: string): Promise<LetterMaker> {
  const now = Date.now();
  const around = (days: number) => ({
    notBefore: new Date(now - days * DAY_MS).toISOString(),
    notAfter: new Date(now + days * DAY_MS).toISOString(),
  });
  const authority = makeAuthority('CA đo tốc độ tỉnh Mẫu', around(2_000));
  const base64 = authority.certificate.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  await writeFile(anchorFile, `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
  const signers = [
    issue(authority, {
      commonName: 'Trần Văn Mẫu',
      organisation: [AGENCY],
      title: 'GIÁM ĐỐC',
      holder: 'person',
      ...around(500),
    }),
    issue(authority, { commonName: AGENCY, organisation: [AGENCY], holder: 'organisation', ...around(500) }),
  ];
  const signingTime = new Date(now - DAY_MS / 2).toISOString();

  const make = async (name: string, bytes: number): Promise<SizedLetter> => {
    const document = world.document(name, 'snv', 'Công văn', `Về việc thống kê ${name}`);
    let pdf: Uint8Array = padded(await world.signedPdf(document, []), bytes);
    for (const [i, signer] of signers.entries()) {
      pdf = signPdf(pdf, signer, { signingTime, name: `Signature${i + 1}`, chainIncluded: true });
    }
    const content = Buffer.from(pdf);
    const raw = makeLetter({
      from: document.from,
      to: OUR_MAILBOX,
      subject: `${document.soKyHieu} – ${document.issuer}: ${document.abstract}`,
      text: world.coverText(document),
      messageId: `${document.id}@snv.mau.example.gov.vn`,
      date: new Date(signingTime),
      parts: [{ name: 'van-ban.pdf', type: 'application/pdf', content }],
    });
    return { from: document.from, raw, pdf: content };
  };
  return { anchorFile, make };
}

/** One more revision with a stream that no page uses, as pictures and fonts make real files large. */
export function padded(pdf: Buffer, bytes: number): Buffer {
  const filler = randomBytes(Math.max(0, bytes - pdf.length));
  const tail = pdf.toString('latin1', Math.max(0, pdf.length - 2048));
  const [, size, root] = /trailer\s*<<\/Size (\d+) \/Root (\d+ 0 R)/.exec(tail) ?? [];
  const [, previous] = /startxref\s+(\d+)/.exec(tail) ?? [];
  if (size === undefined || previous === undefined) throw new Error('a PDF of makeOfficialPdf was expected');
  const head = Buffer.from(`${size} 0 obj\n<</Length ${filler.length}>>\nstream\n`);
  const end = Buffer.from('\nendstream\nendobj\n');
  const xref = pdf.length + head.length + filler.length + end.length;
  const offset = String(pdf.length).padStart(10, '0');
  const info = /\/Info (\d+ 0 R)/.exec(tail)?.[1];
  const trailer = `xref\n${size} 1\n${offset} 00000 n \ntrailer\n<</Size ${Number(size) + 1} /Root ${root} /Info ${info} /Prev ${previous}>>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.concat([pdf, head, filler, end, Buffer.from(trailer)]);
}
