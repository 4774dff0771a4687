/** The signature class of a document (DOMAIN 1.5): which signatures it carries and what its pages are. */
import type { SignatureClass } from '../config/types.ts';
import type { OfficialDocument } from '../documents/types.ts';
import type { SignatureCheck, SignatureReport } from '../signatures/types.ts';

type Pages = Pick<OfficialDocument, 'imageOnly' | 'copyLine'>;

export function signatureClass(document: Pages, report: SignatureReport | undefined): SignatureClass {
  if (!report || report.conclusion === 'none') return document.imageOnly ? 'SCAN_UNSIGNED' : 'NONE';
  // VAL-02: what was changed after signing is as little the signed document as one whose signature is false.
  if (report.conclusion === 'invalid' || report.conclusion === 'suspect') return 'INVALID';
  if (report.conclusion !== 'valid') return 'UNKNOWN';
  return classOfValid(
    document,
    report.signatures.filter((s) => s.kind !== 'timestamp'),
  );
}

/** The same for a file of our own that is to go out: no copy line is looked for. */
export function signatureClassOfFile(imageOnly: boolean, report: SignatureReport): SignatureClass {
  return signatureClass({ imageOnly, copyLine: true }, report);
}

function classOfValid(document: Pages, signatures: SignatureCheck[]): SignatureClass {
  // A time stamp alone proves a time, nobody's will.
  if (signatures.length === 0) return document.imageOnly ? 'SCAN_UNSIGNED' : 'NONE';
  const people = signatures.filter((s) => s.signer?.holder === 'person').length;
  const organisations = signatures.filter((s) => s.signer?.holder === 'organisation').length;
  // A signature whose holder cannot be told proves neither the leader nor the agency.
  if (people + organisations < signatures.length) return 'UNKNOWN';
  if (people > 0 && organisations > 0) return 'LEADER_AND_ORG';
  if (people > 0) return 'LEADER_ONLY';
  if (!document.imageOnly) return 'ORG_ONLY';
  return document.copyLine ? 'SCAN_ORG_SIGNED' : 'SCAN_ORG_SIGNED_NO_COPY_LINE';
}

/** What a class may do under a profile, in the order in which the profile's lists are asked. */
export type Treatment =
  | 'equal-to-paper'
  | 'accepted-copy'
  | 'processable'
  | 'reference-only'
  | 'leader'
  | 'may-refuse'
  | 'return'
  | 'inconclusive';

type Lists = {
  equalToPaper: SignatureClass[];
  equalToPaperByMail: SignatureClass[] | null;
  acceptedCopy: SignatureClass[];
  processable: SignatureClass[];
  referenceOnly: SignatureClass[];
  holdForLeader: SignatureClass[];
  returnWithReason: SignatureClass[];
  mayRefuse: SignatureClass[];
};

export function treatment(signature: Lists, cls: SignatureClass): Treatment {
  if (cls === 'UNKNOWN' && !signature.holdForLeader.includes('UNKNOWN')) return 'inconclusive';
  if ((signature.equalToPaperByMail ?? signature.equalToPaper).includes(cls)) return 'equal-to-paper';
  if (signature.acceptedCopy.includes(cls)) return 'accepted-copy';
  if (signature.processable.includes(cls)) return 'processable';
  if (signature.holdForLeader.includes(cls)) return 'leader';
  if (signature.returnWithReason.includes(cls)) return 'return';
  if (signature.referenceOnly.includes(cls)) return 'reference-only';
  if (signature.mayRefuse.includes(cls)) return 'may-refuse';
  // SIG-08: a class that the regulation ranks only within a document system has none by mail; a person decides.
  return 'leader';
}

/** {ketQuaChuKy} of T2 (DOMAIN 7.4). */
export function signatureSentence(cls: SignatureClass, asTreated: Treatment): string {
  if (asTreated === 'reference-only' || asTreated === 'may-refuse')
    return 'Văn bản được tiếp nhận để biết, tham khảo';
  if (cls === 'LEADER_AND_ORG') return 'Chữ ký số của người có thẩm quyền và của cơ quan hợp lệ';
  if (cls === 'SCAN_ORG_SIGNED' || cls === 'SCAN_ORG_SIGNED_NO_COPY_LINE') {
    return 'Chữ ký số của cơ quan trên bản số hóa hợp lệ';
  }
  if (cls === 'SCAN_UNSIGNED') {
    return 'Văn bản số hóa không có chữ ký số; đề nghị gửi bản giấy theo quy định';
  }
  if (cls === 'LEADER_ONLY')
    return 'Chữ ký số của người có thẩm quyền hợp lệ; không có chữ ký số của cơ quan';
  if (cls === 'ORG_ONLY') return 'Chữ ký số của cơ quan hợp lệ; không có chữ ký số của người có thẩm quyền';
  if (cls === 'INVALID') return 'Chữ ký số không hợp lệ; văn thư đã xem xét và quyết định tiếp nhận';
  if (cls === 'UNKNOWN') return 'Chưa kết luận được về chữ ký số; văn thư đã xem xét và quyết định tiếp nhận';
  return 'Văn bản không có chữ ký số; văn thư đã xem xét và quyết định tiếp nhận';
}
