/** Issuing: pictures become one PDF, it is looked at before anything is numbered, then number, register and outbox in one act. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { resolveRecipients } from '../config/directory.ts';
import { CongvanError } from '../config/error.ts';
import { cheapText, isImageOnly } from '../documents/cheap-text.ts';
import { imagesToPdf } from '../documents/scan-to-pdf.ts';
import { findSecrecy } from '../documents/secrecy.ts';
import type { SecrecyMark, Urgency } from '../documents/types.ts';
import { localDate } from '../documents/vietnam-time.ts';
import { decideIssue, refuseIncomplete } from '../handlers/issue.ts';
import { isOwnAddress } from '../handlers/rules.ts';
import type { EntryFile } from '../handlers/types.ts';
import { detectType } from '../mail/detect-type.ts';
import { writeProofFile } from '../signatures/proof-file.ts';
import type { SignatureReport } from '../signatures/types.ts';
import { personOf } from './acts.ts';
import type { House } from './house.ts';
import { withAgencySignature } from './signing/agency-signature.ts';

export interface IssueOrder {
  /** Paths of the scan, in the order of its pages: one PDF, or pictures. */
  scans: string[];
  /** Names, codes, groups or addresses of the directory. */
  to: string[];
  type: string;
  abstract: string;
  signer: string;
  signerTitle: string;
  /** ISO date. */
  date: string;
  unit: string | null;
  urgency: Urgency;
  by: string;
  attachments: string[];
  /** The agency's signature: true and false as the person says, absent or null as `signing.issue` says. */
  sign?: boolean | null;
}

export interface Issued {
  entry: { id: string; soKyHieu: string; number: number };
  transmissions: { id: string; to: string; toName: string | null }[];
  /** Things the clerk should know, Vietnamese. */
  warnings: string[];
}

/** Throws CongvanError, permanent, for every refusal: nothing is numbered or sent then. */
export async function issueDocument(house: House, order: IssueOrder): Promise<Issued> {
  const { storage, config, clock } = house;
  const by = personOf(house, order.by);
  const recipients = resolveRecipients(config.directory, order.to).filter(
    (r) => !r.addresses.some((a) => isOwnAddress(house.rules, a)),
  );
  const pdf = await imagesToPdf(await Promise.all(order.scans.map(scanFile)));
  const secrecy = await secrecyOf(order, pdf.bytes);
  const said = {
    secrecy,
    recipients,
    type: order.type,
    abstract: order.abstract,
    signer: order.signer,
    signerTitle: order.signerTitle,
    date: order.date,
    unit: order.unit,
    urgency: order.urgency,
    by: by.id,
    today: localDate(clock().toISOString()),
  };
  refuseIncomplete(said); // before any of it is kept, and before the agency's key is asked for
  const { sha256, size } = await storage.bytes.keepBuffer(pdf.bytes);
  const path = storage.bytes.pathOf(sha256);
  const report = await house.judge.judge({ path }, { at: clock().toISOString(), sha256 });
  const attachments = await Promise.all(order.attachments.map((file) => keepAttachment(house, file)));
  const arrived = { bytes: pdf.bytes, sha256, size, report, imageOnly: await isImageOnly(path) };
  const wish = { said: order.sign ?? null, signer: order.signer };
  const { main, original, warnings } = await withAgencySignature(house, arrived, wish);
  const { imageOnly } = arrived;
  const request = {
    ...said,
    attachments,
    main: { sha256: main.sha256, size: main.size, name: MAIN_NAME, pages: pdf.pages, imageOnly },
    report: main.report,
    proof: await proofOf(house, main.report),
    original,
  };
  const hashes = [...new Set([sha256, main.sha256])];
  const recorded = await storage.transact({ fileSha256: hashes }, (snapshot) =>
    decideIssue(request, house.rules, snapshot),
  );
  const entry = recorded.entries[0]!;
  return {
    entry: { id: entry.id, soKyHieu: entry.soKyHieu ?? String(entry.number), number: entry.number },
    transmissions: recorded.sends.map((s) => ({
      id: s.id,
      to: s.to,
      toName: recipients.find((r) => r.addresses[0] === s.to)?.name ?? null,
    })),
    warnings: [
      ...(main.report.conclusion === 'none'
        ? ['Bản số hóa không có chữ ký số: bản giấy phải gửi theo đường công văn.']
        : []),
      ...warnings,
      ...(original === null ? [] : unsignedAttachments(attachments)),
    ],
  };
}

/** Verdicts keep their proofs, on what goes out too (DESIGN, invariant 6). */
async function proofOf({ storage, config, clock }: House, report: SignatureReport) {
  if (report.signatures.length === 0) return null;
  const { revocation, sha1Until } = config.signatures;
  const rules = { at: clock().toISOString(), revocation, sha1Until };
  return storage.bytes.keepBuffer(writeProofFile(report, rules));
}

const MAIN_NAME = 'van-ban.pdf';

/** ISS-13: files of their own want a signature of their own, with the number, which is known only now. */
function unsignedAttachments(attachments: EntryFile[]): string[] {
  if (attachments.length === 0) return [];
  const names = attachments.map((file) => file.name).join(', ');
  return [
    `Tệp kèm theo chưa được ký số của cơ quan (Nghị định 30/2020, Phụ lục I, Phần I, II.8b): ${names}.`,
  ];
}

async function scanFile(path: string): Promise<{ path: string; type: string }> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile())
    throw new CongvanError('SCAN_MISSING', `Không tìm thấy tệp quét “${path}”.`, { temporary: false });
  return { path, type: await typeOf(path) };
}

async function typeOf(path: string): Promise<string> {
  for await (const head of createReadStream(path, { end: 8191, highWaterMark: 8192 }))
    return detectType(head as Buffer, basename(path));
  return 'application/octet-stream';
}

async function keepAttachment(house: House, path: string): Promise<EntryFile> {
  await scanFile(path);
  const { sha256, size } = await house.storage.bytes.keep(createReadStream(path));
  return { sha256, size, name: basename(path).normalize('NFC'), role: 'appendix', verdict: null };
}

/** The same detector as for what comes in, over everything that would go out (DOMAIN 8.2, outgoing). */
async function secrecyOf(order: IssueOrder, pdf: Uint8Array): Promise<SecrecyMark[]> {
  const texts = [await cheapText(pdf)];
  for (const file of order.attachments) {
    if ((await typeOf(file)) === 'application/pdf') texts.push(await cheapText(file));
  }
  return [
    ...findSecrecy(order.abstract, 'subject', null),
    ...[...order.scans, ...order.attachments].flatMap((f) => findSecrecy(basename(f), 'file-name', f)),
    ...texts.flatMap((text) => findSecrecy(text, 'text-layer', null)),
  ];
}
