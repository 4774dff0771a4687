import { resolve } from 'node:path';
import { type Command, noMore, readArguments, required, withHouse } from '../command.ts';

/** `congvan backup`: online and consistent, with the bytes. */
export const command: Command = {
  help: {
    vi: `
congvan backup THƯ-MỤC [--config TỆP] [--json]

Sao lưu cơ sở dữ liệu và toàn bộ nội dung thư vào một thư mục, trong khi dịch vụ vẫn chạy.
Tệp cấu hình và các tệp mật khẩu không nằm trong bản sao lưu; hãy cất giữ riêng.
`,
    en: `
congvan backup FOLDER [--config FILE] [--json]

Backs up the database and all bytes into a folder while the service runs.
The configuration and the secrets are not part of it; keep them separately.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {});
    const folder = resolve(required(call, 'THƯ-MỤC/FOLDER', positionals[0]));
    noMore(call, positionals, 1);
    return withHouse(call, values.config, async (house) => {
      const { backup } = await import('../../storage/index.ts');
      const made = await backup(house.storage, folder);
      call.out.record({ folder, ...made });
      call.out.line(
        call.lang === 'vi'
          ? `Đã sao lưu vào ${folder}: ${made.messages} thư, ${made.entries} dòng sổ, ${made.files} tệp (${made.bytes} byte).`
          : `Backed up to ${folder}: ${made.messages} messages, ${made.entries} entries, ${made.files} files (${made.bytes} bytes).`,
      );
      return 0;
    });
  },
};
