import { resolve } from 'node:path';
import { type Command, noMore, readArguments, readConfig, required } from '../command.ts';
import { vietnamTime } from '../output.ts';

/** `congvan restore`: into an empty data folder, every hash proved, and fenced. */
export const command: Command = {
  help: {
    vi: `
congvan restore THƯ-MỤC [--config TỆP] [--json]

Khôi phục bản sao lưu vào thư mục dữ liệu TRỐNG của cấu hình; dịch vụ phải dừng. Sau đó có rào chắn: chưa cấp số,
chưa gửi gì cho đến khi người có trách nhiệm đối chiếu và chạy «congvan fence lift».
`,
    en: `
congvan restore FOLDER [--config FILE] [--json]

Restores a backup into the EMPTY data folder of the configuration; the service must be stopped. A fence is up then:
no numbers, no sending, until a person has compared and run "congvan fence lift".
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {});
    const folder = resolve(required(call, 'THƯ-MỤC/FOLDER', positionals[0]));
    noMore(call, positionals, 1);
    const config = await readConfig(call, values.config);
    const { restore } = await import('../../storage/index.ts');
    const mailDomain = config.agency.address.split('@')[1]!;
    const options = {
      dataDir: config.dataDir,
      database: config.database,
      clock: () => new Date(),
      mailDomain,
    };
    const restored = await restore(folder, options);
    call.out.record({ folder, dataDir: config.dataDir, ...restored });
    call.out.line(
      call.lang === 'vi'
        ? `Đã khôi phục bản sao lưu lúc ${vietnamTime(restored.at)}: ${restored.messages} thư, ${restored.entries} dòng sổ, ${restored.files} tệp. Rào chắn đã dựng; xem «congvan fence --help».`
        : `Restored the backup of ${vietnamTime(restored.at)}: ${restored.messages} messages, ${restored.entries} entries, ${restored.files} files. The fence is up; see "congvan fence --help".`,
    );
    if (restored.missing.length > 0)
      call.out.note(`! ${restored.missing.length} missing: ${restored.missing.slice(0, 5).join(', ')}`);
    return 0;
  },
};
