import { describe, expect, it } from 'vitest';
import type { RenderContext } from '../../../mail/compose/context.ts';
import type {
  ArrivedIntent,
  FailedIntent,
  IssuedIntent,
  RegisteredIntent,
  ReturnedIntent,
} from '../../../mail/compose/intent.ts';
import { basisText, REASON_CODES, reasonLines, requestSentence } from '../../../mail/compose/reasons.ts';
import { render } from '../../../mail/compose/render.ts';

const context: RenderContext = {
  agency: {
    code: 'H99.01',
    name: 'Ủy ban nhân dân xã Mẫu',
    address: 'vanthu@xamau.example.gov.vn',
    clerkUnit: 'Văn thư - Văn phòng UBND xã',
    phone: '0200 000 000',
    place: 'Xã Mẫu',
  },
  token: 'abcdefghijklmnopqrstuvwxyz',
  messageIdHeader: '<cv.abcdefghijklmnopqrstuvwxyz@xamau.example.gov.vn>',
  date: new Date('2026-11-20T08:05:00.000Z'),
  entry: { number: 123, soKyHieu: '45/QĐ-UBND' },
  to: 'snv@mau.example.gov.vn',
  toName: 'Sở Nội vụ tỉnh Mẫu',
  files: [
    { name: 'Quyết định 45.pdf', path: '/khong-doc', contentType: 'application/pdf' },
    { name: 'Phụ lục.xlsx', path: '/khong-doc', contentType: 'application/octet-stream' },
  ],
};

const about = { messageId: '<cv.zzzzzzzzzzzzzzzz2222@mau.example.gov.vn>', references: [], token: null };
const sha256 = 'a'.repeat(64);

const arrived: ArrivedIntent = {
  about,
  subject: '12/QĐ-SNV về việc thử nghiệm',
  senderAddress: 'snv@mau.example.gov.vn',
  enteredAt: '2026-11-20T08:04:59.000Z',
  deemedReceivedAt: '2026-11-20T08:04:59.000Z',
  files: [
    { name: 'QD12.pdf', sha256, verdict: null },
    { name: 'Phụ lục.xlsx', sha256, verdict: null },
  ],
  lookup: 'm-000123',
};

const registered: RegisteredIntent = {
  about,
  soKyHieu: '12/QĐ-SNV',
  ngayVanBan: '2026-02-05',
  ngayDen: '2026-11-20',
  tacGia: 'Sở Nội vụ tỉnh Mẫu',
  tenLoai: 'Quyết định',
  trichYeu: 'về việc thử nghiệm',
  signatureResult: 'Chữ ký số của người có thẩm quyền và của cơ quan hợp lệ',
  signatureValid: true,
  paper: false,
  enteredAt: '2026-11-20T08:04:59.000Z',
  deemedReceivedAt: '2026-11-20T08:04:59.000Z',
  files: [{ name: 'QD12.pdf', sha256, verdict: 'valid' }],
};

const returned: ReturnedIntent = {
  about,
  soKyHieu: '12/QĐ-SNV',
  ngayVanBan: '2026-11-19',
  trichYeu: 'về việc thử nghiệm',
  sentAt: '2026-11-20T00:30:00.000Z',
  enteredAt: '2026-11-20T00:31:00.000Z',
  deemedReceivedAt: '2026-11-20T00:31:00.000Z',
  reasons: [{ code: 'TC02', detail: 'chứng thư số hết hiệu lực tại thời điểm ký' }],
  regulation: 'ND30-2020',
  personName: 'Nguyễn Thị Mẫu',
  personTitle: 'Văn thư',
  files: [],
};

const failed: FailedIntent = {
  soKyHieu: '45/QĐ-UBND',
  ngayVanBan: '2026-11-20',
  recipientName: 'Sở Nội vụ tỉnh Mẫu',
  recipientAddress: 'snv@mau.example.gov.vn',
  sentAt: '2026-11-20T08:04:00.000Z',
  cause: 'Địa chỉ không tồn tại',
  status: '5.1.1',
  diagnostic: 'User unknown',
  deadline: '2026-11-23',
  advice: ['check-address', 'send-paper'],
};

const issued: IssuedIntent = {
  ngayVanBan: '2026-11-20',
  tenLoai: 'Quyết định',
  trichYeu: 'về việc thử nghiệm',
  urgency: 'THUONG',
  signerName: 'Nguyễn Văn Mẫu',
  signerTitle: 'Chủ tịch',
  paper: false,
};

function linesOf(text: string): string[] {
  return text.split('\n');
}

describe('the exact words (DOMAIN 7.4)', () => {
  it('T1, xác nhận đã đến', () => {
    const { subject, text } = render('T1', arrived, context);
    expect(subject).toBe('[ĐÃ ĐẾN] 12/QĐ-SNV về việc thử nghiệm');
    expect(text).toBe(`Kính gửi: Sở Nội vụ tỉnh Mẫu

Hệ thống tiếp nhận văn bản điện tử của Ủy ban nhân dân xã Mẫu xin thông báo: thư điện tử của
Quý cơ quan đã đến hộp thư điện tử công vụ vanthu@xamau.example.gov.vn.

- Tiêu đề thư: 12/QĐ-SNV về việc thử nghiệm
- Người gửi: snv@mau.example.gov.vn
- Thời điểm thư nhập vào hệ thống: 15 giờ 04 phút, ngày 20 tháng 11 năm 2026
- Số tệp đính kèm nhận được: 2 (QD12.pdf; Phụ lục.xlsx)
- Mã tra cứu: m-000123

Thông báo này được lập tự động, chỉ xác nhận thư đã đến; không phải là xác nhận văn bản
hợp lệ hoặc đã được đăng ký vào Sổ đăng ký văn bản đến. Kết quả tiếp nhận sẽ được thông
báo đến Quý cơ quan sau khi văn thư kiểm tra.

Trường hợp cần trao đổi, xin liên hệ Văn thư - Văn phòng UBND xã, điện thoại 0200 000 000.

Trân trọng./.
`);
  });

  it('T2, xác nhận tiếp nhận, đăng ký', () => {
    const { subject, text } = render('T2', registered, context);
    expect(subject).toBe('[ĐÃ TIẾP NHẬN] Văn bản số 12/QĐ-SNV ngày 05 tháng 02 năm 2026');
    expect(text).toBe(`Kính gửi: Sở Nội vụ tỉnh Mẫu

Ủy ban nhân dân xã Mẫu xác nhận đã nhận được văn bản điện tử hợp lệ của Quý cơ quan và đã đăng ký
vào Sổ đăng ký văn bản đến:

- Số, ký hiệu: 12/QĐ-SNV; ngày 05 tháng 02 năm 2026
- Cơ quan ban hành: Sở Nội vụ tỉnh Mẫu
- Tên loại, trích yếu: Quyết định về việc thử nghiệm
- Số đến: 123; ngày đến: 20 tháng 11 năm 2026
- Kết quả kiểm tra chữ ký số: Chữ ký số của người có thẩm quyền và của cơ quan hợp lệ
- Bản giấy kèm theo: không

Trân trọng./.
`);
  });

  it('T3, trả lại kèm lý do', () => {
    const { subject, text } = render('T3', returned, context);
    expect(subject).toBe('[TRẢ LẠI] Văn bản số 12/QĐ-SNV ngày 19 tháng 11 năm 2026');
    expect(text).toBe(`Kính gửi: Sở Nội vụ tỉnh Mẫu

Ủy ban nhân dân xã Mẫu đã nhận được thư điện tử của Quý cơ quan gửi 07 giờ 30 phút, ngày 20 tháng 11 năm 2026, kèm văn bản
số 12/QĐ-SNV ngày 19 tháng 11 năm 2026 ("về việc thử nghiệm"). Qua kiểm tra, văn bản chưa đủ điều kiện tiếp nhận
vì lý do sau:

- Chữ ký số không hợp lệ: chứng thư số hết hiệu lực tại thời điểm ký (mã TC02).

Căn cứ: điểm a khoản 2 Điều 21, điểm b khoản 2 Điều 21 Nghị định số 30/2020/NĐ-CP.
Đề nghị Quý cơ quan ký số lại, phát hành lại và gửi lại đến hộp thư vanthu@xamau.example.gov.vn. Văn bản nêu trên chưa được
đăng ký vào Sổ đăng ký văn bản đến của Ủy ban nhân dân xã Mẫu.

Người thực hiện: Nguyễn Thị Mẫu, Văn thư, điện thoại 0200 000 000.

Trân trọng./.
`);
  });

  it('T6, gửi không thành công', () => {
    const { subject, text } = render('T6', failed, context);
    expect(subject).toBe('[GỬI KHÔNG THÀNH CÔNG] Văn bản số 45/QĐ-UBND – Sở Nội vụ tỉnh Mẫu');
    expect(
      text,
    ).toBe(`Văn bản số 45/QĐ-UBND ngày 20 tháng 11 năm 2026 chưa gửi được đến Sở Nội vụ tỉnh Mẫu (snv@mau.example.gov.vn).

- Thời điểm gửi: 15 giờ 04 phút, ngày 20 tháng 11 năm 2026
- Nguyên nhân: Địa chỉ không tồn tại (máy chủ báo: 5.1.1 User unknown)
- Thời hạn gửi theo quy định: ngày 23 tháng 11 năm 2026

Đề nghị: kiểm tra địa chỉ hoặc gửi bản giấy và ghi kết quả vào hệ thống.
`);
  });

  it('T8, thư gửi văn bản', () => {
    const { subject, text } = render('T8', issued, context);
    expect(subject).toBe('45/QĐ-UBND – Ủy ban nhân dân xã Mẫu: về việc thử nghiệm');
    expect(text).toBe(`Kính gửi: Sở Nội vụ tỉnh Mẫu

Ủy ban nhân dân xã Mẫu gửi Quý cơ quan văn bản điện tử:
- Số, ký hiệu: 45/QĐ-UBND; ngày 20 tháng 11 năm 2026
- Tên loại, trích yếu: Quyết định về việc thử nghiệm
- Mức độ khẩn: Thường
- Người ký: Chủ tịch Nguyễn Văn Mẫu
- Tệp kèm theo: Quyết định 45.pdf; Phụ lục.xlsx
- Bản giấy: không gửi

Đề nghị Quý cơ quan thông báo việc nhận văn bản qua hộp thư vanthu@xamau.example.gov.vn.
Trân trọng./.
`);
  });
});

describe('lines that depend on the case', () => {
  it('T1 tells the deemed time only when it is another (TIM-03)', () => {
    const { text } = render(
      'T1',
      { ...arrived, enteredAt: '2026-11-20T12:15:00Z', deemedReceivedAt: '2026-11-23T00:30:00Z' },
      context,
    );
    expect(linesOf(text)).toContain(
      '- Thời điểm được tính là nhận: 07 giờ 30 phút, ngày 23 tháng 11 năm 2026 (thư nhập vào hệ thống ngoài giờ hành chính)',
    );
    expect(render('T1', arrived, context).text).not.toContain('được tính là nhận');
  });

  it.each([
    [0, '- Số tệp đính kèm nhận được: 0'],
    [1, '- Số tệp đính kèm nhận được: 1 (t0.pdf)'],
    [
      22,
      `- Số tệp đính kèm nhận được: 22 (${Array.from({ length: 20 }, (_, i) => `t${i}.pdf`).join('; ')}; và 2 tệp khác)`,
    ],
  ])('T1 with %i files', (count, expected) => {
    const files = Array.from({ length: count }, (_, i) => ({ name: `t${i}.pdf`, sha256, verdict: null }));
    expect(linesOf(render('T1', { ...arrived, files }, context).text)).toContain(expected);
  });

  it('T2 says "hợp lệ" only of valid signatures', () => {
    const { text } = render(
      'T2',
      {
        ...registered,
        signatureValid: false,
        signatureResult: 'Văn bản số hóa không có chữ ký số; đề nghị gửi bản giấy theo quy định',
      },
      context,
    );
    expect(text).toContain('xác nhận đã nhận được văn bản điện tử của Quý cơ quan');
    expect(text).not.toContain('hợp lệ');
  });

  it('T2 and T3 write (chưa xác định) for what was not found', () => {
    const unknown = { soKyHieu: null, ngayVanBan: null, tacGia: null, tenLoai: null, trichYeu: null };
    const { subject, text } = render('T2', { ...registered, ...unknown }, context);
    expect(subject).toBe('[ĐÃ TIẾP NHẬN] Văn bản số (chưa xác định) ngày (chưa xác định)');
    expect(linesOf(text)).toEqual(
      expect.arrayContaining([
        '- Số, ký hiệu: (chưa xác định); ngày (chưa xác định)',
        '- Cơ quan ban hành: (chưa xác định)',
        '- Tên loại, trích yếu: (chưa xác định)',
      ]),
    );
  });

  it('a sender who is in no directory is addressed by the mail address', () => {
    expect(render('T1', arrived, { ...context, toName: null }).text).toMatch(
      /^Kính gửi: snv@mau\.example\.gov\.vn\n/,
    );
  });

  it.each([
    ['THUONG', '45/QĐ-UBND', 'Thường'],
    ['KHAN', '[KHẨN] 45/QĐ-UBND', 'Khẩn'],
    ['THUONG_KHAN', '[THƯỢNG KHẨN] 45/QĐ-UBND', 'Thượng khẩn'],
    ['HOA_TOC', '[HỎA TỐC] 45/QĐ-UBND', 'Hỏa tốc'],
    ['HOA_TOC_HEN_GIO', '[HỎA TỐC HẸN GIỜ] 45/QĐ-UBND', 'Hỏa tốc hẹn giờ'],
  ] as const)('T8 %s', (urgency, start, words) => {
    const { subject, text } = render('T8', { ...issued, urgency }, context);
    expect(subject.startsWith(`${start} –`)).toBe(true);
    expect(linesOf(text)).toContain(`- Mức độ khẩn: ${words}`);
  });

  it('T8 of an unsigned scan says that the paper follows, and a long trích yếu is shortened in the subject only', () => {
    const trichYeu = 'về việc tổ chức thử nghiệm trao đổi văn bản điện tử '.repeat(4).trim();
    const { subject, text } = render('T8', { ...issued, trichYeu, paper: true }, context);
    expect(linesOf(text)).toContain('- Bản giấy: gửi theo đường công văn');
    expect(text).toContain(trichYeu);
    expect(subject).toMatch(/^45\/QĐ-UBND – Ủy ban nhân dân xã Mẫu: .{60,99}…$/u);
  });

  it('values that others wrote cannot forge a line, hide or turn the text', () => {
    const subject = 'Thử\r\n- Số đến: 999\u202e\u0000 x';
    const { text } = render(
      'T1',
      { ...arrived, subject, files: [{ name: 'a\nb\u202egpj.exe', sha256, verdict: null }] },
      context,
    );
    expect(linesOf(text)).toContain('- Tiêu đề thư: Thử - Số đến: 999 x');
    expect(linesOf(text)).toContain('- Số tệp đính kèm nhận được: 1 (a b gpj.exe)');
    expect(linesOf(text)).toHaveLength(linesOf(render('T1', arrived, context).text).length);
  });

  it.each(['T1', 'T2', 'T3', 'T6', 'T8'] as const)(
    '%s without its values is refused, not sent half empty',
    (kind) => {
      expect(() => render(kind, {}, context)).toThrow(
        expect.objectContaining({ code: 'INTENT_INVALID', temporary: false }),
      );
    },
  );

  it('T2 and T8 without their number, T8 without a file, T3 without a person are refused', () => {
    const refused = expect.objectContaining({ code: 'INTENT_INVALID' });
    expect(() => render('T2', registered, { ...context, entry: null })).toThrow(refused);
    expect(() => render('T8', issued, { ...context, entry: { number: 1, soKyHieu: null } })).toThrow(refused);
    expect(() => render('T8', issued, { ...context, files: [] })).toThrow(refused);
    expect(() => render('T3', { ...returned, personName: ' ' }, context)).toThrow(refused);
    expect(() => render('T3', { ...returned, reasons: [] }, context)).toThrow(refused);
  });
});

describe('reasons of a return (T3)', () => {
  const N30 = 'Nghị định số 30/2020/NĐ-CP';
  const HERE = ' đến hộp thư h@x.vn.';
  it.each([
    [
      'TC01',
      null,
      'Văn bản không có chữ ký số của người có thẩm quyền và/hoặc của cơ quan ban hành',
      `ký số theo quy định và gửi lại${HERE}`,
      `Điều 5, điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC02',
      'nội dung đã thay đổi sau khi ký',
      'Chữ ký số không hợp lệ: nội dung đã thay đổi sau khi ký',
      `ký số lại, phát hành lại và gửi lại${HERE}`,
      `điểm a khoản 2 Điều 21, điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC03',
      null,
      'Không xác thực được nguồn gốc nơi gửi (địa chỉ gửi không thuộc danh bạ thư điện tử công vụ)',
      `gửi từ hộp thư công vụ của cơ quan và gửi lại${HERE}`,
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC04',
      'phụ lục 2',
      'Văn bản không đầy đủ: thiếu phụ lục 2',
      `bổ sung và gửi lại toàn bộ${HERE}`,
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC05',
      'a.pdf',
      'Tệp bị lỗi, không mở được hoặc định dạng không phù hợp: a.pdf',
      `gửi lại ở định dạng PDF${HERE}`,
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC06',
      null,
      'Văn bản gửi sai nơi nhận',
      'gửi đến cơ quan có tên tại mục "Kính gửi"/"Nơi nhận".',
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC07',
      null,
      'Tệp đính kèm có dấu hiệu chứa mã độc nên đã được cách ly',
      `kiểm tra máy tính, gửi lại tệp an toàn${HERE}`,
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC08',
      null,
      'Văn bản thiếu số, ký hiệu hoặc ngày, tháng, năm ban hành',
      `hoàn thiện thể thức và gửi lại${HERE}`,
      `Phụ lục I ${N30}`,
    ],
    [
      'TC09',
      null,
      'Văn bản thuộc loại không trao đổi qua mạng theo quy định',
      'gửi bằng hình thức khác theo quy định.',
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
    [
      'TC10',
      '87',
      'Văn bản trùng với văn bản đã đăng ký, số đến 87',
      'không cần gửi lại.',
      `điểm h khoản 1 mục III Phụ lục VI ${N30}`,
    ],
    [
      'TC99',
      'bản quét bị mờ',
      'Khác: bản quét bị mờ',
      `hoàn thiện theo lý do nêu trên và gửi lại${HERE}`,
      `điểm b khoản 2 Điều 21 ${N30}`,
    ],
  ])('%s', (code, detail, text, request, basis) => {
    const given = [{ code, detail }];
    expect(reasonLines(given)).toEqual([`- ${text} (mã ${code}).`]);
    expect(requestSentence(given, 'h@x.vn')).toBe(`Đề nghị Quý cơ quan ${request}`);
    expect(basisText(given, 'ND30-2020')).toBe(basis);
  });

  it('every code of the table is known', () => {
    expect(REASON_CODES).toEqual([
      'TC01',
      'TC02',
      'TC03',
      'TC04',
      'TC05',
      'TC06',
      'TC07',
      'TC08',
      'TC09',
      'TC10',
      'TC99',
    ]);
  });

  it('the regulation in force is named where it speaks of the reason, and others are not', () => {
    const given = [
      { code: 'TC01', detail: null },
      { code: 'TC05', detail: null },
    ];
    expect(basisText(given, 'SL-2588-2018')).toBe(
      `Điều 5, điểm b khoản 2 Điều 21 ${N30}; điểm a khoản 1 Điều 10, điểm b khoản 2 Điều 11 Quyết định số 2588/QĐ-UBND năm 2018 của UBND tỉnh Sơn La`,
    );
    expect(basisText(given, 'LC-48-2017')).toBe(`Điều 5, điểm b khoản 2 Điều 21 ${N30}`);
  });

  it('several requests make one sentence, which asks for sending again once', () => {
    const given = ['TC05', 'TC01', 'TC06'].map((code) => ({ code, detail: null }));
    expect(requestSentence(given, 'h@x.vn')).toBe(
      'Đề nghị Quý cơ quan gửi đến cơ quan có tên tại mục "Kính gửi"/"Nơi nhận"; ký số theo quy định; gửi lại ở định dạng PDF đến hộp thư h@x.vn.',
    );
  });

  it('a duplicate is not said to be missing from the register (TC10)', () => {
    const { text } = render('T3', { ...returned, reasons: [{ code: 'TC10', detail: '87' }] }, context);
    expect(text).not.toContain('chưa được\nđăng ký');
    expect(text).toContain('Thư nêu trên không được\nđăng ký thêm một lần nữa');
  });
});
