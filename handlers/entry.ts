/** From a document to the line of the sổ văn bản đến (REG-IN, DOMAIN 1.6). */

import { localDate } from '../documents/vietnam-time.ts';
import type { MailPart } from '../mail/types.ts';
import type { Candidate } from './candidate.ts';
import { agencyOf, type Rules } from './rules.ts';
import { foreignAnchor } from './signature-doubts.ts';
import type { EntryDraft, EntryFile, RegistrationFacts, Snapshot } from './types.ts';

export function incomingEntry(
  candidate: Candidate,
  facts: RegistrationFacts,
  rules: Rules,
  snapshot: Snapshot,
): EntryDraft {
  const ngayDen = localDate(
    rules.regulation.time.outOfHours === 'nextOfficeStart' ? facts.deemedReceivedAt : facts.enteredAt,
  );
  return {
    book: 'den',
    agency: rules.agency.code,
    year: Number(ngayDen.slice(0, 4)),
    series: 'chung',
    messageId: facts.raw.id,
    documentKey: candidate.documentKey,
    numberPattern: null,
    enteredAt: facts.enteredAt,
    deemedReceivedAt: facts.deemedReceivedAt,
    signatureClass: candidate.class,
    urgency: candidate.document.urgency.value ?? 'THUONG',
    fields: {
      ...rules.register.defaults,
      ...readFields(candidate, facts, rules),
      ngayDen,
      nguon: 'THU_DIEN_TU',
    },
    files: filesOf(candidate, facts),
    flags: flagsOf(candidate, facts, rules, snapshot),
    by: 'machine',
  };
}

/** What was read, by REG-IN key; what was not found stays out, so that a person sees the gap. */
function readFields(candidate: Candidate, facts: RegistrationFacts, rules: Rules): Record<string, string> {
  const { document } = candidate;
  const sender = agencyOf(rules, facts.mail.from?.address ?? null);
  const found: Record<string, string | null> = {
    soKyHieu: document.numberAndSymbol.value?.canonical ?? document.numberAndSymbol.raw,
    ngayVanBan: document.date.value,
    tenLoai: document.type.value,
    trichYeu: document.abstract.value,
    tacGia: candidate.issuer,
    noiGui: sender?.name ?? facts.mail.from?.address ?? null,
    diaChiGui: facts.mail.from?.address ?? null,
    nguoiKy: document.signerName.value,
    chucVuNguoiKy: document.signerTitle.value,
    doKhan: document.urgency.value ?? 'THUONG',
    doMat: 'THUONG',
    soTrang: document.pageCount === null ? null : String(document.pageCount),
    soTo: document.pageCount === null ? null : String(document.pageCount),
    maDinhDanhCoQuan: sender?.code ?? null,
    lichCongTac: facts.calendarVersion,
  };
  return Object.fromEntries(
    Object.entries(found).filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== ''),
  );
}

function filesOf(candidate: Candidate, facts: RegistrationFacts): EntryFile[] {
  const { document } = candidate;
  const file = (path: string, role: EntryFile['role']): EntryFile[] => {
    const part = facts.mail.parts.find((p) => p.path === path);
    return part ? [entryFile(part, role, facts), ...proofFile(part, facts)] : [];
  };
  return [
    ...file(document.main, 'main'),
    ...document.appendices.flatMap((path) => file(path, 'appendix')),
    ...document.sources.flatMap((path) => file(path, 'source')),
  ];
}

function entryFile(part: MailPart, role: EntryFile['role'], facts: RegistrationFacts): EntryFile {
  return {
    sha256: part.sha256,
    name: part.name,
    role,
    size: part.size,
    verdict: facts.signatures[part.path]?.conclusion ?? null,
  };
}

/** Verdicts keep their proofs (DESIGN, invariant 6). */
function proofFile(part: MailPart, facts: RegistrationFacts): EntryFile[] {
  const kept = facts.proofs[part.path];
  if (kept === undefined) return [];
  return [{ ...kept, name: `${part.name}.chu-ky.json`, role: 'proof', verdict: null }];
}

/** Things that a person should see beside the line, but that did not keep it from being registered. */
function flagsOf(candidate: Candidate, facts: RegistrationFacts, rules: Rules, snapshot: Snapshot): string[] {
  const flags: string[] = [];
  if (snapshot.sameMessageId.length > 0) flags.push('SAME_MESSAGE_ID');
  if (candidate.document.copyLine) flags.push('COPY');
  if (candidate.otherAgency !== null || foreignAnchor(candidate.report, rules) !== null)
    flags.push('SIGNATURE_DOUBT');
  if (candidate.treatment === 'processable') flags.push('PROCESSABLE');
  if (candidate.report?.signatures.some((s) => s.weak.length > 0)) flags.push('WEAK_SIGNATURE');
  if (facts.mail.defects.length > 0) flags.push('MAIL_DEFECTS');
  return flags;
}
