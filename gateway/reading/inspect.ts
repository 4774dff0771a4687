/** Reading process, second task: judge the signatures of the files, then read the documents out of them. */
import { splitSigner, splitTypeAndAbstract } from '../../documents/letter-values.ts';
import { readDocuments } from '../../documents/read-document.ts';
import { parseLetterBody } from '../../mail/letter-body.ts';
import type { MailPart } from '../../mail/types.ts';
import type { SignatureReport } from '../../signatures/types.ts';
import { verifyPdf } from '../../signatures/verify-pdf.ts';
import { byteStore } from '../../storage/bytes.ts';
import type { InspectResult, InspectTask, ReaderSetup } from './task.ts';

export async function inspect(task: InspectTask, setup: ReaderSetup): Promise<InspectResult> {
  const bytes = byteStore(setup.dataDir);
  const open = task.parts.filter((p) => !p.encrypted && !task.blocked.includes(p.path));
  const signatures: Record<string, SignatureReport> = {};
  for (const part of open) {
    if (part.detectedType !== 'application/pdf') continue;
    signatures[part.path] = await verifyPdf(
      { path: bytes.pathOf(part.sha256) },
      { trust: setup.trust, at: task.at, sha256: part.sha256 },
    );
  }
  const reading = await readDocuments({
    subject: task.subject,
    body: task.text,
    letterBody: letterValues(task.text),
    files: open.map((part) => ({
      path: part.path,
      name: part.name,
      detectedType: part.detectedType,
      size: part.size,
      container: part.container,
      file: bytes.pathOf(part.sha256),
      signers: signersOf(part, signatures),
    })),
    agencies: setup.agencies,
  });
  return { signatures, reading };
}

/** The values of a body in the form of T8, in the words of the register. */
function letterValues(text: string) {
  const body = parseLetterBody(text);
  if (body.numberAndSymbol === null) return null;
  return {
    soKyHieu: body.numberAndSymbol,
    ngayVanBan: body.date !== null && /^\d{1,2} tháng /.test(body.date) ? `ngày ${body.date}` : body.date,
    doKhan: body.urgency,
    ...splitTypeAndAbstract(body.typeAndAbstract),
    ...splitSigner(body.signer),
  };
}

/** Names of valid signatures only: a name in a broken one proves nothing. */
function signersOf(
  part: MailPart,
  signatures: Record<string, SignatureReport>,
): { name: string; holder: string }[] {
  return (signatures[part.path]?.signatures ?? [])
    .filter((s) => s.verdict === 'VALID' && s.signer !== null)
    .map((s) => ({ name: s.signer!.commonName, holder: s.signer!.holder }));
}
