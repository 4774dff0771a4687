import { CongvanError } from './error.ts';

/** Which language a refusal is written in. */
export type Lang = 'vi' | 'en';

/** A sentence in both languages. */
export interface Sentence {
  vi: string;
  en: string;
}

export type ConfigPath = (string | number)[];

/** One thing wrong with a configuration file: where, and what would be right. */
export interface ConfigProblem extends Sentence {
  path: ConfigPath;
}

/** What is needed to name the place of a problem. */
export interface ConfigSource {
  file: string;
  lineOf(path: ConfigPath): number | null | undefined;
}

/** Problems shown at once; more would hide the first. */
const MAX_SHOWN = 20;

/** Packs a bilingual sentence into the one string that a schema issue carries. */
export function packSentence(vi: string, en: string): string {
  return JSON.stringify({ vi, en });
}

/** The reverse of packSentence; null when the string is the schema library's own. */
export function unpackSentence(message: string): Sentence | null {
  if (!message.startsWith('{"vi":')) return null;
  return JSON.parse(message) as Sentence;
}

/** One error for all problems of a file, each with its line, in the order of the file. */
export function refuseConfig(source: ConfigSource, problems: ConfigProblem[], lang: Lang): CongvanError {
  const placed = problems
    .map((problem) => ({ problem, line: nearestLine(source, problem.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const lines = placed.slice(0, MAX_SHOWN).map(({ problem, line }) => {
    const place = problem.path.length === 0 ? '' : ` ${showPath(problem.path)}:`;
    return `${source.file}${line === null ? '' : `:${line}`}:${place} ${problem[lang]}`;
  });
  if (placed.length > MAX_SHOWN) {
    lines.push(
      lang === 'vi' ? `… và ${placed.length - MAX_SHOWN} lỗi nữa` : `… ${placed.length - MAX_SHOWN} more`,
    );
  }
  return new CongvanError('CONFIG_INVALID', lines.join('\n'), {
    temporary: false,
    fields: { file: source.file, problems: placed.length, line: placed[0]?.line ?? null },
  });
}

/** The line of the value, or of the nearest parent that stands in the file (a missing key has no line of its own). */
function nearestLine(source: ConfigSource, path: ConfigPath): number | null {
  for (let length = path.length; length >= 0; length -= 1) {
    const line = source.lineOf(path.slice(0, length));
    if (line !== null && line !== undefined) return line;
  }
  return null;
}

/** `intake.imap[0].host` */
function showPath(path: ConfigPath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}
