/** Between the file that was brought and the file that is issued: the agency's signature, where it belongs. */
import { CongvanError } from '../../config/error.ts';
import { agencySignature } from '../../handlers/agency-signature.ts';
import type { EntryFile } from '../../handlers/types.ts';
import type { SignatureReport } from '../../signatures/types.ts';
import type { House } from '../house.ts';
import { signIssued } from './sign-issued.ts';

const ORIGINAL_NAME = 'van-ban-truoc-khi-ky.pdf';

/** A main file with what is said of its signatures. */
export interface Examined {
  sha256: string;
  size: number;
  report: SignatureReport;
}

export interface WithSignature {
  main: Examined;
  /** What the signature was put on; null when none was. */
  original: EntryFile | null;
  warnings: string[];
}

/**
 * SIG-06. What came in is kept beside what is issued (DESIGN, what always holds, 6). Errors: those of `agencySignature` and
 * `signIssued`, and ISSUE_SIGN_UNSOUND (permanent).
 */
export async function withAgencySignature(
  house: Pick<House, 'config' | 'rules' | 'storage' | 'judge' | 'clock'>,
  file: Examined & { bytes: Uint8Array; imageOnly: boolean },
  wish: { said: boolean | null; signer: string },
): Promise<WithSignature> {
  const { signing } = house.config;
  const { said, signer } = wish;
  const asked = { said, automatic: signing.issue === 'auto', able: signing.key !== null };
  const how = agencySignature(file, asked, house.rules);
  if (how.kind === 'none') return { main: file, original: null, warnings: [] };
  const signed = await signIssued(house, { bytes: file.bytes, signer, how });
  const { sha256, size } = await house.storage.bytes.keepBuffer(signed.bytes);
  const path = house.storage.bytes.pathOf(sha256);
  const report = await house.judge.judge({ path }, { at: house.clock().toISOString(), sha256 });
  refuseUnsound(report, file.report);
  const verdict = file.report.conclusion;
  return {
    main: { sha256, size, report },
    original: { sha256: file.sha256, size: file.size, name: ORIGINAL_NAME, role: 'original', verdict },
    warnings: [...signed.warnings, ...doubtful(report)],
  };
}

/** Our own signature is judged as any other before it goes out: one more than before, and nothing false or suspicious. */
function refuseUnsound(after: SignatureReport, before: SignatureReport): void {
  const oneMore = after.signatures.length === before.signatures.length + 1;
  if (oneMore && !['invalid', 'suspect', 'error', 'none'].includes(after.conclusion)) return;
  throw new CongvanError(
    'ISSUE_SIGN_UNSOUND',
    `Chữ ký số của cơ quan vừa tạo không kiểm tra được (${after.sentence}); chưa phát hành. Đề nghị báo quản trị.`,
    { temporary: false, fields: { conclusion: after.conclusion } },
  );
}

function doubtful(report: SignatureReport): string[] {
  if (report.conclusion === 'valid') return [];
  return [
    'Đã ký số của cơ quan, nhưng chưa kết luận được chữ ký này: cần khai báo chứng thư gốc của đơn vị cấp (congvan check).',
  ];
}
