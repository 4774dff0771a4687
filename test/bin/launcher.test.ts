import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { congvan, LAUNCHER, temporaryFolder } from '../support/congvan-cli.ts';

/** A folder whose `node` says that it is version 20, as on a machine with an older Node. */
function oldNode(): string {
  const folder = temporaryFolder('old-node');
  const stub = join(folder, 'node');
  writeFileSync(
    stub,
    '#!/bin/sh\n[ "$1" = --version ] && { echo v20.0.0; exit 0; }\n[ "$1" = -p ] && { echo false; exit 0; }\necho old-node-ran; exit 99\n',
  );
  chmodSync(stub, 0o755);
  return folder;
}

/** The launcher alone, with no packages installed beside it. */
function bareCopy(): string {
  const folder = temporaryFolder('bare');
  mkdirSync(join(folder, 'bin'));
  copyFileSync(LAUNCHER, join(folder, 'bin/congvan'));
  writeFileSync(join(folder, 'bin/congvan.ts'), 'console.log("started", process.argv.slice(2).join(" "));\n');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, 'bin/congvan');
}

const SYSTEM = '/usr/bin:/bin';

describe('the launcher', () => {
  it('finds the installed Node although an old one stands first on PATH', async () => {
    const result = await congvan(['--help'], { env: { PATH: `${oldNode()}:${SYSTEM}` } });
    expect(result.stderr).toBe('');
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('congvan LỆNH');
  });

  it('works through symbolic links, relative and absolute, from another folder', async () => {
    const folder = temporaryFolder('links');
    mkdirSync(join(folder, 'a b'));
    symlinkSync(LAUNCHER, join(folder, 'a b/first'));
    symlinkSync('a b/first', join(folder, 'congvan'));
    const result = await congvan(['--help'], { launcher: join(folder, 'congvan'), cwd: '/' });
    expect(result.code).toBe(0);
  });

  it('uses a Node of PATH that is new enough where none is installed, and passes arguments on as they are', async () => {
    const folder = temporaryFolder('new-node');
    symlinkSync(process.execPath, join(folder, 'node'));
    const result = await congvan(['a b', '*', ''], {
      launcher: bareCopy(),
      env: { PATH: `${folder}:${SYSTEM}` },
    });
    expect(result).toMatchObject({ code: 0, stdout: 'started a b * \n' });
  });

  it.each([
    ['vi_VN.UTF-8', /cần Node 24 trở lên \(hiện có: v20\.0\.0\).*npm ci/],
    ['en_US.UTF-8', /needs Node 24 or newer \(found: v20\.0\.0\).*npm ci/],
  ])('says plainly in %s that there is no usable Node', async (LANG, words) => {
    const result = await congvan(['--help'], {
      launcher: bareCopy(),
      env: { PATH: `${oldNode()}:${SYSTEM}`, LANG },
    });
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(words);
  });
});
