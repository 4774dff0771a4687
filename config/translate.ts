/** Turns the schema library's findings into sentences that say what would be right, in both languages. */
import type { z } from 'zod';
import { type ConfigPath, type ConfigProblem, type Sentence, unpackSentence } from './problems.ts';

type Issue = z.core.$ZodIssue;

const TYPES: Record<string, Sentence> = {
  string: { vi: 'chữ (text)', en: 'text' },
  number: { vi: 'số', en: 'a number' },
  boolean: { vi: 'true hoặc false', en: 'true or false' },
  array: { vi: 'danh sách (các dòng bắt đầu bằng dấu «-»)', en: 'a list (lines that begin with "-")' },
  object: { vi: 'một nhóm mục thụt vào bên dưới', en: 'a group of keys indented below' },
  record: { vi: 'một nhóm mục thụt vào bên dưới', en: 'a group of keys indented below' },
};

/** The words that a discriminated group may begin with; the library's type leaves them out. */
function discriminatorValues(issue: Issue): string[] {
  const { options } = issue as { options?: unknown };
  return Array.isArray(options) ? options.map(String) : [];
}

/** One problem for each issue; `value` is the whole file as parsed, to tell missing from wrong. */
export function translateIssue(issue: Issue, value: unknown): ConfigProblem {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return { path: [...path, issue.keys[0] ?? ''], ...sentenceOf(issue, path, value) };
  }
  return { path, ...sentenceOf(issue, path, value) };
}

function sentenceOf(issue: Issue, path: ConfigPath, value: unknown): Sentence {
  const own = unpackSentence(issue.message);
  const found = valueAt(value, path);
  if (found === undefined && issue.code !== 'unrecognized_keys') return missing(issue);
  if (own !== null) return own;
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, found);
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'invalid_union':
      return oneOf(discriminatorValues(issue));
    case 'too_small':
      return { vi: 'không được để trống', en: 'must not be empty' };
    default:
      return { vi: `không hợp lệ (${issue.message})`, en: `is not valid (${issue.message})` };
  }
}

function missing(issue: Issue): Sentence {
  const own = unpackSentence(issue.message);
  const expected =
    own ??
    (issue.code === 'invalid_type'
      ? (TYPES[issue.expected] ?? null)
      : issue.code === 'invalid_value'
        ? oneOf(issue.values.map(String))
        : null);
  return {
    vi: `thiếu mục bắt buộc này${expected === null ? '' : `; ${expected.vi}`}`,
    en: `this required key is missing${expected === null ? '' : `; ${expected.en}`}`,
  };
}

function wrongType(expected: string, found: unknown): Sentence {
  const wanted = TYPES[expected] ?? { vi: expected, en: expected };
  // QUIRK: YAML reads an unquoted 0209123456 or 2026 as a number; the people who wrote it meant text.
  const quote = expected === 'string' && typeof found !== 'object';
  const shown = found === null ? 'null' : Array.isArray(found) ? 'list' : typeof found;
  return {
    vi: `phải là ${wanted.vi}, ở đây là ${shown}${quote ? '; hãy đặt trong ngoặc kép "…"' : ''}`,
    en: `must be ${wanted.en}, found ${shown}${quote ? '; put it in quotes "…"' : ''}`,
  };
}

function oneOf(values: string[]): Sentence {
  return { vi: `phải là một trong: ${values.join(', ')}`, en: `must be one of: ${values.join(', ')}` };
}

function valueAt(value: unknown, path: ConfigPath): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}
