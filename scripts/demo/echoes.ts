/** What comes back for the document that the demo issues: a bounce as Postfix writes it, and the T2 of another gateway. */
import { buffer } from 'node:stream/consumers';
import { composeMail } from '../../mail/compose/compose.ts';
import { makeLetter } from '../province/letter.ts';
import type { Delivered } from '../province/mail-sink.ts';
import { type DemoLetter, demoLetter } from './letters.ts';
import { LETTER_DATE, OUR_MAILBOX } from './world.ts';

function headerOf(mail: Delivered, name: string): string {
  return new RegExp(`^${name}:\\s*([^\\r\\n]*)`, 'im').exec(mail.raw.toString('latin1'))?.[1] ?? '';
}

/** RFC 3464, from a null sender to the envelope sender of the letter, which carries our token (VERP). */
export function bounceOf(mail: Delivered): DemoLetter {
  const status = [
    'Reporting-MTA: dns; mail.mau.example.gov.vn',
    ...(mail.envelopeId ? [`Original-Envelope-Id: ${mail.envelopeId}`] : []),
    '',
    `Final-Recipient: rfc822; ${mail.to}`,
    'Action: failed',
    'Status: 5.1.1',
    `Diagnostic-Code: smtp; 550 5.1.1 <${mail.to}>: Recipient address rejected: User unknown`,
    '',
  ].join('\r\n');
  const quoted = `Message-ID: ${headerOf(mail, 'Message-ID')}\r\nSubject: ${headerOf(mail, 'Subject')}\r\n\r\n`;
  const raw = makeLetter({
    from: 'Mail Delivery System <MAILER-DAEMON@mail.mau.example.gov.vn>',
    to: mail.from,
    subject: 'Undelivered Mail Returned to Sender',
    text: `<${mail.to}>: Recipient address rejected: User unknown`,
    messageId: 'bounce1@mail.mau.example.gov.vn',
    date: LETTER_DATE,
    headers: ['Auto-Submitted: auto-replied'],
    parts: [
      { name: null, type: 'message/delivery-status', content: status, inline: true },
      { name: null, type: 'text/rfc822-headers', content: quoted, inline: true },
    ],
  });
  const report = Buffer.from(
    raw.toString('latin1').replace('multipart/mixed;', 'multipart/report; report-type=delivery-status;'),
    'latin1',
  );
  return demoLetter({
    name: 'thu-tra-lai',
    title: 'Thư báo lỗi cho văn bản đã phát hành',
    channel: 'lmtp',
    from: '',
    to: mail.from,
    raw: report,
  });
}

/** The T2 that the recipient's gateway writes when it has registered our letter. */
export async function receiptOf(mail: Delivered): Promise<DemoLetter> {
  const messageId = headerOf(mail, 'Message-ID');
  const at = LETTER_DATE.toISOString();
  const raw = await buffer(
    composeMail(
      'T2',
      {
        about: { messageId, references: [], token: null },
        soKyHieu: '01/UBND-VP',
        ngayVanBan: at.slice(0, 10),
        ngayDen: at.slice(0, 10),
        tacGia: 'Ủy ban nhân dân xã Mẫu',
        tenLoai: 'Công văn',
        trichYeu: 'Về việc báo cáo thứ 1',
        signatureResult: 'Chữ ký số của người có thẩm quyền và của cơ quan hợp lệ',
        signatureValid: true,
        paper: false,
        enteredAt: at,
        deemedReceivedAt: at,
        files: [],
      },
      {
        agency: {
          code: 'H99.02',
          name: 'Sở Nội vụ tỉnh Mẫu',
          address: mail.to,
          clerkUnit: 'Văn thư - Văn phòng Sở',
          phone: '0200 000 001',
          place: 'Mẫu',
        },
        token: 'demodemodemodemodemodemo22',
        messageIdHeader: `<cv.demodemodemodemodemodemo22@${mail.to.split('@')[1]}>`,
        date: LETTER_DATE,
        entry: { number: 12, soKyHieu: null },
        to: OUR_MAILBOX,
        toName: 'Ủy ban nhân dân xã Mẫu',
        files: [],
      },
    ),
  );
  return demoLetter({
    name: 'hoi-bao',
    title: 'Hồi báo đã vào sổ của nơi nhận',
    channel: 'lmtp',
    from: '',
    to: OUR_MAILBOX,
    raw,
  });
}
