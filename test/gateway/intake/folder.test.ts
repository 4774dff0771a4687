import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CongvanError } from '../../../config/error.ts';
import { startFolderIntake } from '../../../gateway/intake/folder.ts';
import type { RunningIntake } from '../../../gateway/intake/ports.ts';
import { type IntakeRig, intakeRig, letter, until } from '../../support/intake.ts';

let rig: IntakeRig;
let path: string;
let intake: RunningIntake | null = null;

beforeEach(async () => {
  rig = await intakeRig();
  path = await mkdtemp(join(tmpdir(), 'congvan-folder-'));
});
afterEach(async () => {
  await intake?.stop();
  intake = null;
  await rig.close();
  await rm(path, { recursive: true, force: true });
});

const start = (intervalMs = 100) => {
  intake = startFolderIntake({ path, intervalMs }, 1_000_000, rig.ports);
};
const done = () => readdir(join(path, 'done')).catch((): string[] => []);
const detail = async () => (await rig.storage.mailboxes.health())[0]?.detail ?? null;

describe('a watched folder', () => {
  it('takes in what lies there, byte by byte, then moves it away', async () => {
    const text = letter('trong thu muc');
    await writeFile(join(path, 'mot.eml'), text);
    await writeFile(join(path, 'ghi chu.txt'), 'khong phai thu');
    start();
    await until('moved', async () => (await done()).includes('mot.eml'));
    const [row] = rig.kept;
    expect(await readFile(rig.storage.bytes.pathOf(row?.sha256 ?? ''), 'utf8')).toBe(text);
    expect(row?.origin).toMatchObject({ channel: 'folder', mailbox: path, folder: null, envelopeFrom: null });
    expect(await readdir(path)).toEqual(['done', 'ghi chu.txt']);
  });

  it('a hint is enough: it does not wait for the listing', async () => {
    start(60_000);
    await until('first look', async () => (await rig.storage.mailboxes.health())[0]?.state === 'ok');
    await writeFile(join(path, 'moi.eml'), letter('moi'));
    await until('the letter', () => rig.kept.length === 1, 3000);
  });

  it('waits for a file that is still growing', async () => {
    const file = join(path, 'lon.eml');
    await writeFile(file, letter('lon'));
    start();
    let length = letter('lon').length;
    for (let round = 0; round < 8; round += 1) {
      await appendFile(file, 'them mot dong nua\r\n');
      length += 19;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(rig.kept).toEqual([]);
    }
    await until('the letter', () => rig.kept.length === 1);
    expect(rig.kept[0]?.size).toBe(length);
  });

  it('takes a file that was renamed in at the first look', async () => {
    const other = join(path, 'dang-ghi.tmp');
    await writeFile(other, letter('doi ten'));
    const old = new Date(Date.now() - 60_000);
    await utimes(other, old, old);
    await rename(other, join(path, 'doi-ten.eml'));
    const begun = performance.now();
    start(60_000);
    await until('the letter', () => rig.kept.length === 1);
    expect(performance.now() - begun).toBeLessThan(250);
    // Entry is when it was put here, not the old date that it carries along.
    expect(Date.parse(rig.kept[0]?.enteredAt ?? '')).toBeGreaterThan(Date.now() - 10_000);
  });

  it('leaves bad ones where they are, names them, and goes on with the others', async () => {
    await writeFile(join(path, 'a-rong.eml'), '');
    await writeFile(join(path, 'b-to.eml'), Buffer.alloc(1_000_001, 'x'));
    await mkdir(join(path, 'c-thu-muc.eml'));
    await symlink('/etc/hostname', join(path, 'd-lien-ket.eml'));
    await writeFile(join(path, 'e-tot.eml'), letter('tot'));
    start();
    await until('the good one', async () => (await done()).length === 1);
    await until('complaint', async () => /^4 tệp/.test((await detail()) ?? ''));
    expect(await detail()).toContain('a-rong.eml (tệp rỗng)');
    expect(await readdir(path)).toEqual([
      'a-rong.eml',
      'b-to.eml',
      'c-thu-muc.eml',
      'd-lien-ket.eml',
      'done',
    ]);
    expect(rig.kept).toHaveLength(1);
  });

  it('takes the same letter in once, also after a restart and under another name', async () => {
    await writeFile(join(path, 'mot.eml'), letter('mot'));
    start();
    await until('moved', async () => (await done()).length === 1);
    await intake?.stop();
    await writeFile(join(path, 'hai.eml'), letter('mot'));
    start();
    await until('moved, too', async () => (await done()).length === 2);
    expect(rig.kept).toHaveLength(1);
    expect(await rig.storage.messages.list({})).toHaveLength(1);
  });

  it('never overwrites an older file of the same name in done/', async () => {
    await mkdir(join(path, 'done'));
    await writeFile(join(path, 'done', 'mot.eml'), 'cu');
    await writeFile(join(path, 'mot.eml'), letter('moi'));
    start();
    await until('moved', async () => (await done()).length === 2);
    expect((await done()).sort()).toEqual(['mot-1.eml', 'mot.eml']);
    expect(await readFile(join(path, 'done', 'mot.eml'), 'utf8')).toBe('cu');
  });

  it('a move that fails is without consequence', async () => {
    await writeFile(join(path, 'done'), 'mot tep chan duong');
    await writeFile(join(path, 'mot.eml'), letter('mot'));
    start();
    await until('the letter', () => rig.kept.length === 1);
    await until('warning', () => rig.warnings.some((warning) => warning.includes('done/')));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(rig.warnings.filter((warning) => warning.includes('done/'))).toHaveLength(1);
  });

  it('on a full disk the files stay, it is said so, and they are taken in later', async () => {
    let full = true;
    await rig.close();
    rig = await intakeRig((bytes) => ({
      ...bytes,
      keep: (content) => (full ? Promise.reject(new CongvanError('DISK_FULL', 'đầy')) : bytes.keep(content)),
    }));
    await writeFile(join(path, 'mot.eml'), letter('mot'));
    start();
    await until('disk-full', async () => (await rig.storage.mailboxes.health())[0]?.state === 'disk-full');
    expect(await readdir(path)).toEqual(['mot.eml']);
    full = false;
    await until('the letter', () => rig.kept.length === 1);
  });

  it('a folder that is not there is shown, and watched once it is there', async () => {
    await rm(path, { recursive: true });
    start();
    await until('stuck', async () => (await rig.storage.mailboxes.health())[0]?.state === 'stuck');
    await mkdir(path);
    await writeFile(join(path, 'mot.eml'), letter('mot'));
    await until('the letter', () => rig.kept.length === 1);
  });
});
