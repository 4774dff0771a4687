/** May, and must, the agency's signature be put on what is issued (SIG-06, Nghị định 30/2020 Điều 32.2d)? Pure. */
import type { SignatureReport } from '../signatures/types.ts';
import { refuse } from './refuse.ts';
import type { Rules } from './rules.ts';
import { signatureClassOfFile } from './signature-class.ts';

/** What the person or the configuration wants: true and false were said, null was not, and `automatic` decides. */
export interface SigningWish {
  said: boolean | null;
  automatic: boolean;
  /** A key is configured. */
  able: boolean;
}

export type AgencySignature =
  | { kind: 'none' }
  /** On a document that the competent person signed, in the field named. */
  | { kind: 'beside-leader'; field: string }
  /** On the agency's own scan of a signed and sealed paper; with the words of a copy where the regulation asks for them. */
  | { kind: 'scan'; copyWords: boolean };

type Issued = { imageOnly: boolean; report: SignatureReport };

const NONE: AgencySignature = { kind: 'none' };

/**
 * Throws (permanent) where a signature is wanted that may not be given: ISSUE_SIGN_NO_KEY, ISSUE_SIGN_UNSIGNED (born
 * digital, not signed by the competent person), ISSUE_SIGN_UNCERTAIN (that signature cannot be concluded).
 */
export function agencySignature(issued: Issued, wish: SigningWish, rules: Rules): AgencySignature {
  if (!(wish.said ?? (wish.automatic && wish.able))) return NONE;
  if (!wish.able) refuse('ISSUE_SIGN_NO_KEY', 'Chưa khai báo khóa ký số của cơ quan (mục signing.key).');
  const cls = signatureClassOfFile(issued.imageOnly, issued.report);
  switch (cls) {
    case 'LEADER_ONLY':
      return { kind: 'beside-leader', field: leaderField(issued.report) };
    case 'SCAN_UNSIGNED':
      return { kind: 'scan', copyWords: asksForCopyWords(rules) };
    case 'NONE':
      return refuse(
        'ISSUE_SIGN_UNSIGNED',
        'Văn bản điện tử chưa có chữ ký số của người có thẩm quyền nên chưa được ký số của cơ quan (điểm d khoản 2 Điều 32 Nghị định 30/2020/NĐ-CP). Đề nghị trình người có thẩm quyền ký số trước.',
      );
    case 'UNKNOWN':
      return refuse(
        'ISSUE_SIGN_UNCERTAIN',
        'Chưa kết luận được chữ ký số trên văn bản nên chưa ký số của cơ quan. Đề nghị kiểm tra bằng «congvan verify», hoặc phát hành không ký thêm (--no-sign).',
      );
    default:
      // The agency's signature is there already, or a false one, which issuing itself refuses.
      return NONE;
  }
}

/** The last of the persons: who signs last is the one whose name stands at the end. */
function leaderField(report: SignatureReport): string {
  const persons = report.signatures.filter(
    (one) => one.kind !== 'timestamp' && one.signer?.holder === 'person',
  );
  return persons.at(-1)?.name ?? '';
}

/** N30 25.1c: a scan signed by the agency counts as a copy only with its line "Sao y"; where it counts without, none is put. */
function asksForCopyWords({ regulation }: Rules): boolean {
  const { equalToPaper, acceptedCopy } = regulation.signature;
  const counts = [...equalToPaper, ...acceptedCopy];
  return counts.includes('SCAN_ORG_SIGNED') && !counts.includes('SCAN_ORG_SIGNED_NO_COPY_LINE');
}
