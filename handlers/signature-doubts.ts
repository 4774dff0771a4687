/** Doubts about signatures: whose they are, what they cover, whose certificates (SIG, VAL-02, VAL-05). */
import { fold } from '../documents/normalise.ts';
import type { OfficialDocument } from '../documents/types.ts';
import type { SignatureReport } from '../signatures/types.ts';
import type { Candidate } from './candidate.ts';
import type { Rules } from './rules.ts';
import type { HoldReason, RegistrationFacts } from './types.ts';

const reason = (code: string, sentence: string): HoldReason => ({ code, sentence });

/** What the signatures of the document itself leave in doubt. */
export function signatureDoubts(candidate: Candidate, rules: Rules): HoldReason[] {
  const doubts: HoldReason[] = [];
  const said = candidate.report?.sentence ?? 'Văn bản không có chữ ký số.';
  const because = rules.regulation.soKyHieu;
  switch (candidate.treatment) {
    case 'inconclusive':
      doubts.push(reason('SIGNATURE_UNKNOWN', `Chưa kết luận được về chữ ký số: ${said}`));
      break;
    case 'leader':
      doubts.push(reason('LEADER_DECIDES', `${said} Theo ${because}, báo cáo lãnh đạo quyết định.`));
      break;
    case 'return':
      doubts.push(reason('PROPOSE_RETURN', `${said} Theo ${because}, đề xuất trả lại kèm lý do.`));
      break;
    case 'may-refuse':
    case 'reference-only':
      doubts.push(
        reason('REFERENCE_ONLY', `${said} Theo ${because}, văn bản chỉ để biết, tham khảo; có thể từ chối.`),
      );
      break;
    default:
      break;
  }
  if (candidate.otherAgency) {
    doubts.push(
      reason(
        'OTHER_AGENCY_SIGNED',
        `Chữ ký số của “${candidate.otherAgency}”, không phải của cơ quan ban hành văn bản.`,
      ),
    );
  }
  const stranger = otherSigner(candidate);
  if (stranger !== null) {
    doubts.push(
      reason('OTHER_SIGNER', `Có chữ ký số của “${stranger}”, không phải người ký in trên văn bản.`),
    );
  }
  const foreign = foreignAnchor(candidate.report, rules);
  if (foreign) {
    doubts.push(
      reason(
        'ANCHOR_GROUP',
        `Chứng thư số thuộc nhóm ${foreign}, không phải loại quy định cho cơ quan nhà nước.`,
      ),
    );
  }
  return doubts;
}

/**
 * A good main document vouches for nothing that lies in a file of its own: a signature there that is false, or cannot be
 * concluded, is for a person to see (DESIGN, invariants 5 and 7). An appendix without any signature is no doubt.
 */
export function annexDoubts(document: OfficialDocument, facts: RegistrationFacts): HoldReason[] {
  return [...document.appendices, ...document.sources].flatMap((path) => {
    const report = facts.signatures[path];
    if (report === undefined || report.conclusion === 'valid' || report.conclusion === 'none') return [];
    const name = facts.mail.parts.find((p) => p.path === path)?.name ?? path;
    return [reason('ANNEX_SIGNATURE', `Tệp kèm theo “${name}”: ${report.sentence}`)];
  });
}

/**
 * The letter's own signature (S/MIME): unsigned letters are the normal case, so one that cannot be concluded is no doubt;
 * one that is false, or in another's name, is. A relay that re-encoded the letter on its way is told apart from forgery.
 */
export function mailSignatureDoubts({ mailSignature }: RegistrationFacts): HoldReason[] {
  if (mailSignature === null) return [];
  const { conclusion, senderMatches, sentence, signatures } = mailSignature;
  const relayed = signatures.every((s) => s.notes.some((note) => note.code === 'CHANGED_IN_TRANSIT'));
  if (conclusion === 'invalid' && relayed) return [];
  if (conclusion === 'invalid' || conclusion === 'suspect')
    return [reason('MAIL_SIGNATURE', `Chữ ký số của thư: ${sentence}`)];
  if (senderMatches === false && conclusion === 'valid')
    return [reason('MAIL_SIGNER', 'Thư được ký số bằng chứng thư của địa chỉ khác với địa chỉ người gửi.')];
  return [];
}

/**
 * A person whose certificate is good but who is not the printed signer. Real documents carry such signatures (ký nháy), and
 * so would one whose only purpose is what its appearance covers: a person looks.
 */
function otherSigner({ document, report }: Candidate): string | null {
  const printed = document.signerName.value;
  if (printed === null) return null;
  const people = (report?.signatures ?? []).filter(
    (s) => s.conclusion === 'valid' && s.kind !== 'timestamp' && s.signer?.holder === 'person',
  );
  const other = people.find((s) => !fold(s.signer!.commonName).includes(fold(printed)));
  return other?.signer?.commonName ?? null;
}

/** SIG-02: a state sender with a certificate of another group. */
export function foreignAnchor(report: SignatureReport | undefined, rules: Rules): string | null {
  const allowed = rules.regulation.signature.trustAnchors;
  const found = report?.signatures.find(
    (s) => s.conclusion === 'valid' && s.anchorGroup && !allowed.includes(s.anchorGroup),
  );
  return found?.anchorGroup ?? null;
}
