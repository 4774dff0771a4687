/** From the configuration file to the frozen value that the house works with. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { assembleConfig } from './assemble.ts';
import { loadDirectory } from './directory.ts';
import { CongvanError } from './error.ts';
import { freezeDeep } from './freeze.ts';
import { parseYaml } from './parse-yaml.ts';
import { type ConfigProblem, type ConfigSource, type Lang, refuseConfig } from './problems.ts';
import { checkPostgresTls, checkRules } from './rules.ts';
import { type ConfigFile, configFile } from './schema.ts';
import { readSecret } from './secret.ts';
import { translateIssue } from './translate.ts';
import type { CongvanConfig } from './types.ts';

/**
 * Reads, checks and freezes the configuration. Throws `CONFIG_UNREADABLE` when the file cannot be read, and
 * `CONFIG_INVALID` that lists every problem with its line and what would be right, in the language asked for.
 */
export function loadConfig(file: string, options: { lang?: Lang } = {}): CongvanConfig {
  const path = resolve(file);
  const lang = options.lang ?? 'vi';
  const baseDir = dirname(path);
  const { parsed, postgresUrl } = checkConfigText(readConfigFile(path), path, lang);
  const agencies = parsed.directory === null ? [] : loadDirectory(resolve(baseDir, parsed.directory), lang);
  return freezeDeep(assembleConfig(parsed, { file: path, baseDir, agencies, postgresUrl }));
}

/** Shape and rules of a configuration text, before it is (or without being) written to `path`. Throws as loadConfig. */
export function checkConfigText(
  text: string,
  path: string,
  lang: Lang,
): { parsed: ConfigFile; postgresUrl: string | null } {
  const { value, lineOf } = parseYaml(text, path);
  const source: ConfigSource = { file: path, lineOf };
  const parsed = checkShape(value, source, lang);
  const postgresUrl = resolvePostgresUrl(parsed, dirname(path));
  const problems = [...checkRules(parsed), ...(postgresUrl === null ? [] : checkPostgresTls(postgresUrl))];
  if (problems.length > 0) throw refuseConfig(source, problems, lang);
  return { parsed, postgresUrl };
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CongvanError('CONFIG_UNREADABLE', `The configuration ${path} cannot be read.`, {
      cause,
      temporary: false,
      fields: { file: path },
    });
  }
}

/** The shape first; where it holds, the rules between keys are told in the same refusal's stead. */
function checkShape(value: unknown, source: ConfigSource, lang: Lang): ConfigFile {
  const parsed = configFile.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const problems: ConfigProblem[] = parsed.error.issues.map((issue) => translateIssue(issue, value));
  throw refuseConfig(source, problems, lang);
}

/** The connection string, out of its secret if it is one; null with SQLite, or where checkRules will refuse it. */
function resolvePostgresUrl(from: ConfigFile, baseDir: string): string | null {
  if (from.database.kind !== 'postgres') return null;
  const url = from.database.url;
  if (typeof url !== 'object' || url === null)
    return typeof url === 'string' && URL.canParse(url) ? url : null;
  if ('file' in url && typeof url.file === 'string') return readSecret({ file: resolve(baseDir, url.file) });
  if ('env' in url && typeof url.env === 'string') return readSecret({ env: url.env });
  return null;
}
