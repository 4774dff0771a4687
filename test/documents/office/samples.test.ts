import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TextLine } from '../../../documents/layout.ts';
import { fold } from '../../../documents/normalise.ts';
import { officeKind, officeLines } from '../../../documents/office/read-office.ts';

const SAMPLES = new URL('../../../../shared/document-samples/', import.meta.url);

interface Truth {
  file: string;
  coQuanBanHanh: string;
  soKyHieu: string | null;
  nguoiKy: string | null;
  chucVuNguoiKy: string | null;
  cacNguoiKy: unknown;
}

const truths = existsSync(SAMPLES)
  ? readFileSync(new URL('truth.jsonl', SAMPLES), 'utf8')
      .trim()
      .split('\n')
      .map((line): Truth => JSON.parse(line))
      .filter(({ file }) => /\.(?:docx|doc|txt)$/.test(file))
  : [];

const squeezed = (text: string) =>
  fold(text)
    .replace(/[\s–-]+/g, ' ')
    .trim();
const left = (line: TextLine) => line.box[0] < 0.42;
const right = (line: TextLine) => (line.box[0] + line.box[2]) / 2 > 0.55;

describe.skipIf(truths.length === 0)('the Office and text files among ../shared/document-samples', () => {
  test.each(truths)('$file: head and signature stand where they belong', async (truth) => {
    const bytes = readFileSync(new URL(truth.file, SAMPLES));
    const { pages, defects } = await officeLines(bytes, officeKind(bytes, truth.file)!);
    expect(defects.filter((one) => one.code !== 'SPLIT_LETTERS')).toEqual([]);
    const head = pages[0]!.filter((line) => line.box[1] < 0.3);
    const column = squeezed(
      head
        .filter(left)
        .map((line) => line.text)
        .join(' '),
    );
    expect(column).toContain(squeezed(truth.coQuanBanHanh));
    if (truth.soKyHieu !== null) expect(column).toContain(squeezed(truth.soKyHieu));
    expect(head.filter(right).some((line) => /^CONG H/.test(fold(line.text)))).toBe(true);
    if (truth.nguoiKy === null) return;
    const page = pages.find((lines) => lines.some((line) => line.text === truth.nguoiKy))!;
    const name = page.find((line) => line.text === truth.nguoiKy)!;
    const title = page.filter((line) => line.text === truth.chucVuNguoiKy).find(right)!;
    expect([right(name), title.box[1] < name.box[1]]).toEqual([true, true]);
    const recipients = page.find((line) => /^NOI NHAN/.test(fold(line.text)));
    if (recipients !== undefined) expect(left(recipients)).toBe(true);
  });
});
