import { describe, expect, it } from 'vitest';
import { render } from '../../mail/compose/render.ts';
import { parseLetterBody } from '../../mail/letter-body.ts';

const NOTHING = {
  numberAndSymbol: null,
  date: null,
  typeAndAbstract: null,
  urgency: null,
  signer: null,
  files: null,
  paper: null,
};

const { text } = render(
  'T8',
  {
    ngayVanBan: '2026-02-05',
    tenLoai: 'Quyết định',
    trichYeu: 'về việc thử nghiệm trao đổi văn bản: giai đoạn 2',
    urgency: 'HOA_TOC',
    signerName: 'Nguyễn Văn Mẫu',
    signerTitle: 'Chủ tịch',
    paper: true,
  },
  {
    agency: {
      code: 'H99',
      name: 'Ủy ban nhân dân xã Mẫu',
      address: 'a@b.vn',
      clerkUnit: '',
      phone: '',
      place: '',
    },
    token: 'a'.repeat(26),
    messageIdHeader: '<a@b>',
    date: new Date(0),
    entry: { number: 45, soKyHieu: '45/QĐ-UBND' },
    to: 'x@y.vn',
    toName: null,
    files: [{ name: 'Quyết định.pdf', path: '', contentType: 'application/pdf' }],
  },
);

const READ = {
  numberAndSymbol: '45/QĐ-UBND',
  date: '05 tháng 02 năm 2026',
  typeAndAbstract: 'Quyết định về việc thử nghiệm trao đổi văn bản: giai đoạn 2',
  urgency: 'Hỏa tốc',
  signer: 'Chủ tịch Nguyễn Văn Mẫu',
  files: 'Quyết định.pdf',
  paper: 'gửi theo đường công văn',
};

describe('the lines of a T8 body', () => {
  it('what we write, we read', () => {
    expect(parseLetterBody(text)).toEqual(READ);
  });

  it.each([
    ['CRLF', (t: string) => t.replaceAll('\n', '\r\n')],
    ['decomposed letters', (t: string) => t.normalize('NFD')],
    ['no-break spaces', (t: string) => t.replaceAll(' ', '\u00a0')],
    ['another bullet', (t: string) => t.replaceAll('\n- ', '\n• ')],
    ['no bullet', (t: string) => t.replaceAll('\n- ', '\n')],
    ['indented', (t: string) => t.replaceAll('\n', '\n    ')],
    [
      'wrapped lines',
      (t: string) => t.replace('thử nghiệm trao', 'thử nghiệm\ntrao').replace('tháng 02', 'tháng\n02'),
    ],
    ['kí hiệu, người kí', (t: string) => t.replace('Số, ký', 'Số, kí').replace('Người ký', 'Người kí')],
    [
      'capitals',
      (t: string) => t.replace('Số, ký hiệu', 'SỐ, KÝ HIỆU').replace('Mức độ khẩn', 'MỨC ĐỘ KHẨN'),
    ],
    [
      'a letter below that it answers',
      (t: string) => `${t}\n\nSố, ký hiệu: 99/CV-KHAC; ngày 01 tháng 01 năm 2020\nNgười ký: Người khác`,
    ],
  ])('%s', (_what, change) => {
    expect(parseLetterBody(change(text))).toEqual(READ);
  });

  it.each([
    ['Số/ký hiệu: 12/UBND-VX\nNgày: 20/11/2026', { numberAndSymbol: '12/UBND-VX', date: '20/11/2026' }],
    ['Số ký hiệu : 12/UBND-VX, ngày 20/11/2026', { numberAndSymbol: '12/UBND-VX', date: '20/11/2026' }],
    ['Trích yếu: V/v họp', { typeAndAbstract: 'V/v họp' }],
    ['Tên loại và trích yếu nội dung: Báo cáo quý', { typeAndAbstract: 'Báo cáo quý' }],
    ['- Số, ký hiệu: (chưa xác định); ngày (chưa xác định)', {}],
    ['- Số, ký hiệu:\n- Người ký:', {}],
    ['Kính gửi: Sở Nội vụ\nĐề nghị xem xét.\nTrân trọng./.', {}],
    ['> Số, ký hiệu: 12/UBND', {}],
    ['', {}],
  ])('%j', (body, read) => {
    expect(parseLetterBody(body)).toEqual({ ...NOTHING, ...read });
  });

  it('a body without end is read to a limit, at once', () => {
    const before = performance.now();
    const body = parseLetterBody(`Người ký: ${'a '.repeat(2_000_000)}`);
    expect(body.signer?.length).toBeLessThanOrEqual(1_000);
    parseLetterBody(`${':'.repeat(60_000)}\n${'ngày '.repeat(12_000)}`);
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
