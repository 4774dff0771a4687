import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { congvan, INIT_FLAGS, temporaryFolder } from '../support/congvan-cli.ts';

const dir = temporaryFolder('administer');
const config = ['--config', join(dir, 'congvan.yaml')];
const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

beforeAll(async () => {
  const made = await congvan(['init', '--yes', '--dir', dir, ...INIT_FLAGS]);
  expect(made.stderr).toBe('');
  expect(made.code).toBe(0);
});

describe('congvan init', () => {
  it('writes a commented configuration that loads, a directory, and empty secrets of mode 600', () => {
    const text = readFileSync(join(dir, 'congvan.yaml'), 'utf8');
    expect(text).toContain('# Cơ sở dữ liệu / database');
    const made = loadConfig(join(dir, 'congvan.yaml'));
    expect(made.agency).toMatchObject({ name: 'UBND xã Mẫu', address: 'vanthu@mau.example.gov.vn' });
    expect(made.intake.imap[0]).toMatchObject({ host: '127.0.0.1', port: 1, tls: { mode: 'none' } });
    expect(made.outgoing).toMatchObject({ host: '127.0.0.1', port: 2 });
    expect(made.staff.map((member) => member.name)).toEqual(['Nguyễn Thị Mẫu', 'Trần Văn Mẫu']);
    for (const name of ['imap', 'smtp']) {
      expect(statSync(join(dir, 'secrets', name)).mode & 0o777).toBe(0o600);
      expect(statSync(join(dir, 'secrets', name)).size).toBe(0);
    }
  });

  it('never overwrites without being told so', async () => {
    const before = readFileSync(join(dir, 'congvan.yaml'), 'utf8');
    const again = await congvan(['init', '--yes', '--dir', dir, ...INIT_FLAGS, '--phone', '999']);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('FILE_EXISTS');
    expect(readFileSync(join(dir, 'congvan.yaml'), 'utf8')).toBe(before);
  });

  it('asks for what is missing, takes Enter for the preset, and asks again before overwriting', async () => {
    const folder = temporaryFolder('asks');
    const answers =
      '000.00.02.H99\nUBND xã Thí Dụ\nvt@thidu.example.gov.vn\n\n0200\nThí Dụ\nUBND\n\n\nimap.example.gov.vn\n\n\n\n\n\n\n\n\nLê Mẫu\n\nHồ Mẫu\n\n\n';
    const asked = await congvan(['init', '--dir', folder], { input: answers });
    expect(asked.code, asked.stderr).toBe(0);
    const made = loadConfig(join(folder, 'congvan.yaml'));
    expect(made.agency.clerkUnit).toBe('Văn thư - UBND xã Thí Dụ');
    expect(made.outgoing).toMatchObject({ host: 'imap.example.gov.vn', port: 587 });
    const refused = await congvan(['init', '--dir', folder], { input: `${answers}\n` });
    expect(refused.code).toBe(1);
    const overwritten = await congvan(['init', '--dir', folder], { input: `${answers}co\n` });
    expect(overwritten.code, overwritten.stderr).toBe(0);
  });

  it('ends with a sentence when nobody answers', async () => {
    const folder = temporaryFolder('silent');
    const result = await congvan(['init', '--dir', folder], { input: '' });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('INPUT_ENDED');
    expect(existsSync(join(folder, 'congvan.yaml'))).toBe(false);
  });

  it('writes nothing when an answer cannot be right', async () => {
    const folder = temporaryFolder('wrong');
    const result = await congvan([
      'init',
      '--yes',
      '--dir',
      folder,
      ...INIT_FLAGS,
      '--address',
      'khong-phai',
    ]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('agency.address');
    expect(existsSync(join(folder, 'congvan.yaml'))).toBe(false);
  });
});

describe('congvan check', () => {
  it('tells what works, what does not and what to do, and exits with 1', async () => {
    writeFileSync(join(dir, 'secrets/imap'), 'x\n');
    const result = await congvan(['check', ...config, '--json', '--lang', 'en']);
    expect(result.code).toBe(1);
    const by = new Map(lines(result.stdout).map((line) => [line.what, line]));
    expect(by.get('data-folder')?.result).toBe('ok');
    expect(by.get('database')?.result).toBe('ok');
    expect(by.get('secret:imap:congvu')?.result).toBe('ok');
    expect(by.get('secret:smtp')).toMatchObject({
      result: 'wrong',
      sentence: expect.stringContaining('put it there'),
    });
    expect(by.get('imap:congvu')).toMatchObject({
      result: 'wrong',
      sentence: expect.stringContaining('ECONNREFUSED'),
    });
    expect(by.get('smtp')?.result).toBe('wrong');
    expect(by.get('anchors')?.result).toBe('warning');
  });
});

describe('congvan register, journal, status', () => {
  it('INT-18: the next number is set by a named person, and journaled', async () => {
    const set = ['register', 'set-next', '--book', 'den', '--year', '2026', '--number', '1235', ...config];
    const nobody = await congvan([...set, '--by', 'ai-do']);
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain('vanthu (Nguyễn Thị Mẫu, Văn thư)');
    expect((await congvan(set)).code).toBe(2);
    expect((await congvan([...set, '--by', 'vanthu'])).code).toBe(0);
    const journal = await congvan(['journal', 'list', '--json', ...config]);
    expect(lines(journal.stdout)).toEqual([
      expect.objectContaining({ actor: 'vanthu', data: { number: 1235 } }),
    ]);
    const verified = await congvan(['journal', 'verify', '--json', ...config]);
    expect(verified.code).toBe(0);
    expect(lines(verified.stdout)[0]).toMatchObject({ ok: true, lines: 1 });
  });

  it('REG-02: the printed register has the ten columns of the decree', async () => {
    const { stdout, code } = await congvan(['register', '--book', 'den', ...config]);
    expect(code).toBe(0);
    const headings = stdout.split('\n')[1]!.split(/ {2,}/);
    expect(headings.slice(1)).toEqual([
      'Ngày đến',
      'Số đến',
      'Tác giả',
      'Số, ký hiệu',
      'Ngày văn bản',
      'Tên loại và trích yếu nội dung',
      'Đơn vị hoặc người nhận',
      'Ngày chuyển',
      'Ký nhận',
      'Ghi chú',
    ]);
  });

  it('status says that the service does not run, for people and for monitoring', async () => {
    expect((await congvan(['status', ...config])).stdout).toContain('Dịch vụ: KHÔNG chạy');
    const { stdout, code } = await congvan(['status', '--json', ...config]);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      expect.objectContaining({ healthy: false, fence: null, messages: expect.any(Object) }),
    ]);
  });

  it('show: an id that nobody has is an error of that input only', async () => {
    const { stdout, code } = await congvan(['show', 'm-x', 'e-x', '--json', ...config]);
    expect(code).toBe(1);
    expect(lines(stdout)).toEqual([
      { id: 'm-x', error: 'NOT_FOUND' },
      { id: 'e-x', error: 'NOT_FOUND' },
    ]);
  });

  it('reconcile: a mailbox that cannot be reached is said, with exit code 1', async () => {
    const { stdout, code } = await congvan(['reconcile', '--json', ...config]);
    expect(code).toBe(1);
    expect(lines(stdout)[0]).toMatchObject({
      mailbox: 'congvu',
      folder: 'INBOX',
      problem: expect.stringContaining('127.0.0.1'),
    });
  });
});

describe('backup, restore and the fence', () => {
  it('a restored house is fenced until it was reconciled, or a person says that it cannot be', async () => {
    const backup = join(dir, 'backup');
    expect((await congvan(['backup', backup, ...config])).code).toBe(0);
    const full = await congvan(['restore', backup, ...config]);
    expect(full.code).toBe(1);
    expect(full.stderr).toContain('RESTORE_NOT_EMPTY');

    const other = join(dir, 'other.yaml');
    writeFileSync(
      other,
      readFileSync(join(dir, 'congvan.yaml'), 'utf8').replace(/^dataDir: .*$/m, 'dataDir: other'),
    );
    const restored = await congvan(['restore', backup, '--config', other, '--lang', 'en']);
    expect(restored.code, restored.stderr).toBe(0);
    expect(restored.stdout).toContain('The fence is up');
    const lift = ['fence', 'lift', '--config', other, '--json'];
    expect((await congvan(lift)).code).toBe(2);
    const early = await congvan([...lift, '--by', 'lanhdao']);
    expect(early.code).toBe(1);
    expect(early.stderr).toContain('NOT_RECONCILED');
    expect(lines((await congvan(['fence', '--config', other, '--json'])).stdout)[0]).toMatchObject({
      raised: true,
    });
    const unchecked = await congvan([...lift, '--by', 'lanhdao', '--without-reconcile']);
    expect(unchecked.code).toBe(1);
    expect(unchecked.stderr).toMatch(/NUMBERS_UNCHECKED/);
    expect(unchecked.stderr).toMatch(/den \(chung\) \d{4}: \d+/);
    const lifted = await congvan([...lift, '--by', 'lanhdao', '--without-reconcile', '--numbers-checked']);
    expect(lines(lifted.stdout)).toEqual([{ raised: false }]);
  });
});
