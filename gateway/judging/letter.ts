/** All signatures of one letter: its own, and those of its files, judged one after another. */
import { readFile } from 'node:fs/promises';
import type { MailPart } from '../../mail/types.ts';
import { type ProofRules, writeProofFile } from '../../signatures/proof-file.ts';
import type { SignatureReport } from '../../signatures/types.ts';
import type { Storage } from '../../storage/types.ts';
import type { Judge } from './judge.ts';
import type { Judged, JudgeOptions } from './task.ts';

/** Kinds that can carry a signature of their own. Archives are not among them: what was in them is a part itself. */
const SIGNED_KINDS =
  /^application\/(?:pdf|pkcs7-mime|xml|edxml\+xml|vnd\.etsi\.asic.*|vnd\.openxmlformats-officedocument\..+|vnd\.oasis\.opendocument\..+)$/;
/** ASiC containers have no type of their own in most mail programs (EN 319 162-1). */
const CONTAINER_NAME = /\.(?:asice|asics|sce|scs)$/i;
/** Parts that a letter with a signature of its own has (RFC 8551). */
const MAIL_SIGNATURE = /^application\/pkcs7-(?:signature|mime)$/;
/** A signature in a file of its own, named after the file beside it: `QD12.docx.p7s`. */
const DETACHED = /^application\/pkcs7-(?:signature|mime)$/;
const ATTACHED_NAME = /^(?!smime\.).+\.(?:p7s|p7m|p7b|p7c|sig)$/i;
const DETACHED_NAME = /^(.+)\.(?:p7s|p7m|sig)$/i;

export interface LetterFiles {
  /** Kept bytes of the whole letter. */
  sha256: string;
  parts: MailPart[];
  /** Paths of parts that screening forbids to open. */
  blocked: string[];
  /** Entry of the mail, ISO 8601 UTC: the time signatures are judged at when no time stamp proves an earlier one. */
  at: string;
}

export interface LetterReports {
  /** By part path. */
  signatures: Record<string, SignatureReport>;
  /** The letter's own; null when it has none. */
  mailSignature: SignatureReport | null;
  /** The network did not answer for the moment, and a verdict hangs on it. */
  tryLater: boolean;
}

/** Worst first: what a file's own signature and one beside it say together. */
const WORST: SignatureReport['conclusion'][] = ['invalid', 'suspect', 'error', 'untrusted', 'valid', 'none'];

function worse(one: SignatureReport | undefined, other: SignatureReport): SignatureReport {
  if (one === undefined || one.conclusion === 'none') return other;
  return WORST.indexOf(other.conclusion) < WORST.indexOf(one.conclusion) ? other : one;
}

/** The file that a detached signature lies beside: the same place in the letter, the same name without the ending. */
function signedBeside(part: MailPart, parts: MailPart[]): MailPart | null {
  const name = DETACHED.test(part.detectedType) ? DETACHED_NAME.exec(part.name)?.[1] : undefined;
  if (name === undefined) return null;
  return parts.find((other) => other.name === name && other.container === part.container) ?? null;
}

/** A part of a signed letter, not a signed file that was attached to one: mail programs call it `smime.p7s`, or nothing. */
function isMailSignature(part: MailPart): boolean {
  return MAIL_SIGNATURE.test(part.detectedType) && !ATTACHED_NAME.test(part.rawName ?? '');
}

/** Errors: those of `Judge.judge`, and what the disk says of a kept file. */
export async function judgeLetter(
  { sha256, parts, blocked, at }: LetterFiles,
  judge: Judge,
  bytes: Storage['bytes'],
): Promise<LetterReports> {
  const all: Judged[] = [];
  const judgeKept = async (file: string, options: Partial<JudgeOptions> = {}): Promise<Judged> => {
    const report = await judge.judge({ path: bytes.pathOf(file) }, { at, sha256: file, ...options });
    all.push(report);
    return report;
  };
  const signatures: Record<string, SignatureReport> = {};
  const open = parts.filter((part) => !part.encrypted && !blocked.includes(part.path));
  for (const part of open) {
    if (!SIGNED_KINDS.test(part.detectedType) && !CONTAINER_NAME.test(part.name)) continue;
    if (signedBeside(part, open) !== null) continue;
    // A reader opens it as what it says it is, so it is judged as that.
    const options = part.detectedType === 'application/pdf' ? { openedAs: 'pdf' as const } : {};
    signatures[part.path] = await judgeKept(part.sha256, options);
  }
  for (const part of open) {
    const beside = signedBeside(part, open);
    if (beside === null) continue;
    const detached = await readFile(bytes.pathOf(beside.sha256));
    signatures[beside.path] = worse(signatures[beside.path], await judgeKept(part.sha256, { detached }));
  }
  const whole = parts.some(isMailSignature) ? await judgeKept(sha256) : null;
  return {
    signatures,
    mailSignature: whole === null || whole.conclusion === 'none' ? null : whole,
    tryLater: all.some((report) => report.tryLater === true),
  };
}

/** The reports as facts for a decision: what they rest on is a file of its own, what was wanted is past. */
export function asFacts({
  signatures,
  mailSignature,
}: LetterReports): Pick<LetterReports, 'signatures' | 'mailSignature'> {
  const light = ({ ...report }: Judged): SignatureReport => {
    delete report.tryLater;
    return { ...report, proofs: [], wanted: [] };
  };
  return {
    signatures: Object.fromEntries(Object.entries(signatures).map(([path, report]) => [path, light(report)])),
    mailSignature: mailSignature === null ? null : light(mailSignature),
  };
}

/** Keeps what each verdict on a file rests on; by part path. */
export async function keepProofs(
  { signatures }: Pick<LetterReports, 'signatures'>,
  rules: ProofRules,
  bytes: Storage['bytes'],
): Promise<Record<string, { sha256: string; size: number }>> {
  const kept: Record<string, { sha256: string; size: number }> = {};
  for (const [path, report] of Object.entries(signatures)) {
    if (report.signatures.length === 0) continue;
    kept[path] = await bytes.keepBuffer(writeProofFile(report, rules));
  }
  return kept;
}
