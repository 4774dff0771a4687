import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { read } from '../../../gateway/reading/read.ts';
import type { ReaderSetup } from '../../../gateway/reading/task.ts';
import { DEFAULT_READING_LIMITS } from '../../../mail/limits.ts';
import { byteStore } from '../../../storage/bytes.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'congvan-reading-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const SETUP: ReaderSetup = {
  dataDir,
  limits: DEFAULT_READING_LIMITS,
  agencies: [],
  sender: { check: false, trustedAuthservIds: [], resolver: 'system' },
  blockedExtensions: [],
};
const HEAD = 'From: vanthu@h99.example.gov.vn\r\nSubject: Gui van ban\r\nMIME-Version: 1.0\r\n';
const alternative = (html: string) =>
  `Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKính gửi Sở Mẫu\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n--a--\r\n`;

async function secrecyOf(raw: string) {
  const { sha256 } = await byteStore(dataDir).keep(
    (async function* () {
      yield Buffer.from(raw);
    })(),
  );
  const task = {
    type: 'read',
    sha256,
    envelopeFrom: null,
    clientIp: null,
    clientHelo: null,
    now: '2026-11-20T02:00:00.000Z',
  } as const;
  return (await read(task, SETUP)).secrecy.map(({ level, where, part }) => [level, where, part]);
}

describe('DOMAIN 8.2 a secrecy mark', () => {
  const marked = alternative('<p>Kính gửi Sở Mẫu</p><p>&nbsp;</p><p><b>TỐI MẬT</b></p><p>&nbsp;</p>');
  it('that stands only in the HTML alternative is found', async () => {
    expect(await secrecyOf(HEAD + marked)).toEqual([['TOI_MAT', 'body', null]]);
  });

  it('in the HTML alternative of a forwarded letter is found', async () => {
    const outer = `${HEAD}Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: text/plain\r\n\r\nChuyen\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n${HEAD}${marked}\r\n--m--\r\n`;
    expect(await secrecyOf(outer)).toEqual([['TOI_MAT', 'body', '2']]);
  });

  it('is not seen in an alternative that says what the plain one says', async () => {
    expect(await secrecyOf(HEAD + alternative('<p>Kính gửi Sở Mẫu</p>'))).toEqual([]);
  });
});
