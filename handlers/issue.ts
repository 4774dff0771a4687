/** Issuing a văn bản đi (ISS): refused in plain words before anything is numbered or sent, or numbered and put out in one act. */
import type { DirectoryAgency, SignatureClass } from '../config/types.ts';
import { numberPattern } from '../documents/issue-number.ts';
import { typeByAbbreviation, typeByName } from '../documents/type-names.ts';
import type { SecrecyMark, Urgency } from '../documents/types.ts';
import type { SignatureReport } from '../signatures/types.ts';
import { issuedDocumentSend } from './notices.ts';
import { refuse } from './refuse.ts';
import { nothing, type Rules } from './rules.ts';
import { signatureClassOfFile } from './signature-class.ts';
import type { Decision, EntryDraft, EntryFile, Snapshot } from './types.ts';

export interface IssueRequest {
  main: { sha256: string; size: number; name: string; pages: number; imageOnly: boolean };
  report: SignatureReport;
  /** The main file before the agency's signature was put on it (SIG-06); absent or null = none was. */
  original?: EntryFile | null;
  /** Kept bytes of what the verdict on the main file rests on; absent or null = it carries no signature. */
  proof?: { sha256: string; size: number } | null;
  attachments: EntryFile[];
  secrecy: SecrecyMark[];
  recipients: DirectoryAgency[];
  /** Full type name ("Công văn", "Kế hoạch"…). */
  type: string;
  abstract: string;
  signer: string;
  signerTitle: string;
  /** Date of the document, ISO date. */
  date: string;
  /** Unit in the symbol of a công văn; null = the configured one. */
  unit: string | null;
  urgency: Urgency;
  by: string;
  /** Today in Vietnam, ISO date. */
  today: string;
}

export function decideIssue(request: IssueRequest, rules: Rules, snapshot: Snapshot): Decision {
  refuseIncomplete(request);
  refuseFenced(snapshot);
  refuseIssuedBefore(snapshot);
  const cls = signatureClassOfFile(request.main.imageOnly, request.report);
  const paperFollows = refuseUnsigned(cls, rules);
  const entry = outgoingEntry(request, cls, paperFollows, rules);
  return {
    ...nothing(),
    entries: [entry],
    sends: request.recipients.map((recipient) => issuedDocumentSend(recipient, entry, request, paperFollows)),
    journal: [
      {
        actor: request.by,
        action: 'issue',
        subject: `file:${request.main.sha256}`,
        data: {
          class: cls,
          recipients: request.recipients.length,
          paperFollows,
          ...(request.original ? { signed: true, original: request.original.sha256 } : {}),
        },
      },
    ],
  };
}

/** What needs no register to be seen: asked before the agency's signature is made, and once more when it is decided. */
export function refuseIncomplete(
  request: Pick<
    IssueRequest,
    'secrecy' | 'recipients' | 'type' | 'abstract' | 'signer' | 'signerTitle' | 'date' | 'today'
  >,
): void {
  refuseSecret(request.secrecy);
  refuseFields(request);
  refuseRecipients(request);
}

/** ISS-12, DOMAIN 8.2: no override in the gateway. Asked before anything of it is kept, and once more when it is decided. */
function refuseSecret(marks: SecrecyMark[]): void {
  if (marks.length === 0) return;
  refuse('ISSUE_SECRET', 'Văn bản có dấu hiệu chứa bí mật nhà nước, không được gửi qua thư điện tử.');
}

/** People write the type as its name or as its abbreviation. */
function typeOf(request: Pick<IssueRequest, 'type'>): ReturnType<typeof typeByName> {
  return typeByName(request.type) ?? typeByAbbreviation(request.type);
}

function refuseFields(
  request: Pick<IssueRequest, 'type' | 'abstract' | 'signer' | 'signerTitle' | 'date' | 'today'>,
): void {
  const missing = [
    request.abstract.trim() === '' ? 'trích yếu' : null,
    request.signer.trim() === '' ? 'người ký' : null,
    request.signerTitle.trim() === '' ? 'chức vụ người ký' : null,
    typeOf(request) === null ? `tên loại hợp lệ (không có loại “${request.type}”)` : null,
  ].filter((m) => m !== null);
  if (missing.length > 0) refuse('ISSUE_FIELDS', `Chưa thể phát hành: thiếu ${missing.join(', ')}.`);
  if (!isRealDate(request.date)) {
    refuse(
      'ISSUE_FIELDS',
      `Chưa thể phát hành: ngày văn bản “${request.date}” không đúng (cần dạng 2026-11-20).`,
    );
  }
  if (request.date > request.today) {
    refuse(
      'ISSUE_FIELDS',
      `Chưa thể phát hành: ngày văn bản ${request.date} sau ngày hôm nay (${request.today}).`,
    );
  }
}

/** QUIRK: Date.parse takes 31 February for 3 March. */
function isRealDate(date: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

function refuseRecipients(request: Pick<IssueRequest, 'recipients'>): void {
  if (request.recipients.length === 0) refuse('ISSUE_NO_RECIPIENT', 'Chưa thể phát hành: chưa có nơi nhận.');
  const without = request.recipients.filter((r) => r.addresses.length === 0).map((r) => r.name);
  if (without.length === 0) return;
  refuse(
    'ISSUE_RECIPIENT_ADDRESS',
    `Chưa thể phát hành: nơi nhận chưa có địa chỉ thư trong danh bạ: ${without.join('; ')}.`,
  );
}

function refuseFenced(snapshot: Snapshot): void {
  if (!snapshot.fenced) return;
  refuse(
    'FENCED',
    'Hệ thống vừa được khôi phục từ bản sao lưu; tạm dừng cấp số và gửi cho đến khi quản trị xác nhận (congvan fence lift).',
  );
}

/** The snapshot is asked for the file as it came and as it was signed: two signatures over one file never have the same bytes. */
function refuseIssuedBefore(snapshot: Snapshot): void {
  const before = snapshot.entriesByFile.find((e) => e.book === 'di' && !e.cancelled);
  if (!before) return;
  refuse(
    'ISSUE_ALREADY',
    `Tệp này đã phát hành với số ${before.fields['soKyHieu'] ?? before.number}; muốn gửi lại, dùng “congvan outbox resend”.`,
  );
}

/**
 * ISS-04: SL and GL never send without signatures. Elsewhere a scan of the signed and sealed paper may go out without a
 * digital signature; then the paper must follow, and the mail says so. An invalid signature never goes out.
 */
function refuseUnsigned(cls: SignatureClass, rules: Rules): boolean {
  const { signature, soKyHieu, id } = rules.regulation;
  if (cls === 'INVALID')
    refuse('ISSUE_SIGNATURE', 'Chữ ký số trên tệp không hợp lệ; đề nghị ký lại trước khi phát hành.');
  if ([...signature.equalToPaper, ...signature.acceptedCopy].includes(cls)) return false;
  if (id === 'SL-2588-2018' || id === 'GL-443-2016') {
    refuse(
      'ISSUE_UNSIGNED',
      `Theo ${soKyHieu}, văn bản phải có chữ ký số của người có thẩm quyền và của cơ quan trước khi gửi.`,
    );
  }
  return true;
}

function outgoingEntry(
  request: IssueRequest,
  cls: SignatureClass,
  paperFollows: boolean,
  rules: Rules,
): EntryDraft {
  const type = typeOf(request);
  return {
    book: 'di',
    agency: rules.agency.code,
    year: Number(request.date.slice(0, 4)),
    series: rules.issuing.series === 'perType' ? (type?.abbr ?? 'CV') : 'chung',
    messageId: null,
    documentKey: null,
    numberPattern: numberPattern({
      type: type?.abbr ?? null,
      org: rules.issuing.org,
      unit: request.unit ?? (rules.issuing.defaultUnit || null),
    }),
    enteredAt: null,
    deemedReceivedAt: null,
    signatureClass: cls,
    urgency: request.urgency,
    fields: {
      ...rules.register.defaults,
      ngayVanBan: request.date,
      ngayDi: request.today,
      tenLoai: type?.name ?? request.type,
      trichYeu: request.abstract.normalize('NFC').trim(),
      tacGia: rules.agency.name,
      nguoiKy: request.signer.normalize('NFC').trim(),
      chucVuNguoiKy: request.signerTitle.normalize('NFC').trim(),
      noiNhan: request.recipients.map((r) => r.name).join('; '),
      soLuongBan: String(request.recipients.length),
      soTrang: String(request.main.pages),
      doKhan: request.urgency,
      doMat: 'THUONG',
      hinhThucGui: paperFollows ? 'DIEN_TU_VA_GIAY' : 'DIEN_TU',
    },
    files: [
      {
        sha256: request.main.sha256,
        name: request.main.name,
        role: 'main',
        size: request.main.size,
        verdict: request.report.conclusion,
      },
      ...proofFile(request),
      ...request.attachments,
      ...(request.original ? [request.original] : []),
    ],
    flags: paperFollows ? ['UNSIGNED_SCAN'] : [],
    by: request.by,
  };
}

/** Right behind the file that it is about (`congvan proof`). */
function proofFile({ proof, main }: IssueRequest): EntryFile[] {
  if (!proof) return [];
  return [{ ...proof, name: `${main.name}.chu-ky.json`, role: 'proof', verdict: null }];
}
