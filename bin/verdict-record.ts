/** A report on signatures as `congvan verify` prints it: one record for a program, a few lines for a person. */
import type { Lang } from '../config/problems.ts';
import { signatureClassOfFile } from '../handlers/signature-class.ts';
import type { SignatureCheck, SignatureReport } from '../signatures/types.ts';
import { vietnamTime } from './output.ts';

/** Each code once, in the order of weight. */
function codes(check: SignatureCheck): string[] {
  return [...new Set(check.reasons.map((one) => one.code))];
}

function kindOf(holder: 'person' | 'organisation' | 'unknown'): string {
  return holder === 'organisation' ? 'organization' : holder;
}

function signatureRecord(check: SignatureCheck) {
  const { signer, coverage } = check;
  return {
    field: check.name,
    kind: check.kind,
    format: check.format,
    conclusion: check.conclusion,
    indication: check.indication,
    subIndication: check.subIndication,
    intact: check.intact === true && check.authentic === true,
    trusted: check.trusted,
    revocation: check.revocation,
    coversWholeDocument: coverage.wholeFile,
    notCovered: coverage.notCovered,
    changesAfter: check.changes.map(({ kind, detail, allowed }) => ({ kind, allowed, detail })),
    weak: check.weak,
    signer:
      signer === null
        ? null
        : {
            commonName: signer.commonName,
            organization: signer.organisation.join(', '),
            serial: signer.serial,
            issuer: signer.issuer,
            kind: kindOf(signer.holder),
            fingerprint: signer.fingerprint,
          },
    anchorGroup: check.anchorGroup,
    claimedTime: check.claimedTime,
    timestampTime: check.timestampTime,
    judgedAt: check.judgedAt,
    digestAlgorithm: check.digestAlgorithm,
    reasons: codes(check),
    details: check.reasons.map(({ code, detail }) => `${code}: ${detail}`),
    notes: check.notes.map(({ code, detail }) => `${code}: ${detail}`),
  };
}

/** `pictures` = the file is a PDF of pictures only, as far as the judge looked; a class needs it (DOMAIN 1.5). */
export function verdictRecord(file: string, report: SignatureReport & { pictures?: boolean }) {
  return {
    file,
    sha256: report.file,
    format: report.format,
    conclusion: report.conclusion,
    signatures: report.signatures.map(signatureRecord),
    ...(report.format === 'smime' ? { senderMatches: report.senderMatches } : {}),
    class: signatureClassOfFile(report.pictures === true, report),
    sentence: report.sentence,
    defects: report.defects.map(({ code, detail }) => `${code}: ${detail}`),
  };
}

/** What the signer claims and what a time stamp proves are two things. */
function timeOf({ timestampTime, claimedTime }: SignatureCheck, lang: Lang): string {
  if (timestampTime !== null)
    return `  ${vietnamTime(timestampTime)} (${lang === 'vi' ? 'dấu thời gian' : 'time stamp'})`;
  if (claimedTime === null) return '';
  return `  ${vietnamTime(claimedTime)} (${lang === 'vi' ? 'giờ do người ký khai' : 'claimed'})`;
}

export function describeVerdict(file: string, report: SignatureReport, lang: Lang): string[] {
  const lines = [`${file}: ${report.conclusion}`, `  ${report.sentence}`];
  for (const check of report.signatures) {
    const found = [...codes(check), ...check.changes.filter((one) => !one.allowed).map((one) => one.kind)];
    const why = found.length === 0 ? '' : `  [${[...new Set(found)].join(', ')}]`;
    const who = check.signer?.commonName ?? '?';
    lines.push(`  ${check.name}: ${check.conclusion}  ${who}${timeOf(check, lang)}${why}`);
  }
  for (const defect of report.defects) lines.push(`  ${defect.code}: ${defect.detail}`);
  return lines;
}
