/** From the facts of one file to its report: every signature judged, from the last to the first. */
import { findPath, type PathResult } from '../certificates/path.ts';
import type { Trust } from '../certificates/trust.ts';
import { signerCertificate } from '../certificates/x509.ts';
import type { FileFacts, SignatureFacts } from '../facts.ts';
import { evidenceRequests } from '../revocation/ocsp-request.ts';
import type { ProvenEvidence } from '../revocation/status.ts';
import type {
  Conclusion,
  EvidenceRequest,
  Proof,
  RevocationPolicy,
  SignatureCheck,
  SignatureReason,
  TrustMaterial,
} from '../types.ts';
import { type Existence, existenceSince, provenEvidence } from './existence.ts';
import { judge } from './judge.ts';
import { type JudgedPath, proofsOfPaths } from './proofs.ts';
import { type JudgedStamp, type JudgingContext, judgeStamp } from './stamp.ts';
import { type PathStatus, pathStatuses, proofsOf } from './status.ts';
import { judgeTimes, type SignatureTimes } from './times.ts';

/** How the signatures of a file are to be judged. */
export interface JudgingRules {
  trust: Trust;
  material: Pick<TrustMaterial, 'crls' | 'ocsps'>;
  /** Entry of the mail, ISO 8601 UTC. */
  at: string;
  policy: RevocationPolicy;
  sha1Until: string | null;
}

/** What `SignatureReport` says beyond the file's own facts. */
export interface FileJudgement {
  conclusion: Conclusion;
  signatures: SignatureCheck[];
  wanted: EvidenceRequest[];
  proofs: Proof[];
}

interface Judged {
  check: SignatureCheck;
  /** A document time stamp that proves what it covers. */
  proves: boolean;
  wanted: EvidenceRequest[];
  /** The paths that were judged, and the answers that came with the signature. */
  paths: JudgedPath[];
  evidence: ProvenEvidence[];
}

/** A claim this much (milliseconds) ahead of the proven time is worth a word. */
const CLAIM_AHEAD_MS = 5 * 60_000;

/**
 * QUIRK: signingTime of the government's own signing tool is seven hours ahead (local time written as UTC); the time stamp
 * beside it is right. Told, never used.
 */
function claimNotes(claimed: string | null, stamped: string | null): SignatureReason[] {
  if (claimed === null || stamped === null) return [];
  const ahead = Date.parse(claimed) - Date.parse(stamped);
  if (ahead < CLAIM_AHEAD_MS) return [];
  return [
    {
      code: 'CLAIMED_TIME_AHEAD',
      detail: `claimed ${claimed} is ${Math.round(ahead / 60_000)} minutes after the time stamp of ${stamped}`,
    },
  ];
}

/** A stamp whose own mathematics fails speaks against the signature; one that merely cannot be trusted is a note. */
function stampFindings(stamps: JudgedStamp[]): { reasons: SignatureReason[]; notes: SignatureReason[] } {
  const reasons: SignatureReason[] = [];
  const notes: SignatureReason[] = [];
  for (const { facts, proves, reasons: why } of stamps) {
    if (proves) continue;
    const broken = facts.over !== 'archive' && (facts.intact !== true || facts.authentic !== true);
    const detail = why[0]?.detail ?? 'the time stamp does not fit';
    if (broken) reasons.push({ code: 'TIMESTAMP_BROKEN', detail });
    else notes.push({ code: why[0]?.code ?? 'TIMESTAMP_BROKEN', detail });
  }
  return { reasons, notes };
}

function withoutTimestampBroken(reasons: SignatureReason[]): SignatureReason[] {
  return reasons.filter((one) => one.code !== 'TIMESTAMP_BROKEN');
}

/** The part of a check that is the same for signatures and document time stamps. */
function checkOf(
  facts: SignatureFacts,
  path: PathResult | null,
): Pick<
  SignatureCheck,
  | 'name'
  | 'kind'
  | 'format'
  | 'coverage'
  | 'intact'
  | 'authentic'
  | 'signer'
  | 'anchorGroup'
  | 'claimedTime'
  | 'digestAlgorithm'
  | 'changes'
  | 'weak'
> {
  return {
    name: facts.name,
    kind: facts.kind,
    format: facts.format,
    coverage: facts.coverage,
    intact: facts.intact,
    authentic: facts.authentic,
    signer: facts.certificate === null ? null : signerCertificate(facts.certificate),
    anchorGroup: path?.group ?? null,
    claimedTime: facts.claimedTime,
    digestAlgorithm: facts.digestAlgorithm,
    changes: facts.changes,
    weak: [...new Set([...facts.weak, ...(path?.weak ?? [])])],
  };
}

function judgeSignature(facts: SignatureFacts, existence: Existence, context: JudgingContext): Judged {
  const times: SignatureTimes = judgeTimes(facts, existence, context);
  const path =
    facts.certificate === null
      ? null
      : findPath(facts.certificate, context.pool, context.trust, times.judgedAt, { purpose: 'signer' });
  const evidence: ProvenEvidence[] = [
    ...provenEvidence(facts.evidence, existence, times.provenAt),
    ...context.atHand,
  ];
  const statuses = path === null ? [] : pathStatuses(path, evidence, { ...context, at: times.judgedAt });
  const stamps = stampFindings(times.stamps);
  const common = checkOf(facts, path);
  const judgement = judge({
    ...facts,
    path,
    statuses,
    policy: context.policy,
    judgedAt: times.judgedAt,
    madeAfter: times.madeAfter,
    sha1Until: context.sha1Until,
    weak: common.weak,
    reasons: [...withoutTimestampBroken(facts.reasons), ...stamps.reasons],
  });
  const check: SignatureCheck = {
    ...common,
    ...judgement,
    revocation: statuses[0]?.status?.status ?? 'not-checked',
    chain: proofsOf(statuses),
    timestampTime: times.timestampTime,
    judgedAt: times.judgedAt,
    timeSource: times.timeSource,
    notes: [...facts.notes, ...stamps.notes, ...claimNotes(facts.claimedTime, times.timestampTime)],
  };
  // What is false stays false, whatever the network says.
  const wanted = check.conclusion === 'invalid' ? [] : wantedOf([{ path, statuses }, ...times.stamps]);
  const own = { group: path?.group ?? null, statuses };
  const paths = [own, ...times.stamps.map(pathOfStamp)];
  const stamped = facts.timestamps.flatMap((one) => provenEvidence(one.evidence, existence, times.provenAt));
  return { check, proves: false, wanted, paths, evidence: [...evidence, ...stamped] };
}

function pathOfStamp({ path, statuses }: JudgedStamp): JudgedPath {
  return { group: path?.group ?? null, statuses };
}

/** Answers are asked for only where a path reached an anchor, an issuer only where it did not. */
function wantedOf(judged: { path: PathResult | null; statuses: PathStatus[] }[]): EvidenceRequest[] {
  return judged.flatMap(({ path, statuses }) => {
    if (path === null) return [];
    const missing = statuses.some(({ status }) => status?.status === 'unknown');
    return path.group === null || missing ? evidenceRequests(path.path, path.group !== null) : [];
  });
}

function judgeDocumentStamp(facts: SignatureFacts, existence: Existence, context: JudgingContext): Judged {
  const provenAt = existence.provenAt(facts.extent > 0 ? facts.extent : null);
  const [token] = facts.timestamps;
  const evidence = provenEvidence([...facts.evidence, ...(token?.evidence ?? [])], existence, provenAt);
  const stamp = token === undefined ? null : judgeStamp(token, provenAt, evidence, context);
  const proves = stamp?.proves === true && facts.reasons.length === 0;
  const judgedAt = proves ? token!.genTime! : provenAt;
  const common = checkOf(facts, stamp?.path ?? null);
  const judgement = judge({
    ...facts,
    certificate: null,
    path: stamp?.path ?? null,
    statuses: [],
    policy: context.policy,
    judgedAt,
    madeAfter: null,
    sha1Until: context.sha1Until,
    weak: common.weak,
    reasons: distinct([...facts.reasons, ...(stamp?.reasons ?? [])]),
  });
  const check: SignatureCheck = {
    ...common,
    ...judgement,
    revocation: stamp?.statuses[0]?.status?.status ?? 'not-checked',
    chain: proofsOf(stamp?.statuses ?? []),
    timestampTime: proves ? judgedAt : null,
    judgedAt,
    timeSource: proves ? 'timestamp' : 'entry',
    notes: facts.notes,
  };
  const wanted = stamp === null ? [] : wantedOf([stamp]);
  const stands = proves && judgement.conclusion === 'valid';
  return {
    check,
    proves: stands,
    wanted,
    paths: stamp === null ? [] : [pathOfStamp(stamp)],
    evidence: [...evidence, ...context.atHand],
  };
}

function distinct(reasons: SignatureReason[]): SignatureReason[] {
  const seen = new Set<string>();
  return reasons.filter(({ code, detail }) => {
    const key = `${code} ${detail}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** Worst first. */
const WORST = ['invalid', 'suspect', 'untrusted', 'valid'] as const;

/**
 * The worst of the signatures. A time stamp that merely cannot be concluded does not pull a signature down, and a good one
 * alone is nobody's signature: `none`, never `valid`. `all` = time stamps count like signatures (one field was asked for).
 */
function conclusionOf(checks: SignatureCheck[], defects: SignatureReason[], all = false): Conclusion {
  const bad = (check: SignatureCheck) => check.conclusion === 'invalid' || check.conclusion === 'suspect';
  const counted = checks.filter((check) => all || check.kind === 'signature' || bad(check));
  if (counted.length === 0) return defects.length === 0 ? 'none' : 'error';
  return WORST.find((word) => counted.some((check) => check.conclusion === word))!;
}

function poolOf(facts: FileFacts, trust: Trust): JudgingContext['pool'] {
  const all = [
    ...facts.signatures.flatMap((one) => [
      ...one.certificates,
      ...one.timestamps.flatMap((stamp) => stamp.certificates),
    ]),
    ...facts.certificates,
    ...trust.intermediates,
  ];
  return [...new Map(all.map((one) => [one.fingerprint, one])).values()];
}

function atHand(facts: FileFacts, rules: JudgingRules, existence: Existence): ProvenEvidence[] {
  const given = (kind: 'crl' | 'ocsp', ders: Uint8Array[] | undefined): ProvenEvidence[] =>
    (ders ?? []).map((der) => ({ kind, der, provenAt: rules.at }));
  return [
    ...provenEvidence(facts.evidence, existence, rules.at),
    ...given('crl', rules.material.crls),
    ...given('ocsp', rules.material.ocsps),
  ];
}

/** Judges every signature; what a later document time stamp proves counts for the earlier ones (EN 319 102-1 5.6). */
export function judgeFile(facts: FileFacts, rules: JudgingRules, oneField = false): FileJudgement {
  const existence = existenceSince(rules.at);
  const pool = poolOf(facts, rules.trust);
  const judged = new Map<SignatureFacts, Judged>();
  for (const one of [...facts.signatures].sort((a, b) => b.extent - a.extent)) {
    const context: JudgingContext = { ...rules, pool, atHand: atHand(facts, rules, existence) };
    const result = (one.kind === 'timestamp' ? judgeDocumentStamp : judgeSignature)(one, existence, context);
    judged.set(one, result);
    if (result.proves) existence.add(one.extent, result.check.judgedAt);
  }
  const inOrder = facts.signatures.map((one) => judged.get(one)!);
  const signatures = inOrder.map((one) => one.check);
  return {
    conclusion: conclusionOf(signatures, facts.defects, oneField),
    signatures,
    wanted: distinctRequests(inOrder.flatMap((one) => one.wanted)),
    proofs: proofsOfPaths(
      inOrder.flatMap((one) => one.paths),
      inOrder.flatMap((one) => one.evidence),
    ),
  };
}

function distinctRequests(requests: EvidenceRequest[]): EvidenceRequest[] {
  const key = ({ kind, url, body }: EvidenceRequest) =>
    `${kind} ${url} ${body === null ? '' : Buffer.from(body).toString('base64')}`;
  return [...new Map(requests.map((one) => [key(one), one])).values()];
}
