/** What a person decides about a letter that was held: accept, return, release. Every act names the person (DESIGN, invariant 5). */
import type { StaffMember } from '../config/types.ts';
import { documentKey } from '../documents/document-key.ts';
import { parseNumber } from '../documents/number.ts';
import { whyNoAnswer } from './answer.ts';
import { CHANGEABLE } from './entry-acts.ts';
import { registeredNotice, returnNotice } from './notices.ts';
import { refuse } from './refuse.ts';
import { isOwnAddress, nothing, type Rules } from './rules.ts';
import type { ArrivalFacts, Decision, EntryDraft, HoldRef, Snapshot } from './types.ts';

/** Rule name on a message that two persons released from the freezer. */
export const RELEASED = 'released';

const CHANGE = /^(?:(\d+)\.)?(\w+)$/u;

/** Fields that stand on every document; a line without one of them is not a registration (REG-01). */
const ON_THE_DOCUMENT = [
  'soKyHieu',
  'ngayVanBan',
  'tenLoai',
  'trichYeu',
  'tacGia',
  'nguoiKy',
  'chucVuNguoiKy',
];

function openHold(snapshot: Snapshot): HoldRef {
  if (snapshot.hold === null) refuse('HOLD_UNKNOWN', 'Không có mục chờ xử lý này.');
  if (!snapshot.hold.open) refuse('HOLD_CLOSED', 'Mục này đã được xử lý rồi.');
  return snapshot.hold;
}

/**
 * The proposals with a clerk's corrections. `changes`: field → value; with several documents "2.soKyHieu" means the
 * second. The key for duplicates follows the corrected values.
 */
export function correctedProposals(hold: HoldRef, changes: Record<string, string>, by: string): EntryDraft[] {
  for (const key of Object.keys(changes)) refuseUnknownField(key, hold.proposals.length);
  return hold.proposals.map((proposal, index) => {
    const fields = { ...proposal.fields };
    for (const [key, value] of Object.entries(changes)) {
      const [, nth, field] = CHANGE.exec(key) ?? [];
      if (field !== undefined && Number(nth ?? 1) === index + 1)
        fields[field] = value.normalize('NFC').trim();
    }
    return { ...proposal, fields, documentKey: keyOf(fields) ?? proposal.documentKey, by };
  });
}

/** A misspelt field, or a document that is not there, must not vanish in silence. */
function refuseUnknownField(key: string, documents: number): void {
  const [, nth, field] = CHANGE.exec(key) ?? [];
  if (field === undefined || !CHANGEABLE.has(field)) {
    refuse('FIELD_UNKNOWN', `Không có trường “${key}”. Các trường sửa được: ${[...CHANGEABLE].join(', ')}.`);
  }
  if (Number(nth ?? 1) > documents || Number(nth ?? 1) < 1) {
    refuse('FIELD_UNKNOWN', `Thư này có ${documents} văn bản; không có văn bản thứ ${nth}.`);
  }
}

function keyOf(fields: Record<string, string>): string | null {
  return documentKey({
    issuer: fields['tacGia'] ?? null,
    number: parseNumber(fields['soKyHieu'] ?? ''),
    date: fields['ngayVanBan'] ?? null,
  });
}

export interface Acceptance {
  by: StaffMember;
  changes: Record<string, string>;
  note: string | null;
}

/** The clerk registers what was held (INT-17). `facts` are those of its arrival. */
export function acceptHold(act: Acceptance, facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const hold = openHold(snapshot);
  if (hold.twoPersons)
    refuse('HOLD_SECRET', 'Thư bị cách ly không được vào sổ; chỉ hai người có thẩm quyền mới được giải tỏa.');
  if (hold.queue === 'leader' && !act.by.roles.includes('leader') && !act.note) {
    refuse(
      'HOLD_LEADER',
      'Trường hợp này do lãnh đạo quyết định: lãnh đạo thực hiện, hoặc ghi ý kiến của lãnh đạo vào ghi chú (--note).',
    );
  }
  const entries = correctedProposals(hold, act.changes, act.by.id);
  if (entries.length === 0) return settleHold(act, snapshot);
  for (const [i, entry] of entries.entries()) refuseIncomplete(entry, i, entries.length, rules);
  refuseDuplicate(hold, entries, act.note, snapshot);
  const silent = rules.regulation.ack.registered.send ? whyNoAnswer(facts, rules, snapshot) : 'regulation';
  return {
    ...nothing(),
    message: { id: hold.messageId, state: 'registered', kind: 'official-document', rule: null },
    entries: entries.map((entry) =>
      act.note ? { ...entry, fields: { ...entry.fields, ghiChu: act.note } } : entry,
    ),
    sends: silent === null ? entries.map((entry, i) => registeredNotice(entry, facts, rules, i)) : [],
    closeHold: { id: hold.id, outcome: 'accepted', by: [act.by.id], note: act.note },
    journal: [
      {
        actor: act.by.id,
        action: 'accepted',
        subject: `message:${hold.messageId}`,
        data: { hold: hold.id, entries: entries.length, changed: Object.keys(act.changes), silent },
      },
    ],
  };
}

/**
 * A letter in which there is nothing to register (a citizen's letter, a recall, a letter returned to us, one that cannot be
 * read): the person who dealt with it writes down how, and the matter is closed. Without this it would wait for ever.
 */
export function settleHold(act: Acceptance, snapshot: Snapshot): Decision {
  const hold = openHold(snapshot);
  for (const key of Object.keys(act.changes)) refuseUnknownField(key, hold.proposals.length);
  if (hold.twoPersons || hold.proposals.length > 0)
    refuse('HOLD_SECRET', 'Mục này không được kết thúc theo cách này.');
  if (!act.note) {
    refuse(
      'HOLD_NO_DOCUMENT',
      'Thư không có văn bản nào để vào sổ; để kết thúc xử lý, ghi kết quả xử lý vào ghi chú (--note).',
    );
  }
  return {
    ...nothing(),
    // What carries a virus stays isolated, whatever was done about it.
    message: {
      id: hold.messageId,
      state: hold.queue === 'virus' ? 'isolated' : 'noted',
      kind: snapshot.message?.kind ?? null,
      rule: 'settled-by-person',
    },
    closeHold: { id: hold.id, outcome: 'accepted', by: [act.by.id], note: act.note },
    journal: [
      { actor: act.by.id, action: 'settled', subject: `message:${hold.messageId}`, data: { hold: hold.id } },
    ],
  };
}

function refuseIncomplete(entry: EntryDraft, index: number, of: number, rules: Rules): void {
  const required = rules.regulation.register.requiredIncoming.filter((key) => ON_THE_DOCUMENT.includes(key));
  const missing = required.filter((key) => !entry.fields[key]);
  if (missing.length === 0) return;
  const which =
    of > 1
      ? ` (văn bản thứ ${index + 1}: dùng --set ${index + 1}.${missing[0]}=…)`
      : ` (dùng --set ${missing[0]}=…)`;
  refuse('FIELDS_MISSING', `Chưa thể vào sổ, thiếu: ${missing.join(', ')}${which}.`);
}

/** INT-10: a duplicate the clerk was shown needs a reason; one that came up since is not registered at all. */
function refuseDuplicate(
  hold: HoldRef,
  entries: EntryDraft[],
  note: string | null,
  snapshot: Snapshot,
): void {
  if (hold.reasons.some((r) => r.code === 'DUPLICATE')) {
    if (note) return;
    refuse(
      'DUPLICATE_NOTE',
      'Văn bản này đã có số đến; nếu vẫn cần vào sổ lần nữa, ghi rõ lý do (--note), hoặc trả lại theo TC10.',
    );
  }
  const twin = snapshot.entriesByKey.find(
    (e) =>
      e.book === 'den' &&
      !e.cancelled &&
      entries.some((entry) => entry.documentKey !== null && entry.documentKey === e.documentKey),
  );
  if (twin)
    refuse(
      'DUPLICATE_NOW',
      `Văn bản này đã có số đến ${twin.number}/${twin.year}; nếu vẫn cần vào sổ, hãy trả lại theo TC10 hoặc sửa thông tin.`,
    );
}

export interface ReturnAct {
  by: StaffMember;
  /** TC01…TC99 with details (ACK-03: at least one). */
  reasons: { code: string; detail: string | null }[];
  note: string | null;
}

/** DESIGN, invariant 4, for what a person decided: the machine's own limits (directory, cut-over, duplicates) do not count. */
function mayBeToldByPerson({ mail, raw, sender }: ArrivalFacts, rules: Rules): boolean {
  const nullPath = raw.origin.envelopeFrom === '' || mail.returnPath === '';
  return (
    mail.from !== null &&
    !nullPath &&
    !mail.isList &&
    !isOwnAddress(rules, mail.from.address) &&
    sender.outcome !== 'forged'
  );
}

/** ACK-03: a return is always a named person's act, with reasons, and the sender is told. */
export function returnHold(act: ReturnAct, facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const hold = openHold(snapshot);
  if (hold.twoPersons)
    refuse(
      'HOLD_SECRET',
      'Thư bị cách ly không được trả lại tự động; liên hệ trực tiếp nơi gửi theo quy định.',
    );
  if (act.reasons.length === 0)
    refuse('RETURN_REASON', 'Trả lại văn bản phải nêu ít nhất một lý do (TC01…TC10, TC99).');
  const answerable = mayBeToldByPerson(facts, rules);
  return {
    ...nothing(),
    message: {
      id: hold.messageId,
      state: 'returned',
      kind: null,
      rule: act.reasons.map((r) => r.code).join(','),
    },
    sends: answerable ? [returnNotice(act, hold, facts, rules)] : [],
    closeHold: { id: hold.id, outcome: 'returned', by: [act.by.id], note: act.note },
    journal: [
      {
        actor: act.by.id,
        action: 'returned',
        subject: `message:${hold.messageId}`,
        data: { hold: hold.id, reasons: act.reasons.map((r) => r.code), told: answerable },
      },
    ],
  };
}

/** DOMAIN 8.2 (6a): two different persons, one of them authorised for secrets or a leader, say that it is none. */
export function releaseHold(
  by: StaffMember,
  note: string | null,
  staff: StaffMember[],
  snapshot: Snapshot,
): Decision {
  const hold = openHold(snapshot);
  if (!note) refuse('RELEASE_REASON', 'Giải tỏa thư bị cách ly phải nêu lý do (--note).');
  const others = hold.approvals.filter((a) => a.by !== by.id && a.outcome === 'released').map((a) => a.by);
  const people = [by, ...staff.filter((s) => others.includes(s.id))];
  const authorised = people.some((p) => p.roles.includes('secrets') || p.roles.includes('leader'));
  const journal = [
    { actor: by.id, action: 'release', subject: `message:${hold.messageId}`, data: { hold: hold.id } },
  ];
  if (hold.twoPersons && (people.length < 2 || !authorised)) {
    if (hold.approvals.some((a) => a.by === by.id)) {
      refuse(
        'RELEASE_SECOND',
        'Cần người thứ hai có thẩm quyền (lãnh đạo hoặc người phụ trách bí mật) xác nhận.',
      );
    }
    return { ...nothing(), approveHold: { id: hold.id, by: by.id, outcome: 'released', note }, journal };
  }
  return {
    ...nothing(),
    // Only what two persons looked at for its secrecy passes that check from now on; anything else is read as if new.
    message: { id: hold.messageId, state: 'kept', kind: null, rule: hold.twoPersons ? RELEASED : null },
    closeHold: { id: hold.id, outcome: 'released', by: people.map((p) => p.id), note },
    journal,
  };
}
