import { accessSync, constants, statSync } from 'node:fs';
import { isIsoDate } from '../../config/leaves.ts';
import type { Urgency } from '../../documents/types.ts';
import {
  type Command,
  type Invocation,
  noMore,
  oneOf,
  readArguments,
  required,
  requireStaff,
  usage,
  withHouse,
} from '../command.ts';
import { vietnamDate } from '../output.ts';

/** `congvan issue`: a scan becomes a văn bản đi, numbered, sent and followed. */
export const command: Command = {
  help: {
    vi: `
congvan issue --scan TỆP… --to NƠI-NHẬN… --type LOẠI --abstract TRÍCH-YẾU --signer HỌ-TÊN --date NGÀY --by NGƯỜI
              [--title CHỨC-VỤ] [--unit ĐƠN-VỊ] [--urgency MỨC] [--attach TỆP]… [--sign | --no-sign]

--scan     PDF, hoặc ảnh JPG, PNG, TIF theo thứ tự trang (nhắc lại nhiều lần)
--to       mã, tên, tên viết tắt, nhóm trong danh bạ, hoặc địa chỉ thư (nhắc lại nhiều lần)
--type     tên loại hoặc viết tắt: «Quyết định», QĐ, TTr, … ; «Công văn» cho công văn
--date     ngày văn bản, năm-tháng-ngày
--urgency  THUONG, KHAN, THUONG_KHAN, HOA_TOC, HOA_TOC_HEN_GIO
--sign     ký số của cơ quan (--no-sign: không ký); không ghi gì thì theo mục signing.issue
Số chỉ được cấp khi mọi nơi nhận đều có địa chỉ và bản quét đọc được. Văn bản mật không được phát hành tại đây.
`,
    en: `
congvan issue --scan FILE… --to RECIPIENT… --type TYPE --abstract TEXT --signer NAME --date DATE --by PERSON
              [--title TITLE] [--unit UNIT] [--urgency LEVEL] [--attach FILE]… [--sign | --no-sign]

--scan     a PDF, or JPG, PNG, TIF pictures in page order (repeat it)
--to       code, name, short name or group of the directory, or a mail address (repeat it)
--type     name or abbreviation of the type: "Quyết định", QĐ, TTr…; "Công văn" for an official letter
--date     date of the document, year-month-day
--urgency  THUONG, KHAN, THUONG_KHAN, HOA_TOC, HOA_TOC_HEN_GIO
--sign     put the agency's signature on it (--no-sign: do not); without either as signing.issue says
A number is given only when every recipient has an address and the scan can be read. Secrets are not issued here.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      scan: { type: 'string', multiple: true },
      to: { type: 'string', multiple: true },
      type: { type: 'string' },
      abstract: { type: 'string' },
      signer: { type: 'string' },
      title: { type: 'string' },
      date: { type: 'string' },
      unit: { type: 'string' },
      urgency: { type: 'string' },
      attach: { type: 'string', multiple: true },
      sign: { type: 'boolean' },
      'no-sign': { type: 'boolean' },
      by: { type: 'string' },
    });
    // `--scan *.jpg`: what the shell spread out are further pages.
    const scans = [...(values.scan ?? []), ...(values.scan === undefined ? [] : positionals)];
    if (values.scan === undefined) noMore(call, positionals, 0);
    const date = required(call, '--date', values.date);
    if (!isIsoDate(date)) {
      throw usage(
        call.lang,
        '--date phải là ngày có thật, ví dụ 2026-11-20',
        '--date must be a real date such as 2026-11-20',
      );
    }
    const to = values.to ?? [];
    if (scans.length === 0) required(call, '--scan', undefined);
    if (to.length === 0) required(call, '--to', undefined);
    for (const file of [...scans, ...(values.attach ?? [])]) requireFile(call, file);
    const said = {
      scans,
      to,
      type: required(call, '--type', values.type).normalize('NFC'),
      abstract: required(call, '--abstract', values.abstract).normalize('NFC'),
      signer: required(call, '--signer', values.signer).normalize('NFC'),
      signerTitle: (values.title ?? '').normalize('NFC'),
      date,
      urgency: oneOf(call, '--urgency', values.urgency, URGENCIES) ?? 'THUONG',
      attachments: values.attach ?? [],
      sign: signingWish(call, values),
    };
    return withHouse(call, values.config, async (house) => {
      const by = requireStaff(call, house.config, values.by).id;
      const { issueDocument } = await import('../../gateway/issue.ts');
      const unit = values.unit ?? house.config.issuing.defaultUnit;
      const issued = await issueDocument(house, { ...said, unit: unit.normalize('NFC'), by });
      call.out.record(issued);
      call.out.line(
        call.lang === 'vi'
          ? `Đã phát hành ${issued.entry.soKyHieu} ngày ${vietnamDate(date)} (${issued.entry.id})`
          : `Issued ${issued.entry.soKyHieu} of ${vietnamDate(date)} (${issued.entry.id})`,
      );
      for (const sentence of issued.warnings) call.out.note(`! ${sentence}`);
      call.out.table(
        call.lang === 'vi' ? ['Lượt gửi', 'Nơi nhận', 'Địa chỉ'] : ['Transmission', 'Recipient', 'Address'],
        issued.transmissions.map((sent) => [sent.id, sent.toName, sent.to]),
      );
      return 0;
    });
  },
};

/** Null when neither was said. */
function signingWish(call: Invocation, said: { sign?: boolean; 'no-sign'?: boolean }): boolean | null {
  if (said.sign === true && said['no-sign'] === true)
    throw usage(call.lang, '--sign và --no-sign loại trừ nhau', '--sign and --no-sign exclude each other');
  if (said.sign === true) return true;
  return said['no-sign'] === true ? false : null;
}

const URGENCIES: readonly Urgency[] = ['THUONG', 'KHAN', 'THUONG_KHAN', 'HOA_TOC', 'HOA_TOC_HEN_GIO'];

/** Before anything is opened: a file that is not there is wrong usage, said at once. */
function requireFile(call: Invocation, file: string): void {
  try {
    accessSync(file, constants.R_OK);
    if (statSync(file).isFile()) return;
  } catch {
    // Said below, in the language of the person.
  }
  throw usage(call.lang, `Không đọc được tệp «${file}»`, `The file "${file}" cannot be read`);
}
