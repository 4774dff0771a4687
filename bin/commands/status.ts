import type { Lang } from '../../config/problems.ts';
import { type Command, noMore, readArguments, withHouse } from '../command.ts';
import { gatherStatus, isHealthy, type Status } from '../health.ts';
import { type Output, vietnamTime } from '../output.ts';

/** `congvan status`: what a person must know in one look. */
export const command: Command = {
  help: {
    vi: `
congvan status [--config TỆP] [--json]

Dịch vụ có đang chạy không; tình trạng từng hộp thư, từ lúc nào và vì sao; số thư theo trạng thái; thư đi; văn bản chờ.
Mã kết thúc 0 kể cả khi có hộp thư gặp sự cố; dùng --json (mục healthy) để giám sát tự động.
`,
    en: `
congvan status [--config FILE] [--json]

Whether the service runs; the health of each mailbox, since when and why; messages by state; outgoing mail; holds.
Exit code 0 even with a sick mailbox; for monitoring use --json (key healthy).
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {});
    noMore(call, positionals, 0);
    return withHouse(call, values.config, async (house) => {
      const status = await gatherStatus(house);
      call.out.record({ ...status, healthy: isHealthy(status) });
      if (!call.out.json) print(status, call.lang, call.out);
      return 0;
    });
  },
};

const MAILBOX_STATES: Record<string, { vi: string; en: string }> = {
  ok: { vi: 'tốt', en: 'ok' },
  connecting: { vi: 'đang kết nối', en: 'connecting' },
  'login-refused': { vi: 'bị từ chối đăng nhập', en: 'login refused' },
  throttled: { vi: 'máy chủ hạn chế tần suất', en: 'throttled' },
  unreachable: { vi: 'không kết nối được', en: 'unreachable' },
  stuck: { vi: 'bị kẹt', en: 'stuck' },
  'disk-full': { vi: 'hết dung lượng đĩa', en: 'disk full' },
};

function print(status: Status, lang: Lang, out: Output): void {
  const say = (vi: string, en: string): string => (lang === 'vi' ? vi : en);
  out.line(
    status.service.running
      ? say('Dịch vụ: đang chạy', 'Service: running')
      : say('Dịch vụ: KHÔNG chạy', 'Service: NOT running'),
  );
  if (status.service.lastSign !== null) {
    out.line(`${say('Dấu hiệu cuối', 'Last sign of life')}: ${vietnamTime(status.service.lastSign)}`);
  }
  if (status.fence !== null) {
    out.line(
      say(
        `RÀO CHẮN từ ${vietnamTime(status.fence.since)}: ${status.fence.reason}. Chưa cấp số, chưa gửi thư; xem «congvan fence --help».`,
        `FENCE since ${vietnamTime(status.fence.since)}: ${status.fence.reason}. No numbers, no sending; see "congvan fence --help".`,
      ),
    );
  }
  out.line();
  out.line(say('HỘP THƯ', 'MAILBOXES'));
  out.table(
    lang === 'vi'
      ? ['Tên', 'Tình trạng', 'Từ lúc', 'Danh sách gần nhất', 'Thư gần nhất', 'Lý do']
      : ['Name', 'State', 'Since', 'Last listing', 'Last message', 'Why'],
    status.mailboxes.map((box) => [
      box.name,
      MAILBOX_STATES[box.state]?.[lang] ?? box.state,
      vietnamTime(box.since),
      vietnamTime(box.lastListingAt),
      vietnamTime(box.lastMessageAt),
      box.detail,
    ]),
  );
  printCounts(say('THƯ ĐẾN THEO TRẠNG THÁI', 'MESSAGES BY STATE'), status.messages, out);
  printCounts(say('THƯ ĐI THEO TRẠNG THÁI', 'OUTGOING BY STATE'), status.outbox, out);
  printCounts(say('CHỜ NGƯỜI QUYẾT ĐỊNH', 'WAITING FOR A PERSON'), status.holds, out);
}

function printCounts(title: string, counts: Record<string, number>, out: Output): void {
  out.line();
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  out.line(`${title}${shown.length === 0 ? ': 0' : ''}`);
  for (const [name, count] of shown) out.line(`  ${name.padEnd(14)} ${count}`);
}
