import { type Command, noMore, readArguments, readConfig } from '../command.ts';

/** `congvan start`: the service, until SIGTERM or SIGINT. */
export const command: Command = {
  help: {
    vi: `
congvan start [--config TỆP] [--dry-run]

Chạy dịch vụ cho đến khi nhận SIGTERM hoặc Ctrl-C. Mỗi cơ sở dữ liệu chỉ một dịch vụ được chạy.

  --dry-run   đọc hộp thư và cho biết điều sẽ xảy ra; không vào sổ, không gửi gì
`,
    en: `
congvan start [--config FILE] [--dry-run]

Runs the service until SIGTERM or Ctrl-C. One service for each database.

  --dry-run   reads the mailboxes and tells what would happen; registers nothing, sends nothing
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, { 'dry-run': { type: 'boolean' } });
    noMore(call, positionals, 0);
    const config = await readConfig(call, values.config);
    const { runService } = await import('../../gateway/main.ts');
    await runService(config, { dryRun: values['dry-run'] === true });
    return 0;
  },
};
