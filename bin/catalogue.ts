/** Every command with its one line of help; the code of each is loaded only when it is asked for. */
import type { Lang, Sentence } from '../config/problems.ts';
import type { Command } from './command.ts';

export interface CatalogueEntry {
  summary: Sentence;
  load(): Promise<Command>;
}

export const COMMANDS: Record<string, CatalogueEntry> = {
  start: {
    summary: { vi: 'Chạy dịch vụ', en: 'Run the service' },
    load: async () => (await import('./commands/start.ts')).command,
  },
  init: {
    summary: { vi: 'Hỏi và ghi tệp cấu hình có chú thích', en: 'Ask, and write a commented configuration' },
    load: async () => (await import('./commands/init.ts')).command,
  },
  check: {
    summary: {
      vi: 'Thử mọi kết nối, quyền và tệp trong cấu hình',
      en: 'Try every connection, right and file of the configuration',
    },
    load: async () => (await import('./commands/check.ts')).command,
  },
  status: {
    summary: { vi: 'Tình trạng hộp thư, thư đến, thư đi', en: 'Health of mailboxes, letters in and out' },
    load: async () => (await import('./commands/status.ts')).command,
  },
  register: {
    summary: { vi: 'Xem sổ văn bản; đặt số, hủy, đính chính', en: 'Show the register; set, cancel, correct' },
    load: async () => (await import('./commands/register.ts')).command,
  },
  search: {
    summary: {
      vi: 'Tìm trong nội dung văn bản và trong sổ',
      en: 'Find documents by their words, numbers and fields',
    },
    load: async () => (await import('./commands/search.ts')).command,
  },
  show: {
    summary: {
      vi: 'Mọi thông tin về một thư, một dòng sổ, một lượt gửi',
      en: 'All that is known of a message, entry or transmission',
    },
    load: async () => (await import('./commands/show.ts')).command,
  },
  hold: {
    summary: { vi: 'Văn bản chờ người quyết định', en: 'Letters that wait for a person' },
    load: async () => (await import('./commands/hold.ts')).command,
  },
  issue: {
    summary: { vi: 'Phát hành văn bản đi từ bản quét', en: 'Issue a document from a scan' },
    load: async () => (await import('./commands/issue.ts')).command,
  },
  outbox: {
    summary: { vi: 'Thư gửi đi và kết quả từng nơi nhận', en: 'Outgoing mail and what became of it' },
    load: async () => (await import('./commands/outbox.ts')).command,
  },
  reconcile: {
    summary: { vi: 'Đối soát từng thư trong hộp thư', en: 'Account for every message of the mailboxes' },
    load: async () => (await import('./commands/reconcile.ts')).command,
  },
  journal: {
    summary: { vi: 'Xem và kiểm tra nhật ký', en: 'Show and verify the journal' },
    load: async () => (await import('./commands/journal.ts')).command,
  },
  backup: {
    summary: { vi: 'Sao lưu khi đang chạy', en: 'Back up while running' },
    load: async () => (await import('./commands/backup.ts')).command,
  },
  restore: {
    summary: { vi: 'Khôi phục từ bản sao lưu', en: 'Restore from a backup' },
    load: async () => (await import('./commands/restore.ts')).command,
  },
  fence: {
    summary: { vi: 'Rào chắn sau khi khôi phục', en: 'The safety fence after a restore' },
    load: async () => (await import('./commands/fence.ts')).command,
  },
  read: {
    summary: {
      vi: 'Đọc các trường của văn bản trong tệp',
      en: 'Read the fields of documents in files',
    },
    load: async () => (await import('./commands/read.ts')).command,
  },
  verify: {
    summary: { vi: 'Kiểm tra chữ ký số của tệp', en: 'Verify the signatures of files' },
    load: async () => (await import('./commands/verify.ts')).command,
  },
  proof: {
    summary: { vi: 'Căn cứ của kết luận chữ ký số', en: 'What a verdict on signatures rests on' },
    load: async () => (await import('./commands/proof.ts')).command,
  },
  trust: {
    summary: { vi: 'Chứng thư gốc được tin cậy', en: 'Trusted roots' },
    load: async () => (await import('./commands/trust.ts')).command,
  },
  demo: {
    summary: { vi: 'Chạy thử với một tỉnh giả định', en: 'Show it all with a made-up province' },
    load: async () => (await import('./commands/demo.ts')).command,
  },
};

/** Null for a name that is no command; `constructor` and its like are none. */
export function findCommand(name: string): CatalogueEntry | null {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : null;
}

/** What `congvan --help` prints. */
export function overview(lang: Lang): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, entry]) => `  ${name.padEnd(10)} ${entry.summary[lang]}`,
  );
  return (lang === 'vi' ? OVERVIEW_VI : OVERVIEW_EN).replace('{commands}', lines.join('\n')).trim();
}

const OVERVIEW_VI = `
congvan – trao đổi văn bản điện tử qua hộp thư điện tử công vụ

Cách dùng: congvan LỆNH [tham số] [--config TỆP] [--json] [--lang vi|en]

{commands}

  congvan LỆNH --help   cách dùng từng lệnh
  --config TỆP          tệp cấu hình; mặc định $CONGVAN_CONFIG, ./congvan.yaml, /etc/congvan/congvan.yaml
  --json                mỗi kết quả một dòng JSON (UTF-8); nhật ký ghi ra stderr

Mã kết thúc: 0 đã xử lý mọi đầu vào, 1 có lỗi, 2 dùng sai cú pháp.
`;

const OVERVIEW_EN = `
congvan – exchange of official documents by mail

Usage: congvan COMMAND [arguments] [--config FILE] [--json] [--lang vi|en]

{commands}

  congvan COMMAND --help   how to use one command
  --config FILE            configuration; default $CONGVAN_CONFIG, ./congvan.yaml, /etc/congvan/congvan.yaml
  --json                   one line of JSON (UTF-8) for each result; logs go to stderr

Exit codes: 0 every input was processed, 1 something ended in an error, 2 wrong usage.
`;
