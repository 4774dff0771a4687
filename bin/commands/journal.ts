import {
  type Command,
  type Invocation,
  noMore,
  readArguments,
  usage,
  wholeNumber,
  withHouse,
} from '../command.ts';
import { shorten, vietnamTime } from '../output.ts';

/** `congvan journal`: every step left a line; the chain shows whether any was changed (DESIGN, invariant 9). */
export const command: Command = {
  help: {
    vi: `
congvan journal [list] [--subject message:MÃ] [--after SỐ] [--limit N] [--json]
congvan journal verify

verify  tính lại toàn bộ chuỗi băm; mã kết thúc 1 khi có dòng không khớp
`,
    en: `
congvan journal [list] [--subject message:ID] [--after N] [--limit N] [--json]
congvan journal verify

verify  recomputes the whole hash chain; exit code 1 when a line does not fit
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      subject: { type: 'string' },
      after: { type: 'string' },
      limit: { type: 'string' },
    });
    const [act = 'list'] = positionals;
    noMore(call, positionals, 1);
    if (act === 'verify') return verify(call, values.config);
    if (act !== 'list')
      throw usage(call.lang, `Không có lệnh con «${act}»`, `There is no subcommand "${act}"`);
    const after = wholeNumber(call, '--after', values.after);
    const limit = wholeNumber(call, '--limit', values.limit) ?? 1000;
    return withHouse(call, values.config, async (house) => {
      const lines = await house.storage.journal.list({
        limit,
        ...(after === null ? {} : { after }),
        ...(values.subject === undefined ? {} : { subject: values.subject }),
      });
      for (const line of lines) call.out.record(line);
      call.out.table(
        call.lang === 'vi'
          ? ['Số', 'Lúc', 'Ai', 'Việc', 'Về', 'Chi tiết']
          : ['Line', 'At', 'Who', 'What', 'About', 'Details'],
        lines.map((line) => [
          line.seq,
          vietnamTime(line.at),
          line.actor,
          line.action,
          line.subject,
          shorten(JSON.stringify(line.data), 80),
        ]),
      );
      return 0;
    });
  },
};

async function verify(call: Invocation, config: string | undefined): Promise<number> {
  return withHouse(call, config, async (house) => {
    const result = await house.storage.journal.verify();
    call.out.record(result);
    if (result.ok) {
      call.out.line(
        call.lang === 'vi'
          ? `Nhật ký nguyên vẹn: ${result.lines} dòng.`
          : `The journal is intact: ${result.lines} lines.`,
      );
      return 0;
    }
    call.out.line(
      call.lang === 'vi'
        ? `Nhật ký KHÔNG khớp từ dòng ${result.brokenAt}: ${result.reason}`
        : `The journal does NOT fit from line ${result.brokenAt}: ${result.reason}`,
    );
    return 1;
  });
}
