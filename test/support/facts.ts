/** Facts of a letter in which nothing is in doubt; each test changes what it is about. */
import { makeConfig } from '../../config/make.ts';
import type { DirectoryAgency, RegulationId, StaffMember } from '../../config/types.ts';
import { parseNumber } from '../../documents/number.ts';
import type { Found, OfficialDocument } from '../../documents/types.ts';
import { type Rules, rulesOf } from '../../handlers/rules.ts';
import type { RegistrationFacts, Snapshot } from '../../handlers/types.ts';
import type { IncomingMessage, MailPart, SenderCheck } from '../../mail/types.ts';
import type { SignatureCheck, SignatureReport, SignerCertificate } from '../../signatures/types.ts';

export const SNV: DirectoryAgency = {
  code: 'H99.02',
  name: 'Sở Nội vụ tỉnh Mẫu',
  shortNames: ['Sở Nội vụ'],
  addresses: ['vanthu@snv.mau.example.gov.vn', 'snv2@mau.example.gov.vn'],
  symbols: ['SNV'],
  groups: [],
  validFrom: null,
  validTo: null,
};

export const CLERK: StaffMember = {
  id: 'vanthu',
  name: 'Văn thư Mẫu',
  title: 'Văn thư',
  roles: ['clerk'],
  email: null,
};
export const LEADER: StaffMember = {
  id: 'chutich',
  name: 'Chủ tịch Mẫu',
  title: 'Chủ tịch',
  roles: ['leader'],
  email: null,
};

export function makeRules(regulation: RegulationId = 'ND30-2020', cutover: string | null = null): Rules {
  return { ...rulesOf(makeConfig({ regulation, directory: { file: null, agencies: [SNV] } })), cutover };
}

export function makePart(part: Partial<MailPart> = {}): MailPart {
  return {
    path: '2',
    origin: 'attachment',
    declaredType: 'application/pdf',
    detectedType: 'application/pdf',
    name: '12_QD-SNV.pdf',
    rawName: '12_QD-SNV.pdf',
    size: 1000,
    sha256: 'a'.repeat(64),
    contentId: null,
    container: null,
    encrypted: false,
    ...part,
  };
}

export function makeMail(mail: Partial<IncomingMessage> = {}): IncomingMessage {
  return {
    messageId: '<1@snv.mau.example.gov.vn>',
    inReplyTo: null,
    references: [],
    subject: '12/QĐ-SNV – Sở Nội vụ tỉnh Mẫu: kiện toàn tổ công tác',
    date: '2026-11-20T01:00:00.000Z',
    from: { address: SNV.addresses[0]!, name: 'Văn thư Sở Nội vụ' },
    sender: null,
    replyTo: [],
    to: [{ address: 'vanthu.xamau@mau.example.gov.vn', name: '' }],
    cc: [],
    returnPath: null,
    autoSubmitted: null,
    precedence: null,
    listId: null,
    isList: false,
    isAutoReply: false,
    received: [],
    authenticationResults: [],
    wantsReadReceipt: false,
    text: 'Kính gửi: UBND xã Mẫu',
    parts: [makePart()],
    embedded: [],
    report: null,
    defects: [],
    ...mail,
  };
}

export function makeSender(sender: Partial<SenderCheck> = {}): SenderCheck {
  return {
    from: SNV.addresses[0]!,
    envelopeFrom: SNV.addresses[0]!,
    basis: 'own',
    spf: 'pass',
    dkim: 'none',
    dmarc: 'pass',
    arc: 'none',
    dkimDomains: [],
    outcome: 'authenticated',
    temporary: false,
    notes: [],
    ...sender,
  };
}

export function found(value: null): Found<never>;
export function found<T>(value: T, confidence?: number): Found<T>;
export function found<T>(value: T | null, confidence = 0.97): Found<T> {
  return {
    value,
    raw: value === null ? null : String(value),
    confidence,
    method: 'text-layer',
    page: 1,
    box: null,
  };
}

export function makeDocument(document: Partial<OfficialDocument> = {}): OfficialDocument {
  return {
    main: '2',
    appendices: [],
    sources: [],
    numberAndSymbol: found(parseNumber('12/QĐ-SNV')!),
    date: found('2026-11-19'),
    type: found('Quyết định'),
    abstract: found('Về việc kiện toàn tổ công tác'),
    issuingAgency: found('Sở Nội vụ'),
    signerName: found('Trần Văn Mẫu'),
    signerTitle: found('GIÁM ĐỐC'),
    urgency: found('THUONG' as const),
    pageCount: 2,
    imageOnly: false,
    copyLine: false,
    draft: false,
    defects: [],
    ...document,
  };
}

export function makeSigner(holder: SignerCertificate['holder'], commonName: string): SignerCertificate {
  return {
    commonName,
    organisation: ['Sở Nội vụ tỉnh Mẫu'],
    title: null,
    email: null,
    subject: `CN=${commonName}`,
    issuer: 'CN=CA Mẫu',
    serial: '01',
    notBefore: '2025-01-01T00:00:00.000Z',
    notAfter: '2030-01-01T00:00:00.000Z',
    fingerprint: 'f'.repeat(64),
    holder,
  };
}

export function makeCheck(signer: SignerCertificate, check: Partial<SignatureCheck> = {}): SignatureCheck {
  return {
    name: 'Signature1',
    kind: 'signature',
    format: 'adbe.pkcs7.detached',
    coverage: { byteRange: [0, 1, 2, 3], wholeFile: true, bytesAfter: 0, notCovered: [] },
    intact: true,
    authentic: true,
    trusted: true,
    revocation: 'not-checked',
    signer,
    anchorGroup: 'BAN_CO_YEU',
    chain: [],
    claimedTime: null,
    timestampTime: null,
    judgedAt: '2026-11-20T02:00:00.000Z',
    timeSource: 'entry',
    digestAlgorithm: 'sha256',
    changes: [],
    weak: [],
    notes: [],
    indication: 'TOTAL_PASSED',
    subIndication: null,
    conclusion: 'valid',
    reasons: [],
    ...check,
  };
}

export const LEADER_SIGNED = makeCheck(makeSigner('person', 'Trần Văn Mẫu'));
export const ORG_SIGNED = makeCheck(makeSigner('organisation', 'Sở Nội vụ tỉnh Mẫu'));

export function makeReport(
  signatures: SignatureCheck[],
  conclusion?: SignatureReport['conclusion'],
): SignatureReport {
  return {
    file: 'a'.repeat(64),
    format: 'pdf',
    conclusion: conclusion ?? (signatures.length === 0 ? 'none' : 'valid'),
    signatures,
    senderMatches: null,
    sentence: 'Chữ ký số hợp lệ.',
    defects: [],
    wanted: [],
    proofs: [],
    elapsedMs: 1,
  };
}

export function makeFacts(facts: Partial<RegistrationFacts> = {}): RegistrationFacts {
  return {
    raw: {
      id: 'm-000001',
      sha256: 'b'.repeat(64),
      size: 2000,
      origin: {
        channel: 'smtp',
        mailbox: 'smtp',
        folder: null,
        uidValidity: null,
        uid: null,
        envelopeFrom: SNV.addresses[0]!,
        envelopeTo: ['vanthu.xamau@mau.example.gov.vn'],
        clientIp: '127.0.0.1',
        clientHelo: 'mail.example.gov.vn',
      },
      enteredAt: '2026-11-20T02:00:00.000Z',
      keptAt: '2026-11-20T02:00:01.000Z',
    },
    mail: makeMail(),
    sender: makeSender(),
    screening: { virus: { status: 'not-configured', name: null, part: null }, blocked: [], secrecy: [] },
    released: false,
    enteredAt: '2026-11-20T02:00:00.000Z',
    deemedReceivedAt: '2026-11-20T02:00:00.000Z',
    calendarVersion: 'test',
    kind: 'official-document',
    signatures: { '2': makeReport([LEADER_SIGNED, ORG_SIGNED]) },
    proofs: {},
    mailSignature: null,
    documents: [makeDocument()],
    unassigned: [],
    lateSecrecy: [],
    ...facts,
  };
}

export function makeSnapshot(snapshot: Partial<Snapshot> = {}): Snapshot {
  return {
    now: '2026-11-20T02:00:02.000Z',
    fenced: false,
    message: { id: 'm-000001', state: 'kept', kind: null },
    sameBytes: [],
    sameMessageId: [],
    entriesByKey: [],
    entriesByFile: [],
    transmissions: [],
    entry: null,
    hold: null,
    ...snapshot,
  };
}
