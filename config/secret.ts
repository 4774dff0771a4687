import { readFileSync, statSync } from 'node:fs';
import { CongvanError } from './error.ts';
import type { SecretSource } from './types.ts';

/** Bytes that a password or token may have; a larger file is surely the wrong one. */
const MAX_SECRET_BYTES = 8 * 1024;

/**
 * The secret itself, read anew at each use, so that a changed password needs no restart.
 * One line break at the end is not part of it. Throws `SECRET_MISSING` (temporary: a person may put it there).
 */
export function readSecret(source: SecretSource): string {
  const text = 'env' in source ? process.env[source.env] : readSecretFile(source.file);
  if (text === undefined || text === '') throw missing(source, 'is empty');
  return text;
}

/** True when others than the owner may read the file of a secret. */
export function isSecretFileOpen(file: string): boolean {
  return (statSync(file).mode & 0o077) !== 0;
}

function readSecretFile(file: string): string {
  try {
    if (statSync(file).size > MAX_SECRET_BYTES) throw missing({ file }, 'is too large to be a secret');
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    if (cause instanceof CongvanError) throw cause;
    throw missing({ file }, `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function missing(source: SecretSource, why: string): CongvanError {
  const name = 'env' in source ? `environment variable ${source.env}` : `file ${source.file}`;
  return new CongvanError('SECRET_MISSING', `The secret's ${name} ${why}.`, { fields: { ...source } });
}
