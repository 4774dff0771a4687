import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SecretSource } from '../../../config/types.ts';
import { accessToken, credentialsOf } from '../../../gateway/intake/secrets.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'congvan-secret-'));
});
afterAll(() => rm(dir, { recursive: true }));

const quiet = { warn() {} };

/** The password as a connection gets it. */
async function readSecret(source: SecretSource, log: Parameters<typeof credentialsOf>[1]) {
  const credentials = await credentialsOf({ kind: 'password', user: 'vanthu', password: source }, log);
  return 'password' in credentials ? credentials.password : null;
}

describe('reading a secret', () => {
  it.each([
    ['bí mật', 'bí mật'],
    ['bí mật\n', 'bí mật'],
    ['bí mật\r\n', 'bí mật'],
    [' giữ dấu cách \n\n', ' giữ dấu cách \n'],
  ])('of the file %j is %j', async (content, secret) => {
    const file = join(dir, 'mat-khau');
    await writeFile(file, content, { mode: 0o600 });
    expect(await readSecret({ file }, quiet)).toBe(secret);
  });

  it('warns of a file that everybody may read, and reads it all the same', async () => {
    const file = join(dir, 'ai-cung-doc');
    await writeFile(file, 'x');
    await chmod(file, 0o644);
    const warnings: string[] = [];
    await readSecret({ file }, { warn: (_fields: object, message: string) => void warnings.push(message) });
    expect(warnings).toEqual([expect.stringContaining('chmod 600')]);
  });

  it('says which file or variable is missing or empty', async () => {
    await writeFile(join(dir, 'rong'), '\n');
    const missing = { code: 'SECRET_MISSING', temporary: false };
    await expect(readSecret({ file: join(dir, 'rong') }, quiet)).rejects.toMatchObject(missing);
    await expect(readSecret({ file: join(dir, 'khong-co') }, quiet)).rejects.toThrow(/khong-co/);
    await expect(readSecret({ env: 'CONGVAN_KHONG_CO' }, quiet)).rejects.toThrow(/CONGVAN_KHONG_CO/);
    vi.stubEnv('CONGVAN_CO', 'x');
    expect(await readSecret({ env: 'CONGVAN_CO' }, quiet)).toBe('x');
    vi.unstubAllEnvs();
  });
});

describe('the token command', () => {
  const node = process.execPath;

  it('gives the first line of what it prints, without a shell', async () => {
    expect(await accessToken([node, '-e', 'console.log("ma-truy-cap $HOME\\nthu hai")'])).toBe(
      'ma-truy-cap $HOME',
    );
  });

  it.each([
    ['exits with an error', [node, '-e', 'process.exit(3)'], /mã 3/],
    ['prints nothing', [node, '-e', ''], /không in ra gì/],
    ['does not exist', ['/khong/co/lenh'], /ENOENT/],
    ['is empty', [], /không có lệnh/],
  ])('that %s is an error that may pass', async (_name, command, message) => {
    const failed = accessToken(command);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toMatchObject({ code: 'TOKEN_COMMAND', temporary: true });
  });

  it('is ended when it takes too long', async () => {
    await expect(accessToken([node, '-e', 'setInterval(() => {}, 1000)'], 200)).rejects.toThrow(
      /quá thời hạn/,
    );
  });

  it('is run anew for every connection', async () => {
    const command = [node, '-e', 'console.log(process.hrtime.bigint())'];
    const login = { kind: 'token', user: 'vanthu', command } as const;
    const first = await credentialsOf({ ...login, command }, quiet);
    expect(await credentialsOf({ ...login, command }, quiet)).not.toEqual(first);
  });
});
