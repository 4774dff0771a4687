/** Reading process, second task: read the documents out of the files. Their signatures were judged before, elsewhere. */
import { splitSigner, splitTypeAndAbstract } from '../../documents/letter-values.ts';
import { readDocuments } from '../../documents/read-document.ts';
import type { DocumentReading } from '../../documents/types.ts';
import { parseLetterBody } from '../../mail/letter-body.ts';
import type { MailPart } from '../../mail/types.ts';
import type { SignatureReport } from '../../signatures/types.ts';
import { byteStore } from '../../storage/bytes.ts';
import type { InspectTask, ReaderSetup } from './task.ts';

export function inspect(task: InspectTask, setup: ReaderSetup): Promise<DocumentReading> {
  const bytes = byteStore(setup.dataDir);
  const open = task.parts.filter((p) => !p.encrypted && !task.blocked.includes(p.path));
  return readDocuments({
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
      signers: signersOf(part, task.signatures),
    })),
    agencies: setup.agencies,
  });
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
    .filter((s) => s.conclusion === 'valid' && s.signer !== null)
    .map((s) => ({ name: s.signer!.commonName, holder: s.signer!.holder }));
}
