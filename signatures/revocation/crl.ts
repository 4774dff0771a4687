/** The status of a certificate from revocation lists (RFC 5280 6.3). */
import { createHash } from 'node:crypto';
import { ALL_REASONS } from '../certificates/distribution-points.ts';
import type { Certificate } from '../certificates/x509.ts';
import { entriesOf, type RevocationList, readRevocationList } from './list.ts';
import { findEntry, type Revocation } from './list-entries.ts';
import { belongsTo, reasonsCovered } from './list-scope.ts';
import { isSignedBy, possibleSigners, signerPath } from './list-signer.ts';
import { type CertificateStatus, NO_STATUS, type ProvenEvidence, type StatusQuestion } from './status.ts';

/** Most lists that are looked into for one certificate. */
const MAX_LISTS = 500;
/** Most signatures of lists computed for one question, the status of separate list signers included. */
const MAX_VERIFICATIONS = 200;

/** ReasonFlags bit of certificateHold. */
const HOLD = 1 << 6;

interface ProvenList {
  list: RevocationList;
  provenAt: string;
}

/** A complete list with the delta list that brings it up to date, if any. */
interface Answer {
  complete: RevocationList;
  delta: RevocationList | null;
  /** Reasons covered, bits of ReasonFlags. */
  reasons: number;
}

/** One question and those that it leads to: separate list signers have a status of their own. */
interface Inquiry {
  lists: ProvenList[];
  /** Certificates whose status is being asked: nobody vouches for himself. */
  pending: Set<string>;
  budget: { verifications: number };
  /** Why lists that would have been about the certificate could not be used. */
  faults: string[];
}

/** What a list says counts from here: the newest part of the answer. */
function newest({ complete, delta }: Answer): RevocationList {
  return delta ?? complete;
}

/** A signer's path proves nothing when one of its certificates was revoked before the list is proven to have existed. */
function isPathRevoked(
  path: Certificate[],
  question: StatusQuestion,
  provenAt: string,
  inquiry: Inquiry,
): boolean {
  return path.slice(0, -1).some((certificate, index) => {
    if (inquiry.pending.has(certificate.fingerprint)) return false;
    const asked = { ...question, certificate, issuer: path[index + 1]! };
    const { revokedAt } = inquire(asked, {
      ...inquiry,
      pending: new Set([...inquiry.pending, certificate.fingerprint]),
      faults: [],
    });
    return revokedAt !== null && revokedAt <= provenAt;
  });
}

function isSignerSound(
  signer: Certificate,
  question: StatusQuestion,
  provenAt: string,
  inquiry: Inquiry,
): boolean {
  if (signer.fingerprint === question.issuer.fingerprint) return true;
  if (inquiry.pending.has(signer.fingerprint)) return false;
  const path = signerPath(signer, question, provenAt);
  return path !== null && !isPathRevoked(path, question, provenAt, inquiry);
}

/** 6.3.3 (f), (g): somebody who may sign it did. */
function isGenuine({ list, provenAt }: ProvenList, question: StatusQuestion, inquiry: Inquiry): boolean {
  return possibleSigners(list, question).some((signer) => {
    if (inquiry.budget.verifications <= 0) return false;
    inquiry.budget.verifications -= 1;
    return isSignedBy(list, signer, question) && isSignerSound(signer, question, provenAt, inquiry);
  });
}

/** A genuine list about the certificate; critical extensions that are not understood forbid its use (5.2, 5.3). */
function isUsable(one: ProvenList, question: StatusQuestion, inquiry: Inquiry): boolean {
  const { list } = one;
  if (reasonsCovered(list, question.certificate) === 0 || !isGenuine(one, question, inquiry)) return false;
  const fault = list.unusable ?? entriesOf(list).fault;
  if (fault !== null) inquiry.faults.push(`list of ${list.thisUpdate}: ${fault}`);
  return fault === null;
}

/** Usable lists, each with the delta lists that fit, newest first. */
function answersOf(question: StatusQuestion, inquiry: Inquiry): Answer[] {
  const usable = inquiry.lists.filter((one) => isUsable(one, question, inquiry));
  const complete = usable.filter(({ list }) => list.baseNumber === null);
  const deltas = usable.filter(({ list }) => list.baseNumber !== null);
  const answers = complete.flatMap(({ list }): Answer[] => {
    const reasons = reasonsCovered(list, question.certificate);
    const fitting = deltas.filter((delta) => belongsTo(delta.list, list));
    return [null, ...fitting.map((delta) => delta.list)].map((delta) => ({ complete: list, delta, reasons }));
  });
  return answers.sort((a, b) => newest(b).thisUpdate.localeCompare(newest(a).thisUpdate));
}

/** (i) to (k): the delta list speaks first; what it takes off the list is not revoked. */
function entryOf(
  { complete, delta }: Answer,
  certificate: Certificate,
): { entry: Revocation; in: RevocationList } | null {
  for (const list of delta === null ? [complete] : [delta, complete]) {
    const entry = findEntry(
      entriesOf(list),
      certificate.serialNumber,
      certificate.issuer.key,
      list.issuer.key,
    );
    if (entry !== null) return entry.reason === 'removeFromCRL' ? null : { entry, in: list };
  }
  return null;
}

/**
 * Why the silence of a list is no proof that the certificate was good at `at`; null = it is one. A list made after `at`
 * would name it, fresh or not; one made after the certificate's end may have dropped it (RFC 5280 3.3) unless it says not.
 */
function silenceFault(list: RevocationList, { certificate, at }: StatusQuestion): string | null {
  const { thisUpdate, nextUpdate, keepsEndedSince } = list;
  const keeps = keepsEndedSince !== null && keepsEndedSince <= certificate.notAfter;
  if (thisUpdate > certificate.notAfter && !keeps)
    return `list of ${thisUpdate} is later than the certificate's end`;
  if (thisUpdate >= at) return null;
  if (nextUpdate === null) return `list of ${thisUpdate} does not say until when it holds`;
  return at <= nextUpdate ? null : `list of ${thisUpdate} is stale since ${nextUpdate}`;
}

const digests = new WeakMap<RevocationList, string>();

/** Lists of megabytes are configured once and named in every verdict: the digest is kept with the list. */
function digestOf(list: RevocationList): string {
  const digest = digests.get(list) ?? createHash('sha256').update(list.der).digest('hex');
  digests.set(list, digest);
  return digest;
}

function evidenceOf(list: RevocationList): CertificateStatus['evidence'] {
  const { thisUpdate, nextUpdate } = list;
  return { kind: 'crl', sha256: digestOf(list), thisUpdate, nextUpdate };
}

function revokedBy(entry: Revocation, list: RevocationList): CertificateStatus {
  const { revokedAt, reason } = entry;
  const detail = `revoked ${revokedAt} (${reason ?? 'no reason given'}) by list of ${list.thisUpdate}`;
  return { status: 'revoked', revokedAt, reason, evidence: evidenceOf(list), detail };
}

/** Judges the answers, newest first; a suspension is over when a newer proof of good covers it (certificateHold, 5.3.1). */
function conclude(answers: Answer[], question: StatusQuestion): CertificateStatus {
  let mask = 0;
  let believed: RevocationList | null = null;
  let detail = 'no genuine list is about this certificate';
  for (const answer of answers) {
    const list = newest(answer);
    const found = entryOf(answer, question.certificate);
    if (found !== null) {
      const isOver = found.entry.reason === 'certificateHold' && (mask & HOLD) !== 0;
      if (!isOver) return revokedBy(found.entry, found.in);
      continue;
    }
    const fault = silenceFault(list, question);
    if (fault === null) {
      mask |= answer.reasons;
      believed ??= list;
    } else if (believed === null) detail = fault;
  }
  if (mask === ALL_REASONS && believed !== null)
    return {
      ...NO_STATUS,
      status: 'good',
      evidence: evidenceOf(believed),
      detail: `not on list of ${believed.thisUpdate}`,
    };
  return { ...NO_STATUS, detail: mask === 0 ? detail : 'the lists cover only some reasons' };
}

function inquire(question: StatusQuestion, inquiry: Inquiry): CertificateStatus {
  return conclude(answersOf(question, inquiry), question);
}

/**
 * What revocation lists say of one certificate: complete and delta lists, partial scopes, indirect lists, separate signers.
 * Never throws for what a list contains: a list that cannot be read, believed or applied says nothing.
 */
export function statusFromLists(question: StatusQuestion, evidence: ProvenEvidence[]): CertificateStatus {
  const lists = evidence.flatMap(({ kind, der, provenAt }) => {
    const list = kind === 'crl' ? readRevocationList(der) : null;
    return list === null ? [] : [{ list, provenAt }];
  });
  if (lists.length === 0) return NO_STATUS;
  const inquiry: Inquiry = {
    lists: lists.slice(0, MAX_LISTS),
    pending: new Set([question.certificate.fingerprint]),
    budget: { verifications: MAX_VERIFICATIONS },
    faults: [],
  };
  const status = inquire(question, inquiry);
  if (status.status !== 'unknown') return status;
  return { ...status, detail: inquiry.faults[0] ?? status.detail };
}
