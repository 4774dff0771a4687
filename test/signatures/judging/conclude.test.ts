import { describe, expect, it } from 'vitest';
import { issueTimestampServer, type Signer } from '../../../scripts/province/certificates.ts';
import { trustOf } from '../../../signatures/certificates/trust.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import type { FileFacts, SignatureFacts, TimestampFacts } from '../../../signatures/facts.ts';
import { type JudgingRules, judgeFile } from '../../../signatures/judging/conclude.ts';
import type { Change, SignatureCheck, SignatureReason } from '../../../signatures/types.ts';
import { makeRevocationList } from '../../support/revocation-list.ts';
import { authority, LONG, person, root, trust } from '../province.ts';

/** Facts as a reader would hand them over; what the judge makes of them is EN 319 102-1 alone. */
const ENTRY = '2026-09-08T00:00:00.000Z';
const SIGNED = '2024-03-01T00:00:00.000Z';
const LATER = '2025-03-01T00:00:00.000Z';

const current = person();
const ended = person({ notBefore: '2023-01-01T00:00:00Z', notAfter: '2025-01-01T00:00:00Z' });
const stampServer = issueTimestampServer(authority, 'TSA', LONG);
const endedServer = issueTimestampServer(authority, 'TSA cũ', {
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2025-01-01T00:00:00Z',
});
const intermediate = readCertificate(authority.certificate);
const certificateOf = (signer: Signer) => readCertificate(signer.certificate);

function stamp(
  genTime: string,
  over: TimestampFacts['over'] = 'signature',
  facts: Partial<TimestampFacts> = {},
): TimestampFacts {
  return {
    over,
    genTime,
    intact: true,
    authentic: true,
    certificate: certificateOf(stampServer),
    certificates: [],
    evidence: [],
    digestAlgorithm: 'sha256',
    weak: [],
    reasons: [],
    ...facts,
  };
}

function signature(signer: Signer, facts: Partial<SignatureFacts> = {}): SignatureFacts {
  return {
    name: 'S',
    kind: 'signature',
    format: 'CAdES',
    coverage: { byteRange: null, wholeFile: true, bytesAfter: 0, notCovered: [] },
    extent: 0,
    intact: true,
    authentic: true,
    certificate: certificateOf(signer),
    certificates: [intermediate],
    evidence: [],
    claimedTime: null,
    digestAlgorithm: 'sha256',
    timestamps: [],
    changes: [],
    weak: [],
    reasons: [],
    notes: [],
    ...facts,
  };
}

function documentStamp(genTime: string, extent: number, server = stampServer): SignatureFacts {
  const token = stamp(genTime, 'document', { certificate: certificateOf(server) });
  return signature(server, { name: 'T', kind: 'timestamp', extent, timestamps: [token] });
}

/** A list of the signers' authority. */
function list(thisUpdate: string, nextUpdate: string, revoked: { signer: Signer; at: string }[] = []) {
  return makeRevocationList({
    signer: authority,
    thisUpdate,
    nextUpdate,
    revoked: revoked.map(({ signer, at }) => ({
      serial: Buffer.from(certificateOf(signer).serial, 'hex'),
      at,
    })),
  });
}
const rootList = makeRevocationList({
  signer: root,
  thisUpdate: '2026-09-01T00:00:00Z',
  nextUpdate: '2026-10-01T00:00:00Z',
});

function judged(signatures: SignatureFacts[], rules: Partial<JudgingRules> = {}) {
  const file: FileFacts = {
    format: 'cms',
    signatures,
    certificates: [],
    evidence: [],
    senderMatches: null,
    defects: [],
  };
  return judgeFile(file, {
    trust: trustOf(trust),
    material: {},
    at: ENTRY,
    policy: 'soft',
    sha1Until: null,
    ...rules,
  });
}

const change = (allowed: boolean, breaks = false): Change => ({
  kind: 'PAGES',
  detail: 'x',
  allowed,
  breaks,
});
const finding = (code: string): SignatureReason => ({ code, detail: 'x' });

describe('the verdict on one signature (EN 319 102-1)', () => {
  const cases: [
    string,
    SignatureFacts,
    Partial<JudgingRules>,
    SignatureCheck['conclusion'],
    string | null,
  ][] = [
    ['all holds', signature(current), {}, 'valid', null],
    ['the digest fails', signature(current, { intact: false }), {}, 'invalid', 'HASH_FAILURE'],
    ['the value fails', signature(current, { authentic: false }), {}, 'invalid', 'SIG_CRYPTO_FAILURE'],
    [
      'nothing could be computed',
      signature(current, { intact: null }),
      {},
      'untrusted',
      'SIGNED_DATA_NOT_FOUND',
    ],
    [
      'a broken format',
      signature(current, { reasons: [finding('FORMAT_FAILURE')] }),
      {},
      'invalid',
      'FORMAT_FAILURE',
    ],
    [
      'an algorithm not known',
      signature(current, { reasons: [finding('UNSUPPORTED_ALGORITHM')] }),
      {},
      'untrusted',
      'UNSUPPORTED_ALGORITHM',
    ],
    [
      'a change that is not allowed',
      signature(current, { changes: [change(false)] }),
      {},
      'suspect',
      'CHANGED_AFTER_SIGNING',
    ],
    ['a change that is allowed', signature(current, { changes: [change(true)] }), {}, 'valid', null],
    [
      'pages exchanged',
      signature(current, { changes: [change(false, true)] }),
      {},
      'invalid',
      'FORMAT_FAILURE',
    ],
    [
      'no anchor',
      signature(current),
      { trust: trustOf({ anchors: [], intermediates: [] }) },
      'untrusted',
      'NO_CERTIFICATE_CHAIN_FOUND',
    ],
    [
      'a change outweighs a missing anchor',
      signature(current, { changes: [change(false)] }),
      { trust: trustOf({ anchors: [], intermediates: [] }) },
      'suspect',
      'CHANGED_AFTER_SIGNING',
    ],
    [
      'no certificate',
      signature(current, { certificate: null, reasons: [finding('NO_SIGNING_CERTIFICATE_FOUND')] }),
      {},
      'untrusted',
      'NO_SIGNING_CERTIFICATE_FOUND',
    ],
    [
      'a certificate for time stamps only',
      signature(stampServer),
      {},
      'untrusted',
      'SIG_CONSTRAINTS_FAILURE',
    ],
    ['RSA of 1024 bits, only weak', signature(current, { weak: ['RSA-1024'] }), {}, 'valid', null],
    [
      'RSA of 768 bits, which anybody can forge',
      signature(current, { weak: ['RSA-768'] }),
      {},
      'untrusted',
      'CRYPTO_CONSTRAINTS_FAILURE',
    ],
    ['SHA-1, only weak', signature(current, { weak: ['SHA-1'] }), {}, 'valid', null],
    [
      'SHA-1 after the configured date',
      signature(current, { weak: ['SHA-1'] }),
      { sha1Until: LATER },
      'untrusted',
      'CRYPTO_CONSTRAINTS_FAILURE',
    ],
    [
      'SHA-1 proven before it',
      signature(current, { weak: ['SHA-1'], timestamps: [stamp(SIGNED)] }),
      { sha1Until: LATER },
      'valid',
      null,
    ],
  ];
  it.each(cases)('%s', (_, facts, rules, conclusion, subIndication) => {
    const [check] = judged([facts], rules).signatures;
    expect([check!.conclusion, check!.subIndication]).toEqual([conclusion, subIndication]);
  });
});

describe('the time that a signature is judged at (SIG-04)', () => {
  const cases: [string, SignatureFacts, Partial<JudgingRules>, string, string | null][] = [
    ['ended, no proof', signature(ended), {}, 'untrusted', 'OUT_OF_BOUNDS_NO_POE'],
    [
      'ended, a claim inside its validity proves nothing',
      signature(ended, { claimedTime: SIGNED }),
      {},
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    [
      'ended, a claim after its end proves nothing either',
      signature(ended, { claimedTime: LATER }),
      {},
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    ['ended, a time stamp before', signature(ended, { timestamps: [stamp(SIGNED)] }), {}, 'valid', null],
    [
      'ended, a time stamp after',
      signature(ended, { timestamps: [stamp(LATER)] }),
      {},
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    [
      'ended, a content stamp after: signed when it had ended',
      signature(ended, { timestamps: [stamp(LATER, 'content')] }),
      {},
      'invalid',
      'EXPIRED',
    ],
    [
      'the entry of the mail lies before its end',
      signature(ended),
      { at: '2024-06-01T00:00:00.000Z' },
      'valid',
      null,
    ],
    [
      'the entry of the mail lies before its beginning',
      signature(ended),
      { at: '2022-06-01T00:00:00.000Z' },
      'invalid',
      'NOT_YET_VALID',
    ],
    [
      'a time stamp before its beginning',
      signature(ended, { timestamps: [stamp('2022-06-01T00:00:00.000Z')] }),
      {},
      'invalid',
      'NOT_YET_VALID',
    ],
    [
      'a stamp whose imprint is of other bytes',
      signature(current, { timestamps: [stamp(SIGNED, 'signature', { intact: false })] }),
      {},
      'untrusted',
      'TIMESTAMP_BROKEN',
    ],
    [
      'a stamp whose server has ended proves nothing',
      signature(ended, {
        timestamps: [stamp(SIGNED, 'signature', { certificate: certificateOf(endedServer) })],
      }),
      {},
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    [
      'the same below an archive stamp in time',
      signature(ended, {
        timestamps: [
          stamp('2024-06-01T00:00:00.000Z', 'archive'),
          stamp(SIGNED, 'signature', { certificate: certificateOf(endedServer) }),
        ],
      }),
      {},
      'valid',
      null,
    ],
    [
      'a stamp by somebody who is no time-stamp authority',
      signature(ended, { timestamps: [stamp(SIGNED, 'signature', { certificate: certificateOf(current) })] }),
      {},
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    [
      'a stamp from the future',
      signature(ended, { timestamps: [stamp('2030-01-01T00:00:00.000Z')] }),
      {},
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
  ];
  it.each(cases)('%s', (_, facts, rules, conclusion, subIndication) => {
    const [check] = judged([facts], rules).signatures;
    expect([check!.conclusion, check!.subIndication]).toEqual([conclusion, subIndication]);
  });

  it('a document time stamp proves what lies before it, also for an ended certificate', () => {
    const first = signature(ended, { extent: 100 });
    const checks = judged([first, documentStamp(SIGNED, 200)]).signatures;
    expect(checks.map((one) => [one.conclusion, one.judgedAt])).toEqual([
      ['valid', SIGNED],
      ['valid', SIGNED],
    ]);
  });

  it('a document time stamp proves nothing of what lies behind it', () => {
    const checks = judged([documentStamp(SIGNED, 100), signature(ended, { extent: 200 })]).signatures;
    expect(checks[1]!.subIndication).toBe('OUT_OF_BOUNDS_NO_POE');
  });

  it('a chain of document time stamps carries the proof over the end of the first server', () => {
    const signatures = [
      signature(ended, { extent: 100 }),
      documentStamp(SIGNED, 200, endedServer),
      documentStamp('2024-06-01T00:00:00.000Z', 300),
    ];
    expect(judged(signatures).signatures.map((one) => one.conclusion)).toEqual(['valid', 'valid', 'valid']);
    expect(judged(signatures.slice(0, 2)).signatures[0]!.conclusion).toBe('untrusted');
  });

  it('a decisive finding is told behind any number of others', () => {
    const changes = [...Array.from({ length: 80 }, () => change(false)), change(false, true)];
    const [check] = judged([signature(current, { changes })]).signatures;
    expect(check!.conclusion).toBe('invalid');
    expect(check!.reasons[0]!.code).toBe('FORMAT_FAILURE');
    expect(check!.reasons).toHaveLength(50);
  });

  it('says when the claimed time is hours ahead of the time stamp', () => {
    const facts = signature(current, {
      claimedTime: '2024-03-01T07:00:00.000Z',
      timestamps: [stamp(SIGNED)],
    });
    expect(judged([facts]).signatures[0]!.notes.map((one) => one.code)).toEqual(['CLAIMED_TIME_AHEAD']);
  });
});

describe('revocation (EN 319 102-1 5.2.6, 5.5.4)', () => {
  const fresh = ['2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z'] as const;
  const revoked = (at: string, signer = current) => ({
    material: { crls: [list(...fresh, [{ signer, at }]), rootList] },
  });
  const good = { material: { crls: [list(...fresh), rootList] } };
  const stale = { material: { crls: [list('2020-02-01T00:00:00Z', '2020-03-01T00:00:00Z'), rootList] } };
  const timed = { timestamps: [stamp(SIGNED)] };
  const cases: [string, SignatureFacts, Partial<JudgingRules>, string, string | null][] = [
    ['good', signature(current), { policy: 'hard', ...good }, 'valid', null],
    ['no answer, tolerated', signature(current), {}, 'valid', null],
    ['no answer, asked for', signature(current), { policy: 'hard' }, 'untrusted', 'TRY_LATER'],
    [
      'no answer, asked for, and the certificate ended: waiting would not help',
      signature(ended),
      { policy: 'hard' },
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    ['an old list, asked for', signature(current), { policy: 'hard', ...stale }, 'untrusted', 'TRY_LATER'],
    ['not asked', signature(current), { policy: 'off', ...revoked(SIGNED) }, 'valid', null],
    ['revoked, no proof of the time', signature(current), revoked(SIGNED), 'untrusted', 'REVOKED_NO_POE'],
    [
      'revoked after a time stamp',
      signature(current, timed),
      { policy: 'hard', ...revoked(LATER) },
      'valid',
      null,
    ],
    [
      'revoked before a time stamp',
      signature(current, { timestamps: [stamp(LATER)] }),
      revoked(SIGNED),
      'untrusted',
      'REVOKED_NO_POE',
    ],
    [
      'revoked before a content stamp',
      signature(current, { timestamps: [stamp(LATER, 'content')] }),
      revoked(SIGNED),
      'invalid',
      'REVOKED',
    ],
    [
      'the server of the time stamp is revoked: it proves nothing',
      signature(ended, timed),
      revoked(SIGNED, stampServer),
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    [
      'an answer that nobody proves to have been there before the end',
      signature(ended, timed),
      {
        policy: 'hard',
        material: { crls: [list('2024-03-02T00:00:00Z', '2024-04-01T00:00:00Z'), list(...fresh), rootList] },
      },
      'untrusted',
      'NO_POE',
    ],
  ];
  it.each(cases)('%s', (_, facts, rules, conclusion, subIndication) => {
    const [check] = judged([facts], rules).signatures;
    expect([check!.conclusion, check!.subIndication]).toEqual([conclusion, subIndication]);
  });

  it('keeps every certificate and the answers believed as proof, and nothing else', () => {
    const answer = list(...fresh);
    const { proofs } = judged([signature(current)], {
      material: { crls: [answer, rootList, list('2020-02-01T00:00:00Z', '2020-03-01T00:00:00Z')] },
    });
    expect(proofs.map((one) => one.kind).sort()).toEqual([
      'anchor',
      'certificate',
      'certificate',
      'crl',
      'crl',
    ]);
    expect(proofs.find((one) => one.kind === 'anchor')!.group).toBe('BAN_CO_YEU');
  });
});

describe('the conclusion of a file', () => {
  const untrusted = { certificate: null };
  const cases: [string, SignatureFacts[], string][] = [
    ['no signature', [], 'none'],
    ['a good time stamp alone is nobody’s signature', [documentStamp(SIGNED, 10)], 'none'],
    [
      'a broken time stamp alone',
      [{ ...documentStamp(SIGNED, 10), reasons: [finding('FORMAT_FAILURE')] }],
      'invalid',
    ],
    [
      'a time stamp that cannot be concluded does not pull down',
      [signature(current, { extent: 1 }), documentStamp(SIGNED, 2, endedServer)],
      'valid',
    ],
    ['the worst counts', [signature(current), signature(current, untrusted)], 'untrusted'],
    [
      'suspect before untrusted',
      [signature(current, untrusted), signature(current, { changes: [change(false)] })],
      'suspect',
    ],
    [
      'invalid before suspect',
      [signature(current, { intact: false }), signature(current, { changes: [change(false)] })],
      'invalid',
    ],
  ];
  it.each(cases)('%s', (_, signatures, conclusion) => {
    expect(judged(signatures).conclusion).toBe(conclusion);
  });
});
