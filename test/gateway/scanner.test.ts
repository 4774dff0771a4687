import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { issueDocument } from '../../gateway/issue.ts';
import { type RunningScanner, watchScanner } from '../../gateway/scanner.ts';
import { jpeg, letterPage } from '../support/images.ts';
import { until } from '../support/intake.ts';
import { openRig, type ServiceRig } from '../support/service.ts';

let rig: ServiceRig;
let folder: string;
let scanner: RunningScanner | null = null;
let issued = 0;
beforeEach(async () => {
  rig = await openRig({ issuing: { org: 'UBND', defaultUnit: 'VP' } });
  folder = await mkdtemp(join(tmpdir(), 'congvan-scanner-'));
  issued = 0;
});
afterEach(async () => {
  await scanner?.stop();
  scanner = null;
  await rig.close();
  await rm(folder, { recursive: true, force: true });
});

const watch = (lookMs = 20) => {
  scanner = watchScanner(rig.service, folder, () => void issued++, lookMs);
};
const SLIP = {
  noiNhan: ['H99.02'],
  trichYeu: 'Về việc báo cáo',
  nguoiKy: 'Lê Văn Mẫu',
  chucVu: 'CHỦ TỊCH',
  ngay: '2026-11-19',
  nguoiPhatHanh: 'vanthu',
};
const slip = (stem: string, change: object = {}) =>
  writeFile(join(folder, `${stem}.yaml`), stringify({ ...SLIP, ...change }));
const scan = (name: string, width = 400) => writeFile(join(folder, name), jpeg(letterPage(width, 560)));
const has = (...path: string[]) =>
  readFile(join(folder, ...path), 'utf8').then(
    () => true,
    () => false,
  );
const there = (...path: string[]) => until(path.join('/'), () => has(...path));
const di = () => rig.service.storage.register.list({ book: 'di' });

describe('the watched scanner folder', () => {
  it('a scan with its slip is issued once and put away with its number', async () => {
    await scan('bao-cao.jpg');
    await slip('bao-cao');
    watch();
    await there('da-phat-hanh', 'bao-cao.jpg');
    expect((await readdir(join(folder, 'da-phat-hanh'))).sort()).toEqual([
      'bao-cao.jpg',
      'bao-cao.txt',
      'bao-cao.yaml',
    ]);
    expect(await readFile(join(folder, 'da-phat-hanh', 'bao-cao.txt'), 'utf8')).toContain('01/UBND-VP');
    expect(await readdir(folder)).toEqual(['da-phat-hanh']);
    expect(await di()).toHaveLength(1);
    expect(issued).toBe(1);
  });

  it('a folder of pages is one document, in the order of its numbers', async () => {
    await mkdir(join(folder, 'to-trinh'));
    for (const n of [1, 2, 10]) await scan(`to-trinh/${n}.jpg`, 400 + n);
    await slip('to-trinh', { tenLoai: 'Tờ trình' });
    watch();
    await there('da-phat-hanh', 'to-trinh', '1.jpg');
    expect(await di()).toMatchObject([{ fields: { soTrang: '3', tenLoai: 'Tờ trình' } }]);
  });

  it.each<[string, object, RegExp]>([
    ['a key that is no key', { noiNhân: ['x'] }, /noiNhân/],
    ['a missing key', { nguoiKy: undefined }, /nguoiKy/],
    ['an unknown recipient', { noiNhan: ['Sở Không Có'] }, /không có trong danh bạ/],
    ['a mark of secrecy', { trichYeu: '(MẬT) Về việc' }, /bí mật nhà nước/],
  ])('%s: put away under loi/ with the reason, nothing numbered', async (_name, change, reason) => {
    await scan('a.jpg');
    await slip('a', change);
    watch();
    await there('loi', 'a.jpg');
    expect(await readFile(join(folder, 'loi', 'a.txt'), 'utf8')).toMatch(reason);
    expect(await di()).toEqual([]);
    expect(issued).toBe(0);
  });

  it('killed after issuing and before moving: not numbered twice, and the text names the number', async () => {
    await scan('a.jpg');
    await slip('a');
    await issueDocument(rig.service, {
      scans: [join(folder, 'a.jpg')],
      to: ['H99.02'],
      type: 'Công văn',
      abstract: SLIP.trichYeu,
      signer: SLIP.nguoiKy,
      signerTitle: SLIP.chucVu,
      date: SLIP.ngay,
      unit: null,
      urgency: 'THUONG',
      by: 'vanthu',
      attachments: [],
    });
    watch();
    await there('loi', 'a.jpg');
    expect(await readFile(join(folder, 'loi', 'a.txt'), 'utf8')).toContain('01/UBND-VP');
    expect(await di()).toHaveLength(1);
  });

  it('a name that was used before does not write over what lies there', async () => {
    watch();
    for (const [i, width] of [400, 410].entries()) {
      await scan('scan001.jpg', width);
      await slip('scan001');
      await until('issued', async () => (await di()).length === i + 1 && !(await has('scan001.jpg')));
    }
    expect((await readdir(join(folder, 'da-phat-hanh'))).sort()).toEqual([
      'scan001 (2).jpg',
      'scan001 (2).txt',
      'scan001 (2).yaml',
      'scan001.jpg',
      'scan001.txt',
      'scan001.yaml',
    ]);
  });

  it('a slip takes only the scan of its own name', async () => {
    await scan('a.2.jpg');
    await scan('a.jpg.part');
    await slip('a');
    watch();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await di()).toEqual([]);
    await slip('a.2');
    await there('da-phat-hanh', 'a.2.jpg');
    expect(await has('a.yaml')).toBe(true);
  });

  it('a scan that is still being written is left alone', async () => {
    await slip('a');
    await scan('a.jpg');
    watch(250);
    for (let i = 0; i < 40; i++) {
      await writeFile(join(folder, 'a.jpg'), Buffer.alloc(1000 + i));
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(await readdir(folder)).toEqual(['a.jpg', 'a.yaml']);
    await scan('a.jpg');
    await there('da-phat-hanh', 'a.jpg');
    expect(await di()).toHaveLength(1);
  });

  it('one bad slip does not hold up the others', async () => {
    await symlink(join(folder, 'nowhere'), join(folder, 'a.yaml'));
    await scan('b.jpg');
    await slip('b');
    watch();
    await there('da-phat-hanh', 'b.jpg');
    expect(rig.log.join('')).toContain('scan could not be worked on');
  });

  it('trouble that passes by itself moves nothing: it is tried again', async () => {
    const { storage } = rig.service;
    let full = true;
    const disk = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    rig.service.storage = {
      ...storage,
      bytes: { ...storage.bytes, keepBuffer: (b) => (full ? disk() : storage.bytes.keepBuffer(b)) },
    };
    await scan('a.jpg');
    await slip('a');
    watch();
    await until('trouble', () => rig.log.some((line) => line.includes('scan could not be worked on')));
    expect(await has('a.yaml')).toBe(true);
    full = false;
    await there('da-phat-hanh', 'a.jpg');
    expect(await di()).toHaveLength(1);
  });
});
