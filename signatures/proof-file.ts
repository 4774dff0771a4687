/**
 * A verdict with everything it rests on, as one file of JSON: kept with the register entry, so that the same verdict can be
 * shown in ten years, when the authorities have ended and their servers are gone.
 */
import { CongvanError } from '../config/error.ts';
import type { RevocationPolicy, SignatureReport, TrustMaterial, VerifyOptions } from './types.ts';

const KIND = 'congvan-signature-proof';
const VERSION = 1;

/** The rules that the verdict was made by. */
export interface ProofRules {
  /** Entry of the mail, ISO 8601 UTC. */
  at: string;
  revocation: RevocationPolicy;
  sha1Until: string | null;
}

/** Short for everything that has no value of its own later: what was wanted, how long it took. */
type KeptReport = Omit<SignatureReport, 'proofs' | 'wanted' | 'elapsedMs'>;

export interface ProofFile {
  rules: ProofRules;
  report: KeptReport;
  /** To judge the same file again with nothing but what was believed then. */
  trust: TrustMaterial;
}

interface Written {
  kind: string;
  version: number;
  rules: ProofRules;
  report: KeptReport;
  proofs: { kind: string; group: string | null; sha256: string; der: string }[];
}

/** UTF-8 JSON, the same bytes for the same verdict. */
export function writeProofFile(report: SignatureReport, rules: ProofRules): Buffer {
  const { proofs, wanted: _wanted, elapsedMs: _elapsed, ...kept } = report;
  const written: Written = {
    kind: KIND,
    version: VERSION,
    rules,
    report: kept,
    proofs: proofs.map(({ kind, group, sha256, der }) => ({
      kind,
      group,
      sha256,
      der: Buffer.from(der).toString('base64'),
    })),
  };
  return Buffer.from(`${JSON.stringify(written, null, 1)}\n`);
}

function refuse(): CongvanError {
  return new CongvanError(
    'PROOF_UNREADABLE',
    'Tệp này không phải chứng minh kết luận chữ ký số của Congvan.',
    {
      temporary: false,
    },
  );
}

/** Throws `PROOF_UNREADABLE` when it is no file of ours. */
export function readProofFile(bytes: Uint8Array): ProofFile {
  let written: Partial<Written> | null;
  try {
    written = JSON.parse(Buffer.from(bytes).toString('utf8')) as Partial<Written> | null;
  } catch {
    throw refuse();
  }
  const { kind, version, rules, report, proofs } = written ?? {};
  if (kind !== KIND || version !== VERSION || !rules || !report || !Array.isArray(proofs)) throw refuse();
  const ders = (wanted: string) =>
    proofs.filter((one) => one.kind === wanted).map((one) => Buffer.from(one.der, 'base64'));
  return {
    rules,
    report,
    trust: {
      anchors: proofs
        .filter((one) => one.kind === 'anchor')
        .map((one) => ({ der: Buffer.from(one.der, 'base64'), group: one.group ?? '' })),
      intermediates: ders('certificate'),
      crls: ders('crl'),
      ocsps: ders('ocsp'),
    },
  };
}

/** How to judge the file again as it was judged then. */
export function replayOptions(proof: ProofFile): VerifyOptions {
  return { ...proof.rules, trust: proof.trust, sha256: proof.report.file };
}
