import { REGULATION_IDS } from '../../config/schema.ts';
import type { Command } from '../command.ts';

/** `congvan demo`: a made-up province on this machine; its arguments are its own. */
export const command: Command = {
  help: {
    vi: `
congvan demo [--once] [--json] [--regulation QUY-ĐỊNH]

Dựng một tỉnh giả định trong thư mục tạm, gửi các thư mẫu và cho biết kết quả từng thư. Không gửi gì ra ngoài máy này.

  --once   kết thúc sau khi xong: mã 0 khi mọi việc đúng như mong đợi, 1 khi không
  --json   in một đối tượng JSON duy nhất
  --regulation   quy định áp dụng: ${REGULATION_IDS.join(', ')}
`,
    en: `
congvan demo [--once] [--json] [--regulation REGULATION]

Makes a province in a temporary folder, posts sample letters and tells what became of each. Nothing leaves this machine.

  --once   ends when done: 0 when all came out as expected, 1 when not
  --json   prints one JSON object and nothing else
  --regulation   the regulation to play it under: ${REGULATION_IDS.join(', ')}
`,
  },
  run: async (call) => {
    const { runDemo } = await import('../../scripts/demo/main.ts');
    const code: unknown = await runDemo(call.args);
    return typeof code === 'number' ? code : Number(process.exitCode ?? 0);
  },
};
