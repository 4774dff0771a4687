import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CongvanError } from '../../config/error.ts';
import { loadTrust } from '../../config/load-trust.ts';
import type { CongvanConfig } from '../../config/types.ts';
import type { Judge } from '../../gateway/judging/judge.ts';
import type { JudgeOptions } from '../../gateway/judging/task.ts';
import { joinMaterial, type Material, readMaterial } from '../../signatures/material.ts';
import type { RevocationPolicy, TrustMaterial } from '../../signatures/types.ts';
import {
  type Command,
  findConfig,
  type Invocation,
  instantOf,
  oneOf,
  readArguments,
  usage,
} from '../command.ts';
import { describeVerdict, verdictRecord } from '../verdict-record.ts';

/** `congvan verify`: judges files of every kind that can carry a signature; keeps nothing. */
export const command: Command = {
  help: {
    vi: `
congvan verify TỆP… [--trust TỆP|THƯ-MỤC|AUTO]… [--extra TỆP|THƯ-MỤC]… [--at THỜI-ĐIỂM]
                    [--revocation off|soft|hard] [--password MẬT-KHẨU] [--detached NỘI-DUNG] [--field TÊN] [--json]

Kiểm tra chữ ký số của PDF, CMS (p7s, p7m), thư S/MIME, OOXML, ODF, XML/edXML và ASiC; không lưu gì, không dùng mạng.
--trust       chứng thư gốc được tin (PEM hoặc DER); không có thì lấy trong cấu hình; không cấu hình thì không tin gốc nào
              AUTO: lấy chứng thư tự ký trong chính tệp, chỉ để so sánh tính toàn vẹn
--extra       chứng thư trung gian, danh sách thu hồi (CRL), trả lời OCSP
--at          thời điểm xét khi chữ ký không có dấu thời gian; mặc định là bây giờ
--revocation  thiếu thông tin thu hồi: off không xét, soft bỏ qua (mặc định), hard chưa kết luận được
--password    mật khẩu của PDF bị mã hóa
--detached    nội dung mà chữ ký rời (p7s, xml) ký lên
--field       chỉ xét một trường chữ ký của PDF
Kết luận: valid hợp lệ, untrusted chưa kết luận được, suspect có thay đổi không được phép sau khi ký,
invalid không hợp lệ, none không có chữ ký, error không phân tích được tệp. Mã kết thúc 0 khi đã xét mọi tệp, dù kết luận gì.
`,
    en: `
congvan verify FILE… [--trust FILE|DIR|AUTO]… [--extra FILE|DIR]… [--at INSTANT]
                     [--revocation off|soft|hard] [--password P] [--detached CONTENT] [--field NAME] [--json]

Verifies signatures of PDF, CMS (p7s, p7m), S/MIME messages, OOXML, ODF, XML/edXML and ASiC; keeps nothing, asks no network.
--trust       trusted roots (PEM or DER); without it those of the configuration; without a configuration there are none
              AUTO: the self-signed certificates inside the file itself, for comparing integrity only
--extra       intermediates, revocation lists (CRL), OCSP responses
--at          validation time where a signature has no time stamp; default now
--revocation  missing revocation data: off not asked for, soft tolerated (default), hard keeps it from being concluded
--password    password of an encrypted PDF
--detached    the content that a detached signature (p7s, xml) is over
--field       judges that one PDF field only
Conclusions: valid, untrusted (cannot be concluded), suspect (changed after signing in a way that is not allowed), invalid,
none (no signature), error (the file could not be analysed). Exit code 0 when every file was looked at, whatever was found.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      trust: { type: 'string', multiple: true },
      extra: { type: 'string', multiple: true },
      at: { type: 'string' },
      revocation: { type: 'string' },
      password: { type: 'string' },
      detached: { type: 'string' },
      field: { type: 'string' },
    });
    if (positionals.length === 0) throw usage(call.lang, 'Cần ít nhất một tệp', 'Needs at least one file');
    const config = await findConfig(call, values.config);
    const trust = trustOf(values.trust ?? [], values.extra ?? [], config);
    const options = optionsOf(call, values, config);
    // Told where it matters, not in the record: AUTO compares integrity only.
    if (options.ownRoots === true) call.out.note(AUTO_NOTE[call.lang]);
    const { openJudge } = await import('../../gateway/judging/judge.ts');
    const judge = openJudge({ trust: () => trust, processes: 1 });
    try {
      return await judgeAll(call, positionals, judge, options);
    } finally {
      await judge.close();
    }
  },
};

const AUTO_NOTE = {
  vi: '--trust AUTO: tin chứng thư tự ký trong chính tệp; chỉ nói lên tính toàn vẹn, không nói ai đã ký.',
  en: '--trust AUTO: the file’s own self-signed certificates count; this tells integrity only, not who signed.',
};

async function judgeAll(call: Invocation, files: string[], judge: Judge, options: JudgeOptions) {
  let failed = 0;
  for (const file of files) {
    try {
      const began = performance.now();
      const bytes = bytesOf(file);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const report = await judge.judge({ bytes }, { ...options, sha256, pictures: true });
      const elapsedMs = Math.round((performance.now() - began) * 10) / 10;
      call.out.record({ ...verdictRecord(file, report), elapsedMs });
      for (const line of describeVerdict(file, report, call.lang)) call.out.line(line);
    } catch (error) {
      failed += 1;
      const code =
        error instanceof CongvanError ? error.code : ((error as NodeJS.ErrnoException).code ?? 'FAILED');
      const message = error instanceof Error ? error.message : String(error);
      call.out.record({ file, conclusion: 'error', error: { code, message } });
      call.out.note(`${file}: ${message}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

interface Asked {
  at?: string | undefined;
  revocation?: string | undefined;
  password?: string | undefined;
  detached?: string | undefined;
  field?: string | undefined;
  trust?: string[] | undefined;
}

function optionsOf(call: Invocation, asked: Asked, config: CongvanConfig | null): JudgeOptions {
  const words: RevocationPolicy[] = ['off', 'soft', 'hard'];
  const revocation = oneOf(call, '--revocation', asked.revocation, words);
  return {
    at: instantOf(call, '--at', asked.at) ?? new Date().toISOString(),
    revocation: revocation ?? config?.signatures.revocation ?? 'soft',
    sha1Until: config?.signatures.sha1Until ?? null,
    password: asked.password ?? null,
    detached: asked.detached === undefined ? null : bytesOf(asked.detached),
    field: asked.field ?? null,
    ownRoots: (asked.trust ?? []).includes('AUTO'),
  };
}

/** Bytes of the largest file that is read: what the sandbox takes, and a little, so that it can say so. */
const MAX_BYTES = 128 * 1024 * 1024;

const WORDS: Record<string, string> = {
  ENOENT: 'không có tệp này',
  EACCES: 'không có quyền đọc',
  EPERM: 'không có quyền đọc',
};

/** What a person named: a file of bearable size, no folder, no pipe that never ends. */
function bytesOf(path: string): Buffer {
  try {
    const found = statSync(path);
    if (found.isFile() && found.size <= MAX_BYTES) return readFileSync(path);
    throw unreadable(path, found.isFile() ? 'tệp quá lớn, tối đa 100 MB' : 'không phải là tệp');
  } catch (error) {
    throw error instanceof CongvanError ? error : unreadable(path, wordsFor(error));
  }
}

function wordsFor(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return WORDS[code] ?? code;
}

function unreadable(path: string, why: string): CongvanError {
  return new CongvanError('FILE_UNREADABLE', `Không đọc được “${path}”: ${why}.`, {
    temporary: false,
    fields: { file: path },
  });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, wordsFor(error));
  }
}

/** Every file of a folder, or the file itself. */
function filesOf(path: string): string[] {
  if (!isFolder(path)) return [path];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile());
}

/** In a folder there may be a README beside the certificates; a file that was named itself must be one. */
function materialOf(path: string): Material {
  const inFolder = isFolder(path);
  const found = filesOf(path).flatMap((file) => {
    try {
      return [readMaterial(bytesOf(file), file)];
    } catch (error) {
      if (inFolder && error instanceof CongvanError) return [];
      throw error;
    }
  });
  if (found.length === 0)
    throw unreadable(path, 'thư mục không có chứng thư số, danh sách thu hồi hay trả lời OCSP nào');
  return joinMaterial(found);
}

function trustOf(named: string[], extra: string[], config: CongvanConfig | null): TrustMaterial {
  const given = joinMaterial(extra.map(materialOf));
  const roots = named.filter((one) => one !== 'AUTO').map(materialOf);
  const configured =
    named.length > 0 || config === null
      ? { anchors: [], confirmed: [], intermediates: [] }
      : loadTrust(config.signatures);
  const anchors = joinMaterial(roots).certificates.map((der) => ({ der, group: 'TRUST' }));
  return {
    anchors: [...configured.anchors, ...anchors],
    confirmed: configured.confirmed,
    intermediates: [...configured.intermediates, ...given.certificates],
    crls: [...given.crls, ...joinMaterial(roots).crls],
    ocsps: given.ocsps,
  };
}
