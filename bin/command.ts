/** What every command shares: its form, its arguments, the configuration and the person who acts. */
import { existsSync } from 'node:fs';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { CongvanError } from '../config/error.ts';
import { instant } from '../config/leaves.ts';
import type { Lang, Sentence } from '../config/problems.ts';
import type { CongvanConfig, StaffMember } from '../config/types.ts';
import type { House } from '../gateway/house.ts';
import type { Output } from './output.ts';

/** One call of a command. */
export interface Invocation {
  args: string[];
  lang: Lang;
  out: Output;
}

export interface Command {
  help: Sentence;
  /** Gives the exit code. */
  run(call: Invocation): Promise<number>;
}

/** Options that every command with a configuration takes. */
const COMMON = { config: { type: 'string' }, json: { type: 'boolean' } } as const;

/** Wrong usage: exit code 2. */
export function usage(lang: Lang, vi: string, en: string): CongvanError {
  return new CongvanError('USAGE', lang === 'vi' ? vi : en, { temporary: false });
}

/** `--lang` may stand anywhere before `--`. */
export function takeLang(argv: string[]): { lang: string | null; rest: string[] } {
  const rest: string[] = [];
  let lang: string | null = null;
  for (let index = 0; index < argv.length; index += 1) {
    const arg = argv[index]!;
    if (arg === '--') return { lang, rest: [...rest, ...argv.slice(index)] };
    if (arg === '--lang') {
      index += 1;
      lang = argv[index] ?? '';
    } else if (arg.startsWith('--lang=')) lang = arg.slice('--lang='.length);
    else rest.push(arg);
  }
  return { lang, rest };
}

/** The asked-for language, else the environment's, else Vietnamese. */
export function chooseLang(asked: string | null, env: NodeJS.ProcessEnv): Lang {
  const chosen = asked ?? (env.LC_ALL || env.LC_MESSAGES || env.LANG || 'vi');
  return chosen.startsWith('en') ? 'en' : 'vi';
}

/** Arguments of a command; anything unknown is wrong usage, in the language of the person. */
export function readArguments<T extends ParseArgsOptionsConfig>(call: Invocation, options: T) {
  try {
    return parseArgs({
      args: call.args,
      options: { ...COMMON, ...options } as typeof COMMON & T,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw usage(
      call.lang,
      `Tham số không đúng: ${detail}. Xem --help.`,
      `Wrong arguments: ${detail}. See --help.`,
    );
  }
}

/** A value that must be given. */
export function required(call: Invocation, name: string, value: string | undefined): string {
  if (value !== undefined && value.trim() !== '') return value;
  throw usage(call.lang, `Thiếu ${name}. Xem --help.`, `${name} is missing. See --help.`);
}

/** Refuses positional arguments beyond those that the command takes. */
export function noMore(call: Invocation, positionals: string[], taken: number): void {
  if (positionals.length <= taken) return;
  const extra = positionals.slice(taken).join(' ');
  throw usage(call.lang, `Thừa tham số: ${extra}. Xem --help.`, `Too many arguments: ${extra}. See --help.`);
}

/** A whole number option; null when not given. */
export function wholeNumber(call: Invocation, name: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw usage(call.lang, `${name} phải là số nguyên`, `${name} must be a whole number`);
}

/** A date (its first moment in Vietnam) or an instant with its zone, as in the configuration; ISO 8601 UTC, null when not given. */
export function instantOf(call: Invocation, name: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  const read = instant.safeParse(value.replace(/(\.\d{3})\d+/, '$1'));
  if (read.success) return read.data;
  const example = '2026-11-20, 2026-11-20T08:00+07:00';
  throw usage(
    call.lang,
    `${name} phải là ngày hoặc thời điểm có múi giờ, ví dụ ${example}`,
    `${name} must be a date or an instant with its zone, such as ${example}`,
  );
}

/** One of a few words; null when not given. */
export function oneOf<T extends string>(
  call: Invocation,
  name: string,
  value: string | undefined,
  words: readonly T[],
): T | null {
  if (value === undefined) return null;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const list = words.join(', ');
  throw usage(call.lang, `${name} phải là một trong: ${list}`, `${name} must be one of: ${list}`);
}

const DEFAULT_FILES = ['congvan.yaml', '/etc/congvan/congvan.yaml'];

/** The file asked for, else $CONGVAN_CONFIG, else the first default that exists; null when there is none. */
function findConfigFile(asked: string | undefined): string | null {
  const named = asked ?? process.env.CONGVAN_CONFIG;
  if (named !== undefined && named !== '') return named;
  return DEFAULT_FILES.find((file) => existsSync(file)) ?? null;
}

/** The configuration, for a command that can do without; null when there is none. */
export async function findConfig(call: Invocation, asked: string | undefined): Promise<CongvanConfig | null> {
  const file = findConfigFile(asked);
  if (file === null) return null;
  const { loadConfig } = await import('../config/load.ts');
  return loadConfig(file, { lang: call.lang });
}

/** The configuration that the command works with. */
export async function readConfig(call: Invocation, asked: string | undefined): Promise<CongvanConfig> {
  const config = await findConfig(call, asked);
  if (config !== null) return config;
  throw usage(
    call.lang,
    'Chưa có tệp cấu hình. Dùng --config TỆP, hoặc chạy «congvan init» để tạo.',
    'There is no configuration. Use --config FILE, or run "congvan init" to make one.',
  );
}

/** Opens register and bytes for one command, and closes them whatever happens. */
export async function withHouse<T>(
  call: Invocation,
  asked: string | undefined,
  act: (house: House) => Promise<T>,
): Promise<T> {
  const config = await readConfig(call, asked);
  const { openHouse } = await import('../gateway/open.ts');
  const house = await openHouse(config);
  try {
    return await act(house);
  } finally {
    await house.close();
  }
}

/** The person who acts: `--by` must name one of the configured staff (DESIGN, invariant 5). */
export function requireStaff(call: Invocation, config: CongvanConfig, by: string | undefined): StaffMember {
  const known = config.staff.map((member) => `${member.id} (${member.name}, ${member.title})`).join('; ');
  const found = config.staff.find((member) => member.id === by);
  if (found !== undefined) return found;
  if (by === undefined) {
    throw usage(
      call.lang,
      `Cần --by để ghi rõ người thực hiện: ${known}`,
      `--by must name the person who acts: ${known}`,
    );
  }
  throw usage(
    call.lang,
    `«${by}» không có trong danh sách cán bộ của cấu hình. Những người được ghi: ${known}`,
    `"${by}" is not among the staff of the configuration. Known: ${known}`,
  );
}
