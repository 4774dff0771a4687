import { KNOWN_ANCHORS, readCertificates, type TrustedCertificate } from '../../config/trust.ts';
import { addToTrustStore, type ConfirmedAnchor, readTrustStore } from '../../config/trust-store.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { anchorFindings } from '../checks/anchors.ts';
import { printFinding } from '../checks/finding.ts';
import {
  type Command,
  type Invocation,
  instantOf,
  noMore,
  readArguments,
  readConfig,
  required,
  usage,
} from '../command.ts';
import { openQuestions } from '../questions.ts';

/** `congvan trust`: which roots are believed, and how a person comes to confirm one. */
export const command: Command = {
  help: {
    vi: `
congvan trust list [--json]
congvan trust add TỆP [--sha256 VÂN-TAY] [--group NHÓM] [--until THỜI-ĐIỂM] [--no-timestamps] [--by TÊN]
congvan trust add TỆP --intermediate
congvan trust check [--json]

list   các chứng thư gốc đã xác nhận, và các gốc đã biết mà chưa xác nhận
add    tin một chứng thư gốc: lấy tệp và vân tay SHA-256 từ đơn vị cấp bằng hai đường khác nhau, rồi nhập vân tay
       --group          BAN_CO_YEU (công vụ), PUBLIC (công cộng) hoặc tên nhóm trong hồ sơ quy chế
       --until          không tin chữ ký tạo sau thời điểm này
       --no-timestamps  không tin dấu thời gian của gốc này
       --intermediate   chỉ giữ để dựng chuỗi (văn bản thường không kèm chứng thư trung gian), không cần xác nhận
check  hạn dùng, nhóm và vân tay của từng chứng thư
`,
    en: `
congvan trust list [--json]
congvan trust add FILE [--sha256 FINGERPRINT] [--group GROUP] [--until INSTANT] [--no-timestamps] [--by NAME]
congvan trust add FILE --intermediate
congvan trust check [--json]

list   confirmed roots, and roots that are known but not confirmed
add    believe a root: obtain the file and its SHA-256 from the issuer by two different ways, then enter the fingerprint
       --group          BAN_CO_YEU (government service), PUBLIC, or a group of the regulation's profile
       --until          not believed for signatures made after this instant
       --no-timestamps  not believed for time stamps
       --intermediate   kept for building chains only; needs no confirmation
check  dates, group and fingerprint of every certificate
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      sha256: { type: 'string' },
      group: { type: 'string' },
      until: { type: 'string' },
      'no-timestamps': { type: 'boolean' },
      intermediate: { type: 'boolean' },
      by: { type: 'string' },
    });
    const config = await readConfig(call, values.config);
    const [act, file] = positionals;
    if (act === 'list') {
      noMore(call, positionals, 1);
      return list(call, config);
    }
    if (act === 'check') {
      noMore(call, positionals, 1);
      const findings = anchorFindings(config, new Date());
      for (const finding of findings) printFinding(call, finding);
      return findings.some((one) => one.mark === 'wrong') ? 1 : 0;
    }
    if (act !== 'add') throw usage(call.lang, 'Dùng list, add hoặc check', 'Use list, add or check');
    noMore(call, positionals, 2);
    return add(call, config, required(call, 'TỆP / FILE', file), values);
  },
};

function list(call: Invocation, config: CongvanConfig): number {
  const store = readTrustStore(config.signatures.store);
  const named = new Set([
    ...store.anchors.map((one) => one.sha256),
    ...config.signatures.anchors.flatMap(({ file }) => readCertificates(file).map((one) => one.fingerprint)),
  ]);
  for (const one of store.anchors) {
    call.out.record({ confirmed: true, ...one });
    call.out.line(
      `✓ ${one.sha256}\n  ${one.name} · ${one.group}${one.until === null ? '' : ` · → ${one.until}`}`,
    );
  }
  for (const { file, group } of config.signatures.anchors)
    for (const one of readCertificates(file)) {
      call.out.record({ confirmed: true, sha256: one.fingerprint, name: nameOf(one), group, file });
      call.out.line(`✓ ${one.fingerprint}\n  ${nameOf(one)} · ${group} · ${file}`);
    }
  for (const [sha256, known] of Object.entries(KNOWN_ANCHORS)) {
    if (named.has(sha256)) continue;
    call.out.record({ confirmed: false, sha256, ...known });
    const not = call.lang === 'vi' ? 'chưa xác nhận' : 'not confirmed';
    call.out.line(`– ${sha256}\n  ${known.name} · ${known.group} (${not})`);
  }
  return 0;
}

function nameOf(certificate: TrustedCertificate): string {
  return certificate.known?.name ?? certificate.subject;
}

interface AddOptions {
  sha256?: string | undefined;
  group?: string | undefined;
  until?: string | undefined;
  'no-timestamps'?: boolean | undefined;
  intermediate?: boolean | undefined;
  by?: string | undefined;
}

async function add(
  call: Invocation,
  config: CongvanConfig,
  file: string,
  options: AddOptions,
): Promise<number> {
  const certificates = readCertificates(file);
  if (options.intermediate === true) {
    for (const one of certificates) {
      addToTrustStore(config.signatures.store, one, null);
      said(call, one, null);
    }
    return 0;
  }
  const given = options.sha256 ?? (await askFingerprint(call, certificates));
  const wanted = given.replace(/[\s:]/g, '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(wanted))
    throw usage(
      call.lang,
      'Vân tay SHA-256 phải có 64 chữ số thập lục phân; không thêm gì.',
      'A SHA-256 fingerprint has 64 hex digits; nothing was added.',
    );
  const found = certificates.find((one) => one.fingerprint === wanted);
  if (found === undefined) {
    const inside = certificates.map((one) => one.fingerprint).join(', ');
    throw usage(
      call.lang,
      `Vân tay không khớp: không thêm gì. Trong tệp là: ${inside}. Hãy hỏi lại đơn vị cấp.`,
      `The fingerprint does not match: nothing was added. The file holds: ${inside}. Ask the issuer again.`,
    );
  }
  const anchor = anchorOf(call, found, options, config.signatures.store);
  addToTrustStore(config.signatures.store, found, anchor);
  said(call, found, anchor);
  return 0;
}

function anchorOf(
  call: Invocation,
  certificate: TrustedCertificate,
  options: AddOptions,
  store: string,
): Omit<ConfirmedAnchor, 'sha256'> {
  const group = options.group ?? certificate.known?.group;
  if (group === undefined)
    throw usage(
      call.lang,
      'Chứng thư gốc này chưa biết; hãy ghi --group (BAN_CO_YEU, PUBLIC …)',
      'This root is not a known one; say its --group (BAN_CO_YEU, PUBLIC …)',
    );
  const before = readTrustStore(store).anchors.find((one) => one.sha256 === certificate.fingerprint);
  return {
    name: nameOf(certificate),
    group,
    // Adding again lifts no restriction that was set before: for that the list is edited.
    until: instantOf(call, '--until', options.until) ?? before?.until ?? null,
    timestamps: options['no-timestamps'] !== true && before?.timestamps !== false,
    confirmedBy: options.by ?? '',
    confirmedAt: new Date().toISOString(),
  };
}

/** The fingerprint is typed, not nodded at: it must have come from elsewhere than the file. */
async function askFingerprint(call: Invocation, certificates: TrustedCertificate[]): Promise<string> {
  for (const one of certificates)
    call.out.note(`${nameOf(one)} (${one.notBefore.slice(0, 10)} → ${one.notAfter.slice(0, 10)})`);
  const questions = openQuestions();
  try {
    return await questions.ask(
      call.lang === 'vi'
        ? 'Nhập vân tay SHA-256 mà đơn vị cấp công bố (64 chữ số thập lục phân)'
        : 'Enter the SHA-256 fingerprint that the issuer publishes (64 hex digits)',
      null,
    );
  } finally {
    questions.close();
  }
}

function said(
  call: Invocation,
  certificate: TrustedCertificate,
  anchor: Omit<ConfirmedAnchor, 'sha256'> | null,
): void {
  const { fingerprint, notAfter } = certificate;
  call.out.record({ added: true, sha256: fingerprint, name: nameOf(certificate), anchor });
  const what =
    anchor === null
      ? { vi: 'Đã thêm chứng thư trung gian', en: 'Added the intermediate' }
      : { vi: `Đã tin chứng thư gốc, nhóm ${anchor.group}`, en: `Confirmed the root, group ${anchor.group}` };
  const limits =
    anchor === null
      ? ''
      : `${anchor.until === null ? '' : ` · until ${anchor.until}`}${anchor.timestamps ? '' : ' · no time stamps'}`;
  call.out.line(
    `${what[call.lang]}: ${nameOf(certificate)}, → ${notAfter.slice(0, 10)}${limits}\n  ${fingerprint}`,
  );
  for (const warning of warningsAbout(certificate, anchor !== null, call.lang)) call.out.note(warning);
}

/** Things that are allowed, and seldom meant. */
function warningsAbout(certificate: TrustedCertificate, asAnchor: boolean, lang: 'vi' | 'en'): string[] {
  const vi = lang === 'vi';
  const ended = Date.parse(certificate.notAfter) < Date.now();
  return [
    ...(ended ? [vi ? 'Lưu ý: chứng thư này đã hết hạn.' : 'Note: this certificate has ended.'] : []),
    ...(asAnchor && !certificate.selfSigned
      ? [
          vi
            ? 'Lưu ý: đây không phải chứng thư tự ký; nếu là chứng thư trung gian, nên dùng --intermediate.'
            : 'Note: it is not self-signed; for an intermediate use --intermediate.',
        ]
      : []),
    ...(!asAnchor && certificate.selfSigned
      ? [
          vi
            ? 'Lưu ý: đây là chứng thư gốc tự ký; để tin nó, dùng congvan trust add không có --intermediate.'
            : 'Note: this is a self-signed root; to believe it, add it without --intermediate.',
        ]
      : []),
  ];
}
