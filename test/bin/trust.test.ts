import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { signPdf } from '../../scripts/province/pdf-signing.ts';
import { authority, LEADER, letter, person, root } from '../signatures/province.ts';
import { congvan, INIT_FLAGS, temporaryFolder } from '../support/congvan-cli.ts';

const folder = temporaryFolder('trust');
const config = ['--config', join(folder, 'congvan.yaml')];
const rootFile = join(folder, 'root.cer');
const fingerprint = createHash('sha256').update(root.certificate).digest('hex').toUpperCase();

function lines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

beforeAll(async () => {
  const made = await congvan(['init', '--yes', '--dir', folder, ...INIT_FLAGS], {
    cwd: folder,
  });
  if (made.code !== 0) throw new Error(made.stderr);
  writeFileSync(rootFile, root.certificate);
  writeFileSync(join(folder, 'ca.cer'), authority.certificate);
  writeFileSync(
    join(folder, 'a.pdf'),
    await signPdf(await letter(), person(), { ...LEADER, chainIncluded: false }),
  );
});

describe('congvan trust', () => {
  it('lists the known roots as not confirmed before anybody has confirmed one', async () => {
    const { stdout } = await congvan(['trust', 'list', '--json', ...config]);
    expect(lines(stdout).map((line) => line.confirmed)).toEqual([false, false, false, false]);
  });

  it('adds nothing when the fingerprint is not the file’s', async () => {
    const wrong = await congvan([
      'trust',
      'add',
      rootFile,
      '--group',
      'PUBLIC',
      '--sha256',
      'AB'.repeat(32),
      ...config,
    ]);
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain(fingerprint);
    const { stdout } = await congvan(['trust', 'list', '--json', ...config]);
    expect(lines(stdout).filter((line) => line.confirmed)).toEqual([]);
  });

  it('adds nothing without a group that it cannot know', async () => {
    const { code, stderr } = await congvan(['trust', 'add', rootFile, '--sha256', fingerprint, ...config]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('--group');
  });

  it('a person types the fingerprint, with spaces and colons as issuers print it; verify believes the root then', async () => {
    const spaced = fingerprint.match(/../g)!.join(':').toLowerCase();
    const added = await congvan(
      ['trust', 'add', rootFile, '--group', 'BAN_CO_YEU', '--by', 'Quản trị', ...config],
      {
        input: `${spaced}\n`,
      },
    );
    expect(added.code).toBe(0);
    await congvan(['trust', 'add', join(folder, 'ca.cer'), '--intermediate', ...config]);
    const list = lines((await congvan(['trust', 'list', '--json', ...config])).stdout);
    expect(list[0]).toMatchObject({
      confirmed: true,
      sha256: fingerprint,
      group: 'BAN_CO_YEU',
      confirmedBy: 'Quản trị',
    });
    const at = ['--at', '2026-09-08T00:00:00Z'];
    const { stdout } = await congvan(['verify', join(folder, 'a.pdf'), '--json', ...at, ...config]);
    expect(lines(stdout)[0]).toMatchObject({
      conclusion: 'valid',
      signatures: [expect.objectContaining({ anchorGroup: 'BAN_CO_YEU' })],
    });
  });

  it('adding again lifts no restriction', async () => {
    const add = ['trust', 'add', rootFile, '--group', 'BAN_CO_YEU', '--sha256', fingerprint, ...config];
    await congvan([...add, '--until', '2040-01-01', '--no-timestamps']);
    await congvan(add);
    const list = lines((await congvan(['trust', 'list', '--json', ...config])).stdout);
    expect(list[0]).toMatchObject({ until: '2039-12-31T17:00:00.000Z', timestamps: false });
  });

  it('check names the anchor and the intermediate, and a list that was spoilt by hand', async () => {
    const { stdout, code } = await congvan(['trust', 'check', '--json', ...config]);
    expect(code).toBe(0);
    expect(
      lines(stdout)
        .map((line) => line.what)
        .sort(),
    ).toEqual(['anchor', 'intermediate']);
    const list = join(folder, 'trust/anchors.yaml');
    const text = readFileSync(list, 'utf8');
    writeFileSync(list, text.replace('group:', 'nhom:'));
    const spoilt = await congvan(['trust', 'check', ...config]);
    expect(spoilt.code).toBe(1);
    expect(spoilt.stdout).toContain('anchors.yaml');
    writeFileSync(list, text);
  });
});
