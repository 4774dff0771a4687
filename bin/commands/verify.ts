import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { CongvanError } from '../../config/error.ts';
import { loadTrust } from '../../config/trust.ts';
import type { SignatureReport } from '../../signatures/types.ts';
import { verifyPdf } from '../../signatures/verify-pdf.ts';
import { type Command, readArguments, usage } from '../command.ts';
import { vietnamTime } from '../output.ts';

/** `congvan verify`: judges files; needs no configuration, keeps nothing. */
export const command: Command = {
  help: {
    vi: `
congvan verify TỆP… [--anchor TỆP]… [--intermediate TỆP]… [--at THỜI-ĐIỂM] [--json]

Kiểm tra chữ ký số của từng tệp PDF; không cần cấu hình, không lưu gì.
--anchor        chứng thư gốc được tin cậy (PEM hoặc DER); không có thì kết luận tối đa là «chưa kết luận được»
--intermediate  chứng thư trung gian để dựng chuỗi
--at            thời điểm xét khi chữ ký không có dấu thời gian; mặc định là bây giờ
Kết luận: VALID hợp lệ, INVALID không hợp lệ, INDETERMINATE chưa kết luận được, NONE không có chữ ký.
`,
    en: `
congvan verify FILE… [--anchor FILE]… [--intermediate FILE]… [--at INSTANT] [--json]

Checks every signature of each PDF; needs no configuration and keeps nothing.
--anchor        a trusted root certificate (PEM or DER); without one nothing can be concluded VALID
--intermediate  certificates to build chains with
--at            the instant to judge at when a signature has no time stamp; default now
Verdicts: VALID, INVALID, INDETERMINATE (cannot be concluded), NONE (no signature).
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      anchor: { type: 'string', multiple: true },
      intermediate: { type: 'string', multiple: true },
      at: { type: 'string' },
    });
    if (positionals.length === 0) throw usage(call.lang, 'Cần ít nhất một tệp', 'Needs at least one file');
    const at = values.at === undefined ? new Date() : new Date(values.at);
    if (Number.isNaN(at.getTime())) throw usage(call.lang, '--at không phải thời điểm', '--at is no instant');
    const anchors = (values.anchor ?? []).map((file) => ({ file, group: 'ANCHOR' }));
    const trust = loadTrust({ anchors, intermediates: values.intermediate ?? [] });
    let failed = 0;
    for (const file of positionals) {
      try {
        const sha256 = await sha256Of(file);
        const report = await verifyPdf({ path: file }, { trust, at: at.toISOString(), sha256 });
        // `file` of the report is its hash; the name is what the person knows it by.
        call.out.record({ path: file, ...report });
        for (const line of describe(file, report)) call.out.line(line);
      } catch (error) {
        failed += 1;
        const code =
          error instanceof CongvanError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'FAILED');
        const message = error instanceof Error ? error.message : String(error);
        call.out.record({ path: file, error: { code, message } });
        call.out.note(`${file}: ${message}`);
      }
    }
    return failed === 0 ? 0 : 1;
  },
};

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function describe(file: string, report: SignatureReport): string[] {
  const lines = [`${file}: ${report.verdict}`, `  ${report.sentence}`];
  for (const check of report.signatures) {
    const reasons = check.reasons.map((reason) => reason.code).join(', ');
    lines.push(
      `  ${check.name}: ${check.verdict}  ${check.signer?.commonName ?? '?'}  ${vietnamTime(check.claimedTime)}${reasons === '' ? '' : `  [${reasons}]`}`,
    );
  }
  for (const defect of report.defects) lines.push(`  ${defect.code}: ${defect.detail}`);
  return lines;
}
