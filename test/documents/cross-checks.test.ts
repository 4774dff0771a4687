import { describe, expect, it } from 'vitest';
import {
  appendixFindings,
  dateFindings,
  pageFindings,
  subjectFindings,
} from '../../documents/cross-checks.ts';
import { parseNumber } from '../../documents/number.ts';
import type { Found } from '../../documents/types.ts';

const found = <T>(value: T, confidence = 0.97): Found<T> => ({
  value,
  raw: null,
  confidence,
  method: 'text-layer',
  page: 1,
  box: null,
});
const codes = (findings: { code: string }[]) => findings.map((one) => one.code);

describe('pages that the text counts (VAL-03)', () => {
  it.each([
    ['Phụ lục gồm 05 trang', [2, 1], ['PAGES_DISAGREE']],
    ['(gồm có 03 (ba) trang)', [3], []],
    ['gồm 05 trang', [2, 3], []],
    ['gồm 02 tờ', [1], []],
    ['gồm 12 người', [1], []],
  ])('%s, files of %j pages: %j', (text, counts, expected) => {
    expect(
      codes(
        pageFindings(
          text,
          counts.map((pageCount) => ({ name: 'a.pdf', pageCount })),
        ),
      ),
    ).toEqual(expected);
  });

  it('says nothing where the pages of a file are unknown', () => {
    expect(
      pageFindings('gồm 09 trang', [
        { name: 'a.pdf', pageCount: 1 },
        { name: 'b.docx', pageCount: null },
      ]),
    ).toEqual([]);
  });
});

describe('the date of a document against its signing and sending', () => {
  it.each([
    ['2026-09-07', '2026-09-06', null, ['DATE_AFTER_SIGNING']],
    ['2026-09-07', '2026-09-07', '2026-09-08', []],
    ['2026-09-07', null, '2026-09-06', ['DATE_AFTER_SENDING']],
    ['2026-07-01', '2026-09-07', null, ['SIGNED_LONG_AFTER']],
  ])('%s, signed %s, sent %s: %j', (date, signedAt, sentAt, expected) => {
    expect(codes(dateFindings(found(date), { signedAt, sentAt }))).toEqual(expected);
  });

  it('an unsure date accuses nobody', () => {
    expect(dateFindings(found('2026-09-07', 0.6), { signedAt: '2026-09-01', sentAt: null })).toEqual([]);
  });

  it('speaks in Vietnamese, with dates as people write them', () => {
    const [finding] = dateFindings(found('2026-09-07'), { signedAt: '2026-09-06', sentAt: null });
    expect(finding?.detail).toBe('văn bản ghi ngày 07/09/2026 nhưng đã được ký số từ ngày 06/09/2026');
  });
});

describe('appendices that the text names (VAL-03)', () => {
  const alone = { files: [], hasMorePages: false };
  it.each([
    ['Chi tiết tại Phụ lục I và Phụ lục II.', alone, ['APPENDIX_MISSING']],
    ['(có danh sách kèm theo)', alone, ['APPENDIX_MISSING']],
    ['Chi tiết tại Phụ lục I.', { files: ['phu-luc.xlsx'], hasMorePages: false }, []],
    ['Chi tiết tại Phụ lục I.', { files: [], hasMorePages: true }, []],
    ['theo Mẫu số 09 Phụ lục II kèm theo Nghị định số 30/2020/NĐ-CP', alone, []],
    ['Báo cáo tình hình chung.', alone, []],
  ])('%s', (text, received, expected) => {
    expect(codes(appendixFindings(text, received))).toEqual(expected);
  });
});

describe('the subject of the mail against the document (VAL-13)', () => {
  const document = { number: found(parseNumber('12/QĐ-SNV')!), date: found('2026-09-07') };
  it.each([
    ['Gửi Quyết định số 12/QĐ-SNV ngày 07/9/2026', []],
    ['Gửi Quyết định số 21/QĐ-SNV', ['SUBJECT_NUMBER_DISAGREES']],
    ['Trả lời Công văn số 21/UBND-NC', []],
    ['Quyết định 12/QĐ-SNV ngày 08/9/2026', ['SUBJECT_DATE_DISAGREES']],
  ])('%s', (subject, expected) => {
    expect(codes(subjectFindings(subject, document))).toEqual(expected);
  });
});
