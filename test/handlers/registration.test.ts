import { describe, expect, it } from 'vitest';
import type { RegulationId } from '../../config/types.ts';
import { parseNumber } from '../../documents/number.ts';
import { registrationQuery } from '../../handlers/official-document.ts';
import { decideRegistration } from '../../handlers/registration.ts';
import type { EntryRef, RegistrationFacts, Snapshot } from '../../handlers/types.ts';
import {
  found,
  LEADER_SIGNED,
  makeCheck,
  makeDocument,
  makeFacts,
  makeMail,
  makePart,
  makeReport,
  makeRules,
  makeSender,
  makeSigner,
  makeSnapshot,
  ORG_SIGNED,
} from '../support/facts.ts';

const decide = (
  facts: Partial<RegistrationFacts>,
  regulation: RegulationId = 'ND30-2020',
  snapshot: Partial<Snapshot> = {},
) => decideRegistration(makeFacts(facts), makeRules(regulation), makeSnapshot(snapshot));
const reasons = (
  facts: Partial<RegistrationFacts>,
  regulation?: RegulationId,
  snapshot?: Partial<Snapshot>,
) => decide(facts, regulation, snapshot).holds.flatMap((h) => h.reasons.map((r) => r.code));

const entry: EntryRef = {
  id: 'e-1',
  book: 'den',
  number: 7,
  year: 2026,
  messageId: 'm-000000',
  documentKey: null,
  mainFile: null,
  cancelled: false,
  fields: {},
};

describe('registration without a person', () => {
  it('INT-18 a letter in no doubt gets one entry and one T2, in the year of ngayDen', () => {
    const decision = decide({});
    expect(decision.holds).toEqual([]);
    expect(decision.message?.state).toBe('registered');
    expect(decision.entries).toMatchObject([
      { book: 'den', year: 2026, series: 'chung', by: 'machine', signatureClass: 'LEADER_AND_ORG' },
    ]);
    expect(decision.entries[0]?.fields).toMatchObject({
      soKyHieu: '12/QĐ-SNV',
      ngayVanBan: '2026-11-19',
      ngayDen: '2026-11-20',
      doMat: 'THUONG',
    });
    expect(decision.sends).toMatchObject([
      { kind: 'T2', envelope: 'null', entry: 0, intent: { signatureValid: true } },
    ]);
  });

  it('TIM-05 a letter of New Year’s Eve, after hours, stands in the book of the next year', () => {
    const decision = decide({
      enteredAt: '2026-12-31T11:00:00.000Z',
      deemedReceivedAt: '2027-01-04T00:30:00.000Z',
    });
    expect(decision.entries).toMatchObject([{ year: 2027, fields: { ngayDen: '2027-01-04' } }]);
  });

  it('invariant 2: the same Message-ID with other bytes is registered and flagged', () => {
    const decision = decide({}, 'ND30-2020', { sameMessageId: [{ messageId: 'm-0', sha256: 'c' }] });
    expect(decision.entries[0]?.flags).toContain('SAME_MESSAGE_ID');
  });

  it('a valid signature of the issuing agency makes up for a sender whose path proves nothing', () => {
    expect(reasons({ sender: makeSender({ outcome: 'unproven', dmarc: 'none', spf: 'none' }) })).toEqual([]);
  });

  it('SIG-07 a short name in CN is the issuing agency where O names its province; plain appendices are no doubt', () => {
    const short = { ...makeSigner('organisation', 'SỞ NỘI VỤ'), organisation: ['ỦY BAN NHÂN DÂN TỈNH MẪU'] };
    const signatures = { '2': makeReport([LEADER_SIGNED, makeCheck(short)]), '3': makeReport([]) };
    const documents = [makeDocument({ appendices: ['3'] })];
    const sender = makeSender({ outcome: 'unproven', dmarc: 'none', spf: 'none' });
    expect(reasons({ signatures, documents, sender })).toEqual([]);
  });

  it('an answer is not sent where none may be, and the letter is registered all the same', () => {
    const decision = decide({ mail: makeMail({ autoSubmitted: 'auto-generated' }) });
    expect(decision.entries).toHaveLength(1);
    expect(decision.sends).toEqual([]);
  });
});

describe('what is held for a person, and why', () => {
  const twoDocuments = [makeDocument(), makeDocument({ main: '3', numberAndSymbol: found(null) })];
  const table: [string, Partial<RegistrationFacts>, string][] = [
    ['VAL-01 a forged sender', { sender: makeSender({ outcome: 'forged' }) }, 'SENDER_FORGED'],
    [
      'VAL-01 an office that is not in the directory',
      { mail: makeMail({ from: { address: 'x@moi.example.gov.vn', name: '' } }) },
      'UNKNOWN_SENDER',
    ],
    [
      'our own address',
      { mail: makeMail({ from: { address: 'vanthu.xamau@mau.example.gov.vn', name: '' } }) },
      'OWN_ADDRESS',
    ],
    ['INT-03 two documents in one mail', { documents: twoDocuments }, 'SEVERAL_DOCUMENTS'],
    ['no document at all', { documents: [] }, 'NO_DOCUMENT'],
    [
      'VAL-02, VAL-05 an invalid signature',
      { signatures: { '2': makeReport([ORG_SIGNED], 'invalid') } },
      'PROPOSE_RETURN',
    ],
    [
      'invariant 7: what cannot be concluded',
      { signatures: { '2': makeReport([ORG_SIGNED], 'untrusted') } },
      'SIGNATURE_UNKNOWN',
    ],
    ['the leader alone', { signatures: { '2': makeReport([LEADER_SIGNED]) } }, 'LEADER_DECIDES'],
    [
      'SIG-07 the signature of another agency',
      {
        signatures: {
          '2': makeReport([
            LEADER_SIGNED,
            makeCheck({ ...makeSigner('organisation', 'Sở Tài chính tỉnh Mẫu'), organisation: [] }),
          ]),
        },
      },
      'OTHER_AGENCY_SIGNED',
    ],
    [
      'SIG-02 a certificate of another group',
      { signatures: { '2': makeReport([LEADER_SIGNED, { ...ORG_SIGNED, anchorGroup: 'PUBLIC' }]) } },
      'ANCHOR_GROUP',
    ],
    [
      'REG-01 a field that was not read surely',
      { documents: [makeDocument({ date: found('2026-11-19', 0.7) })] },
      'FIELDS_UNSURE',
    ],
    [
      'REG-01 a field that was not found',
      { documents: [makeDocument({ abstract: found(null) })] },
      'FIELDS_UNSURE',
    ],
    [
      'VAL-13 a date after the mail came',
      { documents: [makeDocument({ date: found('2026-11-21') })] },
      'DATE_INCONSISTENT',
    ],
    [
      'sources that disagree',
      { documents: [makeDocument({ defects: [{ code: 'NUMBER_DISAGREES', detail: 'số' }] })] },
      'FIELD_CONFLICT',
    ],
    [
      'VAL-03 a file that did not come whole',
      { mail: makeMail({ defects: [{ code: 'part-too-large', detail: '' }] }) },
      'INCOMPLETE',
    ],
    [
      'VAL-03 a file behind a password',
      { mail: makeMail({ parts: [makePart(), makePart({ path: '3', encrypted: true })] }) },
      'INCOMPLETE',
    ],
    [
      'a file that belongs to no document',
      { mail: makeMail({ parts: [makePart(), makePart({ path: '3' })] }), unassigned: ['3'] },
      'UNASSIGNED_FILE',
    ],
    [
      'a letter inside a letter',
      { mail: makeMail({ parts: [makePart(), makePart({ path: '3', origin: 'message' })] }) },
      'FORWARDED',
    ],
    [
      'VAL-06 executable content',
      {
        screening: {
          virus: { status: 'clean', name: null, part: null },
          blocked: [{ part: '2', reason: 'tệp thực thi' }],
          secrecy: [],
        },
      },
      'BLOCKED_FILE',
    ],
    [
      'a good main document beside an appendix whose signature is false',
      {
        mail: makeMail({ parts: [makePart(), makePart({ path: '3', name: 'Phụ lục.pdf' })] }),
        documents: [makeDocument({ appendices: ['3'] })],
        signatures: {
          '2': makeReport([LEADER_SIGNED, ORG_SIGNED]),
          '3': makeReport([ORG_SIGNED], 'invalid'),
        },
      },
      'ANNEX_SIGNATURE',
    ],
    [
      'a good main document beside a source whose signature cannot be concluded',
      {
        documents: [makeDocument({ sources: ['3'] })],
        signatures: {
          '2': makeReport([LEADER_SIGNED, ORG_SIGNED]),
          '3': makeReport([ORG_SIGNED], 'untrusted'),
        },
      },
      'ANNEX_SIGNATURE',
    ],
    [
      'SIG-07 a certificate of an office below, whose O is the issuing agency',
      {
        documents: [makeDocument({ issuingAgency: found('Sở Nội vụ tỉnh Mẫu') })],
        signatures: {
          '2': makeReport([LEADER_SIGNED, makeCheck(makeSigner('organisation', 'Chi cục Văn thư, Lưu trữ'))]),
        },
      },
      'OTHER_AGENCY_SIGNED',
    ],
    [
      'SIG-07 the office of the same short name in another province',
      {
        signatures: {
          '2': makeReport([
            LEADER_SIGNED,
            makeCheck({ ...makeSigner('organisation', 'SỞ NỘI VỤ'), organisation: ['UBND TỈNH THỬ'] }),
          ]),
        },
      },
      'OTHER_AGENCY_SIGNED',
    ],
    [
      'VAL-01 an old signed scan, sent by nobody knows whom under a number that only the letter says',
      {
        sender: makeSender({ outcome: 'unproven', dmarc: 'none', spf: 'none' }),
        documents: [
          makeDocument({
            imageOnly: true,
            numberAndSymbol: { ...found(parseNumber('99/QĐ-SNV')!, 0.92), method: 'letter-body' },
          }),
        ],
      },
      'SENDER_UNPROVEN',
    ],
    [
      'VAL-01 an issuing agency that the directory does not know makes up for no sender',
      {
        sender: makeSender({ outcome: 'unproven', dmarc: 'none', spf: 'none' }),
        documents: [makeDocument({ issuingAgency: found('Sở Y tế') })],
        signatures: {
          '2': makeReport([LEADER_SIGNED, makeCheck(makeSigner('organisation', 'Sở Y tế'))]),
        },
      },
      'SENDER_UNPROVEN',
    ],
  ];
  it.each(table)('%s', (_name, facts, code) => {
    const decision = decide(facts);
    expect(decision.entries).toEqual([]);
    expect(decision.sends).toEqual([]);
    expect(decision.message?.state).toBe('held');
    expect(decision.holds[0]?.reasons.map((r) => r.code)).toContain(code);
  });

  it('INT-10 the same document: says under which số đến it stands', () => {
    const query = registrationQuery(makeFacts(), makeRules());
    const twin = { ...entry, documentKey: query.documentKeys![0]! };
    expect(decide({}, 'ND30-2020', { entriesByKey: [twin] }).holds[0]?.reasons).toEqual([
      { code: 'DUPLICATE', sentence: 'Văn bản này đã có số đến 7/2026.' },
    ]);
  });

  it('INT-10 the same file in another mail is the same document; a cancelled entry is none', () => {
    const twin = { ...entry, mainFile: 'a'.repeat(64) };
    expect(reasons({}, 'ND30-2020', { entriesByFile: [twin] })).toEqual(['DUPLICATE']);
    expect(reasons({}, 'ND30-2020', { entriesByFile: [{ ...twin, cancelled: true }] })).toEqual([]);
  });

  it('after a restore no number is given until the fence is lifted', () => {
    expect(reasons({}, 'ND30-2020', { fenced: true })).toEqual(['FENCED']);
  });

  it('SIG-08 under Sơn La’s regulation everything that comes by mail waits for a person', () => {
    expect(reasons({}, 'SL-2588-2018')).toEqual(['CHANNEL', 'LEADER_DECIDES']);
  });

  it('INT-05 under Lào Cai’s regulation an unsigned file goes to the leader’s queue', () => {
    expect(decide({ signatures: { '2': makeReport([]) } }, 'LC-48-2017').holds).toMatchObject([
      { queue: 'leader' },
    ]);
  });

  it('a secrecy mark that only the file’s text showed freezes the letter (DOMAIN 8.2)', () => {
    const decision = decide({ lateSecrecy: [{ level: 'TOI_MAT', where: 'text-layer', part: '2' }] });
    expect(decision.message?.state).toBe('frozen');
    expect(decision.entries).toEqual([]);
  });
});
