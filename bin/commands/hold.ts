import type { Lang } from '../../config/problems.ts';
import type { HoldRef } from '../../handlers/types.ts';
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
import { shorten } from '../output.ts';

/** `congvan hold`: a machine proposes, a person decides (DESIGN, invariant 5). */
export const command: Command = {
  help: {
    vi: `
congvan hold [list] [--queue clerk|leader|secrets|citizen|virus] [--all] [--json]
congvan hold accept MÃ --by NGƯỜI [--set trường=giá-trị]… [--note GHI-CHÚ]
congvan hold return MÃ --by NGƯỜI --reason TC02 [--detail CHI-TIẾT]… [--note GHI-CHÚ]
congvan hold release MÃ --by NGƯỜI --note LÝ-DO

accept   vào sổ theo đề xuất, có thể sửa từng trường bằng --set (ví dụ --set trichYeu="Về việc …")
return   trả lại nơi gửi với lý do TC01…TC10, TC99; --detail thứ n giải thích --reason thứ n
release  giải tỏa thư bị giữ nhầm: thư được xử lý tiếp như bình thường. Thư nghi chứa bí mật nhà nước cần hai người
         khác nhau, mỗi người chạy lệnh một lần.
Thư có nhiều văn bản: --set 2.soKyHieu=… sửa văn bản thứ hai.
`,
    en: `
congvan hold [list] [--queue clerk|leader|secrets|citizen|virus] [--all] [--json]
congvan hold accept ID --by PERSON [--set field=value]… [--note TEXT]
congvan hold return ID --by PERSON --reason TC02 [--detail TEXT]… [--note TEXT]
congvan hold release ID --by PERSON --note REASON

accept   registers as proposed; --set corrects a field (--set trichYeu="…")
return   sends it back with reasons TC01…TC10, TC99; the n-th --detail explains the n-th --reason
release  lets go what was held by mistake: it goes on as any other letter. What may be a state secret needs two
         different persons; each runs the command once.
Several documents in one letter: --set 2.soKyHieu=… corrects the second.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      queue: { type: 'string' },
      all: { type: 'boolean' },
      by: { type: 'string' },
      set: { type: 'string', multiple: true },
      reason: { type: 'string', multiple: true },
      detail: { type: 'string', multiple: true },
      note: { type: 'string' },
    });
    const [act = 'list', id] = positionals;
    if (act === 'list') {
      noMore(call, positionals, 1);
      return list(call, values);
    }
    noMore(call, positionals, 2);
    if (act !== 'accept' && act !== 'return' && act !== 'release') {
      throw usage(call.lang, `Không có lệnh con «${act}»`, `There is no subcommand "${act}"`);
    }
    return decide(call, act, required(call, 'MÃ/ID', id), values);
  },
};

interface Values {
  config?: string | undefined;
  queue?: string | undefined;
  all?: boolean | undefined;
  by?: string | undefined;
  set?: string[] | undefined;
  reason?: string[] | undefined;
  detail?: string[] | undefined;
  note?: string | undefined;
}

const QUEUES: readonly HoldRef['queue'][] = ['clerk', 'leader', 'secrets', 'citizen', 'virus'];

async function list(call: Invocation, values: Values): Promise<number> {
  const queue = oneOf(call, '--queue', values.queue, QUEUES);
  return withHouse(call, values.config, async (house) => {
    const holds = await house.storage.holds.list({
      limit: 10_000,
      ...(values.all ? {} : { open: true }),
      ...(queue === null ? {} : { queue }),
    });
    // DOMAIN 8.2: of a suspected secret nothing is shown but that it waits.
    const shown = holds.map((hold) => (hold.queue === 'secrets' ? { ...hold, proposals: [] } : hold));
    for (const hold of shown) call.out.record(hold);
    call.out.table(
      call.lang === 'vi'
        ? ['Mã', 'Thư', 'Hàng chờ', 'Mở', 'Số, ký hiệu', 'Trích yếu', 'Lý do']
        : ['Id', 'Message', 'Queue', 'Open', 'Number', 'Abstract', 'Why'],
      shown.map(holdRow),
    );
    return 0;
  });
}

function holdRow(hold: HoldRef): (string | null)[] {
  const fields = hold.proposals[0]?.fields ?? {};
  return [
    hold.id,
    hold.messageId,
    hold.queue,
    hold.open ? `✓${hold.approvals.length > 0 ? ` (${hold.approvals.length}/2)` : ''}` : '–',
    fields.soKyHieu ?? '',
    shorten(fields.trichYeu ?? '', 50),
    hold.reasons.map((reason) => reason.sentence).join(' '),
  ];
}

async function decide(
  call: Invocation,
  act: 'accept' | 'return' | 'release',
  id: string,
  values: Values,
): Promise<number> {
  const changes = readChanges(call, values.set ?? []);
  const reasons = act === 'return' ? readReasons(call, values) : [];
  const note = values.note?.normalize('NFC') ?? null;
  return withHouse(call, values.config, async (house) => {
    const by = requireStaff(call, house.config, values.by).id;
    const acts = await import('../../gateway/acts.ts');
    const recorded =
      act === 'accept'
        ? await acts.acceptHold(house, id, { by, changes, note })
        : act === 'return'
          ? await acts.returnHold(house, id, { by, reasons, note })
          : await acts.releaseHold(house, id, { by, note });
    const hold = await house.storage.holds.get(id);
    const open = hold?.open ?? false;
    call.out.record({ hold: id, act, by, open, ...recorded });
    for (const entry of recorded.entries) {
      call.out.line(
        call.lang === 'vi'
          ? `Đã vào sổ: ${entry.book === 'den' ? 'số đến' : 'số đi'} ${entry.number}/${entry.year} (${entry.id})`
          : `Registered: ${entry.book} ${entry.number}/${entry.year} (${entry.id})`,
      );
    }
    if (open)
      call.out.line(
        call.lang === 'vi'
          ? 'Đã ghi nhận; cần người thứ hai quyết định.'
          : 'Noted; a second person must decide.',
      );
    else call.out.line(call.lang === 'vi' ? `Đã đóng ${id}.` : `${id} is closed.`);
    if (act === 'return') call.out.line(toldSender(recorded.sends, call.lang));
    return 0;
  });
}

function readChanges(call: Invocation, given: string[]): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const pair of given) {
    const at = pair.indexOf('=');
    const field = pair.slice(0, at).trim();
    if (at < 1 || !/^(\d+\.)?[A-Za-z]+$/.test(field)) {
      throw usage(
        call.lang,
        `--set phải viết trường=giá-trị, không phải «${pair}»`,
        `--set must be field=value, not "${pair}"`,
      );
    }
    changes[field] = pair
      .slice(at + 1)
      .trim()
      .normalize('NFC');
  }
  return changes;
}

/** DOMAIN 7.4: TC01…TC10, and TC99 that says in words what it is. */
function readReasons(call: Invocation, values: Values): { code: string; detail: string }[] {
  const codes = values.reason ?? [];
  if (codes.length === 0) {
    throw usage(
      call.lang,
      'Trả lại phải có ít nhất một --reason (TC01…TC10, TC99)',
      'A return needs at least one --reason (TC01…TC10, TC99)',
    );
  }
  return codes.map((code, index) => {
    const detail = (values.detail?.[index] ?? '').normalize('NFC');
    if (!/^TC(0[1-9]|10|99)$/.test(code)) {
      throw usage(
        call.lang,
        `Không có lý do «${code}»; dùng TC01…TC10 hoặc TC99`,
        `There is no reason "${code}"; use TC01…TC10 or TC99`,
      );
    }
    if (code === 'TC99' && detail === '') {
      throw usage(call.lang, 'TC99 cần --detail nêu rõ lý do', 'TC99 needs --detail that says the reason');
    }
    return { code, detail };
  });
}

/** A clerk must know whether the sender hears of the return, or must be told by other means. */
function toldSender(sends: { to: string }[], lang: Lang): string {
  const to = sends.map((send) => send.to).join(', ');
  if (to !== '') {
    return lang === 'vi' ? `Thông báo trả lại sẽ được gửi đến ${to}.` : `The sender is told: ${to}.`;
  }
  return lang === 'vi'
    ? 'Không gửi thông báo trả lại (nơi gửi không xác thực được hoặc không nhận trả lời); cần thì liên hệ bằng cách khác.'
    : 'The sender is not told (not proven, or takes no answers); use other means where needed.';
}
