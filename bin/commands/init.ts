import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CongvanError } from '../../config/error.ts';
import { checkConfigText, loadConfig } from '../../config/load.ts';
import { type Command, type Invocation, noMore, readArguments, usage } from '../command.ts';
import { fillSample, type InitAnswers, type ServerTls } from '../fill-sample.ts';
import { openQuestions, type Questions } from '../questions.ts';

const SAMPLES = resolve(import.meta.dirname, '../../config');

/** `congvan init`: a commented configuration, a directory to fill in, and empty files for the secrets. */
export const command: Command = {
  help: {
    vi: `
congvan init [--dir THƯ-MỤC] [--yes] [các mục dưới đây]

Hỏi từng mục rồi ghi congvan.yaml (có chú thích), agencies.yaml, secrets/imap và secrets/smtp (quyền 600, để trống).
Không ghi đè tệp đã có khi chưa được đồng ý. --yes: không hỏi, lấy giá trị từ tham số.

  --agency-code --agency-name --address --clerk-unit --phone --place --org --regulation --data-dir
  --imap-host --imap-port --imap-tls --imap-user --smtp-host --smtp-port --smtp-tls --smtp-user
  --clerk-id --clerk-name --leader-id --leader-name --leader-title --cutover
`,
    en: `
congvan init [--dir FOLDER] [--yes] [the flags below]

Asks, then writes congvan.yaml (commented), agencies.yaml, secrets/imap and secrets/smtp (mode 600, empty).
Never overwrites a file without being told so. --yes: asks nothing, takes the values from the flags.

  --agency-code --agency-name --address --clerk-unit --phone --place --org --regulation --data-dir
  --imap-host --imap-port --imap-tls --imap-user --smtp-host --smtp-port --smtp-tls --smtp-user
  --clerk-id --clerk-name --leader-id --leader-name --leader-title --cutover
`,
  },
  run: async (call) => {
    const text = { type: 'string' } as const;
    const flags = Object.fromEntries(QUESTIONS.map((question) => [question.flag, text]));
    const { values, positionals } = readArguments(call, { dir: text, yes: { type: 'boolean' }, ...flags });
    noMore(call, positionals, 0);
    const given = values as Record<string, string | boolean | undefined>;
    const dir = resolve(typeof given.dir === 'string' ? given.dir : '.');
    const questions = given.yes === true ? null : openQuestions();
    try {
      const answers = await collect(call, given, questions);
      const file = join(dir, 'congvan.yaml');
      const config = fillSample(readFileSync(join(SAMPLES, 'congvan.sample.yaml'), 'utf8'), answers);
      checkConfigText(config, file, call.lang);
      await allowOverwrite(call, file, questions);
      write(dir, config);
      return conclude(call, file, dir);
    } finally {
      questions?.close();
    }
  },
};

interface Question {
  flag: string;
  key: keyof InitAnswers;
  vi: string;
  en: string;
  /** From what was answered before; null = must be answered. */
  preset(so: Partial<InitAnswers>): string | null;
}

const question = (
  flag: string,
  key: keyof InitAnswers,
  ask: { vi: string; en: string },
  preset: (so: Partial<InitAnswers>) => string | null,
): Question => ({ flag, key, ...ask, preset });
const none = (): null => null;

const QUESTIONS: Question[] = [
  question(
    'agency-code',
    'agencyCode',
    { vi: 'Mã định danh cơ quan', en: 'Identification code of the agency' },
    none,
  ),
  question('agency-name', 'agencyName', { vi: 'Tên cơ quan', en: 'Name of the agency' }, none),
  question('address', 'address', { vi: 'Địa chỉ hộp thư công vụ', en: 'Official mail address' }, none),
  question(
    'clerk-unit',
    'clerkUnit',
    { vi: 'Bộ phận văn thư', en: 'Clerk unit' },
    (so) => `Văn thư - ${so.agencyName}`,
  ),
  question('phone', 'phone', { vi: 'Điện thoại', en: 'Telephone' }, none),
  question('place', 'place', { vi: 'Địa danh trước ngày tháng', en: 'Place written before the date' }, none),
  question(
    'org',
    'org',
    { vi: 'Chữ viết tắt trong ký hiệu (UBND, SNV…)', en: 'Symbol of the agency (UBND, SNV…)' },
    none,
  ),
  question('regulation', 'regulation', { vi: 'Quy định áp dụng', en: 'Regulation' }, () => 'ND30-2020'),
  question('data-dir', 'dataDir', { vi: 'Thư mục dữ liệu', en: 'Data folder' }, () => 'data'),
  question('imap-host', 'imapHost', { vi: 'Máy chủ IMAP', en: 'IMAP server' }, none),
  question(
    'imap-tls',
    'imapTls',
    { vi: 'Mã hóa IMAP (implicit, starttls, none)', en: 'IMAP TLS (implicit, starttls, none)' },
    () => 'implicit',
  ),
  question(
    'imap-port',
    'imapPort',
    { vi: 'Cổng IMAP (để trống: mặc định)', en: 'IMAP port (empty: default)' },
    () => '',
  ),
  question(
    'imap-user',
    'imapUser',
    { vi: 'Tên đăng nhập IMAP', en: 'IMAP user' },
    (so) => so.address ?? null,
  ),
  question(
    'smtp-host',
    'smtpHost',
    { vi: 'Máy chủ gửi thư (SMTP)', en: 'Outgoing server (SMTP)' },
    (so) => so.imapHost ?? null,
  ),
  question(
    'smtp-tls',
    'smtpTls',
    { vi: 'Mã hóa SMTP (starttls, implicit, none)', en: 'SMTP TLS (starttls, implicit, none)' },
    () => 'starttls',
  ),
  question(
    'smtp-port',
    'smtpPort',
    { vi: 'Cổng SMTP (để trống: mặc định)', en: 'SMTP port (empty: default)' },
    () => '',
  ),
  question(
    'smtp-user',
    'smtpUser',
    { vi: 'Tên đăng nhập SMTP', en: 'SMTP user' },
    (so) => so.imapUser ?? null,
  ),
  question(
    'clerk-id',
    'clerkId',
    { vi: 'Mã văn thư (không dấu)', en: 'Id of the clerk (no diacritics)' },
    () => 'vanthu',
  ),
  question('clerk-name', 'clerkName', { vi: 'Họ tên văn thư', en: 'Name of the clerk' }, none),
  question(
    'leader-id',
    'leaderId',
    { vi: 'Mã lãnh đạo (không dấu)', en: 'Id of the leader (no diacritics)' },
    () => 'lanhdao',
  ),
  question('leader-name', 'leaderName', { vi: 'Họ tên lãnh đạo', en: 'Name of the leader' }, none),
  question(
    'leader-title',
    'leaderTitle',
    { vi: 'Chức vụ lãnh đạo', en: 'Title of the leader' },
    () => 'Lãnh đạo',
  ),
  question(
    'cutover',
    'cutover',
    { vi: 'Bỏ qua thư trước ngày (năm-tháng-ngày, để trống: không)', en: 'Cut-over date (empty: none)' },
    () => '',
  ),
];

/** Flags first, then questions; with --yes the presets. What has no preset must be given. */
async function collect(
  call: Invocation,
  given: Record<string, string | boolean | undefined>,
  questions: Questions | null,
): Promise<InitAnswers> {
  const so: Record<string, unknown> = {};
  for (const { flag, key, vi, en, preset } of QUESTIONS) {
    const flagged = given[flag];
    const usual = preset(so as Partial<InitAnswers>);
    const label = call.lang === 'vi' ? vi : en;
    let answer = typeof flagged === 'string' ? flagged : null;
    while (answer === null && questions !== null) answer = (await questions.ask(label, usual)) || usual;
    answer ??= usual;
    if (answer === null)
      throw usage(call.lang, `Thiếu --${flag} (${label})`, `--${flag} is missing (${label})`);
    so[key] = typed(key, answer.trim(), call);
  }
  return so as unknown as InitAnswers;
}

function typed(key: keyof InitAnswers, answer: string, call: Invocation): unknown {
  if (key === 'imapPort' || key === 'smtpPort') return answer === '' ? null : portOf(answer, call);
  if (key === 'cutover') return answer === '' ? null : answer;
  if (key === 'imapTls' || key === 'smtpTls') {
    if ((['implicit', 'starttls', 'none'] as string[]).includes(answer)) return answer as ServerTls;
    throw usage(
      call.lang,
      'Mã hóa phải là implicit, starttls hoặc none',
      'TLS must be implicit, starttls or none',
    );
  }
  return answer;
}

function portOf(answer: string, call: Invocation): number {
  if (/^\d{1,5}$/.test(answer)) return Number(answer);
  throw usage(call.lang, `«${answer}» không phải số cổng`, `"${answer}" is no port`);
}

async function allowOverwrite(call: Invocation, file: string, questions: Questions | null): Promise<void> {
  if (!existsSync(file)) return;
  const label =
    call.lang === 'vi' ? `${file} đã có. Ghi đè? (co/khong)` : `${file} exists. Overwrite? (yes/no)`;
  const answer = questions === null ? null : await questions.ask(label, call.lang === 'vi' ? 'khong' : 'no');
  if (answer !== null && /^(co|có|c|yes|y)$/i.test(answer.trim().normalize('NFC'))) return;
  throw new CongvanError(
    'FILE_EXISTS',
    call.lang === 'vi' ? `${file} đã có và được giữ nguyên.` : `${file} exists and was left as it is.`,
    { temporary: false, fields: { file } },
  );
}

/** Directory and secrets that are there already are never touched. */
function write(dir: string, config: string): void {
  mkdirSync(join(dir, 'secrets'), { recursive: true, mode: 0o700 });
  writeFileSync(join(dir, 'congvan.yaml'), config, { mode: 0o640 });
  const directory = join(dir, 'agencies.yaml');
  if (!existsSync(directory)) copyFileSync(join(SAMPLES, 'agencies.sample.yaml'), directory);
  for (const name of ['imap', 'smtp']) {
    const secret = join(dir, 'secrets', name);
    if (!existsSync(secret)) writeFileSync(secret, '', { mode: 0o600 });
  }
}

function conclude(call: Invocation, file: string, dir: string): number {
  const config = loadConfig(file, { lang: call.lang });
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  call.out.record({ file, directory: join(dir, 'agencies.yaml'), dataDir: config.dataDir });
  call.out.line(
    call.lang === 'vi'
      ? `Đã ghi ${file}.\nViệc tiếp theo:\n  1. Ghi mật khẩu vào ${join(dir, 'secrets')}/imap và smtp (mỗi tệp một dòng).\n  2. Thay danh bạ mẫu trong ${join(dir, 'agencies.yaml')}.\n  3. congvan check --config ${file}\n  4. congvan start --config ${file}`
      : `Wrote ${file}.\nNext:\n  1. Put the passwords into ${join(dir, 'secrets')}/imap and smtp (one line each).\n  2. Replace the sample directory in ${join(dir, 'agencies.yaml')}.\n  3. congvan check --config ${file}\n  4. congvan start --config ${file}`,
  );
  return 0;
}
