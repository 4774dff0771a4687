import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { byteStore, sweepTemporary } from '../../storage/bytes.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

async function* stream(...chunks: string[]) {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

describe('bytes by SHA-256', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'congvan-bytes-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const temporary = () => (existsSync(join(dataDir, 'tmp')) ? readdirSync(join(dataDir, 'tmp')) : []);

  test('what was streamed in lies under its hash, readable by nobody else', async () => {
    const bytes = byteStore(dataDir);
    const kept = await bytes.keep(stream('Công', ' văn'));
    expect(kept).toEqual({ sha256: sha('Công văn'), size: 10 });
    expect(readFileSync(bytes.pathOf(kept.sha256), 'utf8')).toBe('Công văn');
    expect(statSync(bytes.pathOf(kept.sha256)).mode & 0o077).toBe(0);
    expect(await bytes.has(kept.sha256)).toBe(true);
    expect(await bytes.has(sha('other'))).toBe(false);
    expect(temporary()).toEqual([]);
  });

  test('the same bytes are not written again, but a file of another length is made whole', async () => {
    const bytes = byteStore(dataDir);
    const { sha256 } = await bytes.keepBuffer(Buffer.from('letter'));
    const path = bytes.pathOf(sha256);
    const inode = statSync(path).ino;
    await bytes.keepBuffer(Buffer.from('letter'));
    expect(statSync(path).ino).toBe(inode);
    writeFileSync(path, 'let');
    await bytes.keepBuffer(Buffer.from('letter'));
    expect(readFileSync(path, 'utf8')).toBe('letter');
  });

  test('many writers of the same bytes do not disturb each other', async () => {
    const stores = [byteStore(dataDir), byteStore(dataDir)];
    const kept = await Promise.all(
      Array.from({ length: 30 }, (_, i) => stores[i % 2]!.keep(stream('same', ' bytes'))),
    );
    expect(new Set(kept.map((one) => one.sha256)).size).toBe(1);
    expect(readFileSync(stores[0]!.pathOf(kept[0]!.sha256), 'utf8')).toBe('same bytes');
    expect(temporary()).toEqual([]);
  });

  test.each(['ENOSPC', 'EDQUOT'])(
    'a full disk (%s) is said plainly, is temporary, and leaves nothing behind',
    async (code) => {
      let written = 0;
      const bytes = byteStore(dataDir, (length) => {
        written += length;
        if (written > 6) throw Object.assign(new Error('no space left on device'), { code });
      });
      await expect(bytes.keep(stream('first ', 'second'))).rejects.toMatchObject({
        code: 'DISK_FULL',
        temporary: true,
      });
      expect(temporary()).toEqual([]);
      expect(await bytes.has(sha('first second'))).toBe(false);
      written = -100;
      expect(await bytes.keep(stream('first ', 'second'))).toMatchObject({ sha256: sha('first second') });
    },
  );

  test('a source that breaks off leaves nothing behind', async () => {
    async function* broken() {
      yield Buffer.from('half');
      throw new Error('connection lost');
    }
    await expect(byteStore(dataDir).keep(broken())).rejects.toThrow('connection lost');
    expect(temporary()).toEqual([]);
  });

  test.each(['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`])('%j is no name', (name) => {
    expect(() => byteStore(dataDir).pathOf(name)).toThrow(expect.objectContaining({ code: 'BYTES_NAME' }));
  });

  test('what a killed process left long ago is swept, what is being written is not', async () => {
    mkdirSync(join(dataDir, 'tmp'));
    for (const name of ['old', 'new']) writeFileSync(join(dataDir, 'tmp', name), 'x');
    const now = Date.parse('2026-11-20T03:00:00Z');
    utimesSync(join(dataDir, 'tmp', 'old'), now / 1000 - 90_000, now / 1000 - 90_000);
    utimesSync(join(dataDir, 'tmp', 'new'), now / 1000 - 60, now / 1000 - 60);
    await sweepTemporary(dataDir, now);
    expect(temporary()).toEqual(['new']);
  });
});
