import { readFileSync, statSync } from 'node:fs';
import { CongvanError } from './error.ts';
import type { SecretSource } from './types.ts';

/** Bytes that a password or token may have; a larger file is surely the wrong one. */
const MAX_SECRET_BYTES = 8 * 1024;

/**
 * The secret itself, read anew at each use, so that a changed password needs no restart.
 * One line break at the end is not part of it. Throws `SECRET_MISSING`, permanent until a person acts, naming the place.
 */
export function readSecret(source: SecretSource): string {
  const text = 'env' in source ? process.env[source.env] : readSecretFile(source.file);
  if (text === undefined || text === '') throw missing(source, 'không có hoặc để trống');
  return text;
}

/** True when others than the owner may read the file of a secret. */
export function isSecretFileOpen(file: string): boolean {
  return (statSync(file).mode & 0o077) !== 0;
}

function readSecretFile(file: string): string {
  try {
    if (statSync(file).size > MAX_SECRET_BYTES) throw missing({ file }, 'quá lớn, không phải là mật khẩu');
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    if (cause instanceof CongvanError) throw cause;
    throw missing({ file }, `không đọc được (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function missing(source: SecretSource, why: string): CongvanError {
  const place = 'env' in source ? `biến môi trường ${source.env}` : `tệp ${source.file}`;
  return new CongvanError('SECRET_MISSING', `Không đọc được mật khẩu: ${place} ${why}.`, {
    temporary: false,
    fields: { ...source },
  });
}
