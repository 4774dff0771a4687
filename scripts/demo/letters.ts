/** The letters of the demo: what each is, how it comes, and what must become of it under the regulation in force. */
import { createHash } from 'node:crypto';
import { type LetterPart, makeLetter } from '../province/letter.ts';
import { makeTnef } from '../province/tnef.ts';
import { makeXlsx, makeZip } from '../province/zip.ts';
import { type DemoDocument, LETTER_DATE, OUR_MAILBOX, OUR_RELAY, type World } from './world.ts';

export interface DemoLetter {
  name: string;
  /** One Vietnamese line for the table. */
  title: string;
  /** SMTP = from a server of the province, whose SPF the gateway checks; LMTP = from our own mail server. */
  channel: 'smtp' | 'lmtp';
  from: string;
  to: string;
  raw: Buffer;
  sha256: string;
}

export function demoLetter(letter: Omit<DemoLetter, 'sha256'>): DemoLetter {
  return { ...letter, sha256: createHash('sha256').update(letter.raw).digest('hex') };
}

const PDF = 'application/pdf';

/** Everything but the bounce and the receipt, which need what was issued first. */
export async function demoLetters(world: World): Promise<DemoLetter[]> {
  const letters: DemoLetter[] = [];
  const add = (name: string, title: string, from: string, raw: Buffer, channel: 'smtp' | 'lmtp' = 'smtp') => {
    letters.push(demoLetter({ name, title, channel, from, to: OUR_MAILBOX, raw }));
    return raw;
  };
  const letter = (
    document: DemoDocument,
    parts: LetterPart[],
    change: Partial<Parameters<typeof makeLetter>[0]> = {},
  ) =>
    makeLetter({
      from: `${encodeName(document.issuer)} <${document.from}>`,
      to: OUR_MAILBOX,
      subject: `${document.soKyHieu} – ${document.issuer}: ${document.abstract}`,
      text: world.coverText(document),
      messageId: `${document.id}@${document.from.split('@')[1]}`,
      date: LETTER_DATE,
      parts,
      ...change,
    });
  const pdfPart = (content: Uint8Array, name: string): LetterPart => ({ name, type: PDF, content });

  const full = world.document('ky-du', 'snv', 'Kế hoạch', 'Cải cách hành chính năm 2027');
  const fullPdf = await world.signedPdf(full, ['leader', 'agency']);
  const first = add(
    'ky-du',
    'Ký số đủ: lãnh đạo và cơ quan',
    full.from,
    letter(full, [pdfPart(fullPdf, '145_KH-SNV.signed.pdf')]),
  );

  const scan = world.document(
    'scan-co-quan',
    'stc',
    'Thông báo',
    'Kết quả thẩm tra quyết toán dự án hoàn thành',
  );
  add(
    'scan-co-quan',
    'Bản quét có chữ ký số của cơ quan',
    scan.from,
    letter(scan, [pdfPart(await world.signedPdf(scan, ['agency'], { scan: true }), 'thong-bao.pdf')]),
  );

  const plain = world.document(
    'scan-khong-ky',
    'stc',
    'Công văn',
    'Về việc báo cáo số liệu thu ngân sách tháng 11',
  );
  add(
    'scan-khong-ky',
    'Bản quét không có chữ ký số',
    plain.from,
    letter(plain, [pdfPart(await world.signedPdf(plain, [], { scan: true }), 'cong-van.pdf')]),
  );

  const altered = world.document('sua-sau-ky', 'snv', 'Quyết định', 'Về việc kiện toàn Tổ công tác');
  add(
    'sua-sau-ky',
    'Tệp bị sửa sau khi ký',
    altered.from,
    letter(altered, [
      pdfPart(world.alter(await world.signedPdf(altered, ['leader', 'agency'])), 'quyet-dinh.pdf'),
    ]),
  );

  const expired = world.document('chung-thu-het-han', 'snv', 'Báo cáo', 'Công tác văn thư, lưu trữ năm 2026');
  add(
    'chung-thu-het-han',
    'Chứng thư số đã hết hạn, không có dấu thời gian',
    expired.from,
    letter(expired, [pdfPart(await world.signedPdf(expired, ['leader', 'expired-agency']), 'bao-cao.pdf')]),
  );

  const stranger = world.document('ca-la', 'stc', 'Tờ trình', 'Về việc điều chỉnh dự toán');
  add(
    'ca-la',
    'Chữ ký số của tổ chức chứng thực không rõ',
    stranger.from,
    letter(stranger, [
      pdfPart(await world.signedPdf(stranger, ['unknown-leader', 'unknown-agency']), 'to-trinh.pdf'),
    ]),
  );

  const one = world.document('hai-van-ban', 'ubnd', 'Thông báo', 'Lịch tiếp công dân tháng 12');
  const two = world.document('hai-van-ban-2', 'ubnd', 'Công văn', 'Về việc chuẩn bị Tết Nguyên đán 2027');
  add(
    'hai-van-ban',
    'Hai văn bản trong một thư',
    one.from,
    letter(
      one,
      [
        pdfPart(await world.signedPdf(one, ['leader', 'agency']), 'tb.pdf'),
        pdfPart(await world.signedPdf(two, ['leader', 'agency']), 'cv.pdf'),
      ],
      { subject: 'Gửi 02 văn bản của UBND tỉnh', text: 'Kính gửi: UBND xã Mẫu\n\nGửi kèm 02 văn bản.' },
    ),
  );

  const appendix = world.document(
    'phu-luc',
    'snv',
    'Công văn',
    'Về việc rà soát danh sách cán bộ không chuyên trách',
  );
  const sheet = makeXlsx([
    ['STT', 'Họ và tên', 'Chức danh'],
    ['1', 'Nguyễn Văn Mẫu', 'Phó ban'],
  ]);
  add(
    'phu-luc',
    'Văn bản kèm phụ lục (xlsx) và tệp nén',
    appendix.from,
    letter(appendix, [
      pdfPart(await world.signedPdf(appendix, ['leader', 'agency']), 'cong-van.pdf'),
      {
        name: 'Phụ lục 1.xlsx',
        type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        content: sheet,
      },
      {
        name: 'Phụ lục 2.zip',
        type: 'application/zip',
        content: makeZip([{ name: 'Phụ lục 2/Biểu mẫu.xlsx', content: sheet }]),
      },
    ]),
  );

  const outlook = world.document('winmail', 'stc', 'Công văn', 'Về việc hướng dẫn lập dự toán năm 2027');
  add(
    'winmail',
    'Tệp winmail.dat của Outlook',
    outlook.from,
    letter(outlook, [
      {
        name: 'winmail.dat',
        type: 'application/ms-tnef',
        content: makeTnef([
          { name: 'Công văn hướng dẫn.pdf', content: await world.signedPdf(outlook, ['leader', 'agency']) },
        ]),
      },
    ]),
  );

  const nested = world.document('thu-long-thu', 'snv', 'Công văn', 'Về việc cử cán bộ tập huấn');
  const inner = letter(nested, [
    pdfPart(await world.signedPdf(nested, ['leader', 'agency']), 'cong-van.pdf'),
  ]);
  add(
    'thu-long-thu',
    'Văn bản nằm trong thư chuyển tiếp',
    world.addressOf('ubnd'),
    makeLetter({
      from: world.addressOf('ubnd'),
      to: OUR_MAILBOX,
      subject: 'Chuyển tiếp: công văn của Sở Nội vụ',
      text: 'Xin chuyển thư kèm theo.',
      messageId: `chuyen-tiep@${world.addressOf('ubnd').split('@')[1]}`,
      date: LETTER_DATE,
      parts: [{ name: null, type: 'message/rfc822', content: inner }],
    }),
  );

  const old = world.document('windows-1258', 'stc', 'Công văn', 'Về việc quản lý tài sản công');
  add(
    'windows-1258',
    'Tiêu đề mã windows-1258',
    old.from,
    withSubject1258(letter(old, [pdfPart(await world.signedPdf(old, ['leader', 'agency']), 'cong-van.pdf')])),
  );

  add('gui-lai-y-nguyen', 'Gửi lại đúng thư đầu tiên', full.from, first);
  add(
    'gui-lai-thu-moi',
    'Gửi lại văn bản đầu tiên trong thư khác',
    full.from,
    letter(full, [pdfPart(fullPdf, 'van-ban-gui-lai.pdf')], {
      messageId: `gui-lai@${full.from.split('@')[1]}`,
    }),
  );

  const sameId = world.document('trung-message-id', 'snv', 'Công văn', 'Về việc thống kê số lượng hồ sơ');
  add(
    'trung-message-id',
    'Trùng Message-ID, văn bản khác',
    sameId.from,
    letter(sameId, [pdfPart(await world.signedPdf(sameId, ['leader', 'agency']), 'cong-van.pdf')], {
      messageId: `${full.id}@${full.from.split('@')[1]}`,
    }),
  );

  const forged = world.document('gia-mao', 'ubnd', 'Công văn', 'Về việc chuyển kinh phí');
  const fake = letter(forged, [pdfPart(await world.signedPdf(forged, [], { scan: true }), 'cong-van.pdf')]);
  // Our own mail server has checked who delivered it, and says so in the header that it puts on top.
  const told = `Authentication-Results: ${OUR_RELAY}; spf=pass smtp.mailfrom=evil.example.com; dkim=none;\r\n dmarc=fail header.from=${forged.from.split('@')[1]}\r\n`;
  letters.push(
    demoLetter({
      name: 'gia-mao',
      title: 'Giả mạo địa chỉ UBND tỉnh',
      channel: 'lmtp',
      from: 'ke-gia-mao@evil.example.com',
      to: OUR_MAILBOX,
      raw: Buffer.concat([Buffer.from(told), fake]),
    }),
  );

  const program = world.document('thuc-thi', 'snv', 'Công văn', 'Về việc cài đặt phần mềm');
  add(
    'thuc-thi',
    'Kèm tệp thực thi',
    program.from,
    letter(program, [
      pdfPart(await world.signedPdf(program, ['leader', 'agency']), 'cong-van.pdf'),
      {
        name: 'cai-dat.exe',
        type: 'application/octet-stream',
        content: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(510)]),
      },
    ]),
  );

  add(
    'cong-dan',
    'Thư của công dân',
    'congdan@example.com',
    makeLetter({
      from: 'congdan@example.com',
      to: OUR_MAILBOX,
      subject: 'Hỏi về thủ tục cấp giấy xác nhận',
      text: 'Kính gửi UBND xã, tôi muốn hỏi về thủ tục…',
      messageId: 'hoi@example.com',
      date: LETTER_DATE,
    }),
  );

  add(
    'vang-mat',
    'Trả lời tự động (vắng mặt)',
    world.addressOf('stc'),
    makeLetter({
      from: world.addressOf('stc'),
      to: OUR_MAILBOX,
      subject: 'Trả lời tự động: vắng mặt',
      text: 'Tôi đi công tác đến hết tuần.',
      messageId: `vang-mat@${world.addressOf('stc').split('@')[1]}`,
      date: LETTER_DATE,
      headers: ['Auto-Submitted: auto-replied'],
    }),
  );

  const secret = world.document('mat', 'ubnd', 'Kế hoạch', 'Diễn tập khu vực phòng thủ');
  add(
    'mat',
    'Văn bản đóng dấu MẬT',
    secret.from,
    letter(secret, [
      pdfPart(await world.signedPdf({ ...secret, secrecy: 'MẬT' }, ['leader', 'agency']), 'ke-hoach.pdf'),
    ]),
  );

  const broken = world.document('mime-hong', 'snv', 'Công văn', 'Về việc báo cáo kết quả kiểm tra');
  const whole = letter(broken, [
    pdfPart(await world.signedPdf(broken, ['leader', 'agency']), 'cong-van.pdf'),
  ]);
  add(
    'mime-hong',
    'Thư hỏng: đứt giữa chừng',
    broken.from,
    Buffer.concat([whole.subarray(0, Math.floor(whole.length * 0.7)), Buffer.from('\r\n')]),
  );
  return letters;
}

function encodeName(name: string): string {
  return `=?utf-8?B?${Buffer.from(name).toString('base64')}?=`;
}

/** The subject as an old mail program of Vietnam wrote it: windows-1258, combining tone marks. */
function withSubject1258(raw: Buffer): Buffer {
  const subject = 'V/v qu\xd2n l\xfd t\xe0i s\xd2n c\xf4ng'; // 0xD2 = combining hook above, after its vowel
  const word = `=?windows-1258?B?${Buffer.from(subject.replaceAll('qu\xd2n', 'qua\xd2n').replaceAll('s\xd2n', 'sa\xd2n'), 'latin1').toString('base64')}?=`;
  return Buffer.from(
    raw.toString('latin1').replace(/^Subject: [^\r]*(\r\n [^\r]*)*/m, `Subject: ${word}`),
    'latin1',
  );
}
