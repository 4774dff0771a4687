import { CongvanError } from '../../config/error.ts';
import type { Lang } from '../../config/problems.ts';
import type { House } from '../../gateway/house.ts';
import { type Command, noMore, readArguments, requireStaff, usage, withHouse } from '../command.ts';
import { RECONCILED } from '../health.ts';
import { vietnamTime } from '../output.ts';

/** `congvan fence`: after a restore nothing is numbered or sent until a person has looked. */
export const command: Command = {
  help: {
    vi: `
congvan fence [--json]
congvan fence lift --by NGƯỜI --numbers-checked [--without-reconcile]

Sau khi khôi phục, hệ thống chưa cấp số và chưa gửi gì, vì các số và thư sau lần sao lưu không còn trong sổ.
Trước khi dỡ: chạy «congvan reconcile», đối chiếu sổ với các văn bản đã gửi và đã nhận sau lần sao lưu, và đặt lại
số tiếp theo bằng «congvan register set-next».
--numbers-checked    đã đối chiếu số tiếp theo của từng sổ (lệnh in ra khi chưa có)
--without-reconcile  dỡ dù chưa đối soát (hộp thư cũ không còn)
`,
    en: `
congvan fence [--json]
congvan fence lift --by PERSON --numbers-checked [--without-reconcile]

After a restore nothing is numbered and nothing is sent, since numbers and mail after the backup are not in the register.
Before lifting: run "congvan reconcile", compare the register with what was sent and received after the backup, and set
the next numbers with "congvan register set-next".
--numbers-checked    the next number of each book was compared (printed without it)
--without-reconcile  lifts it although nothing was reconciled (the mailbox is gone for good)
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      by: { type: 'string' },
      'without-reconcile': { type: 'boolean' },
      'numbers-checked': { type: 'boolean' },
    });
    const [act] = positionals;
    noMore(call, positionals, 1);
    if (act !== undefined && act !== 'lift') {
      throw usage(call.lang, `Không có lệnh con «${act}»`, `There is no subcommand "${act}"`);
    }
    return withHouse(call, values.config, async (house) => {
      const by = act === 'lift' ? requireStaff(call, house.config, values.by).id : null;
      const lifted = by !== null && (await house.storage.fence.raised()) !== null;
      if (by !== null) {
        if (values['without-reconcile'] !== true) await requireReconciled(house, call.lang);
        if (lifted && values['numbers-checked'] !== true) await refuseUnchecked(house, call.lang);
        await house.storage.fence.lift(by);
      }
      const fence = await house.storage.fence.raised();
      call.out.record({ raised: fence !== null, ...fence });
      if (lifted) call.out.line(call.lang === 'vi' ? 'Đã dỡ rào chắn.' : 'The fence is lifted.');
      else if (fence === null)
        call.out.line(call.lang === 'vi' ? 'Không có rào chắn.' : 'There is no fence.');
      else call.out.line(`${vietnamTime(fence.since)}: ${fence.reason}`);
      return 0;
    });
  },
};

const VIETNAM_MS = 7 * 3_600_000;

/** What the mailboxes hold must have been looked at after the restore, or numbers would be given twice. */
async function requireReconciled(house: House, lang: Lang): Promise<void> {
  const fence = await house.storage.fence.raised();
  if (fence === null || house.config.intake.imap.length === 0) return;
  const reconciled = await house.storage.meta.get(RECONCILED);
  if (reconciled !== null && reconciled >= fence.since) return;
  throw new CongvanError(
    'NOT_RECONCILED',
    lang === 'vi'
      ? 'Chưa đối soát hộp thư từ khi khôi phục: hãy chạy «congvan reconcile» trước, xem kết quả, rồi dỡ rào chắn.'
      : 'The mailboxes were not reconciled since the restore: run "congvan reconcile" first, look at it, then lift.',
    { temporary: false },
  );
}

/**
 * Numbers given after the backup are not in the register: going on from what it knows would give them twice. So the next
 * number of every book is shown, and lifting waits until a person says that it was compared.
 */
async function refuseUnchecked(house: House, lang: Lang): Promise<never> {
  const year = new Date(house.clock().getTime() + VIETNAM_MS).getUTCFullYear();
  const used = await house.storage.register.list({ year, limit: 1_000_000 });
  const books = new Map<string, { book: 'den' | 'di'; series: string }>([
    ['den chung', { book: 'den', series: 'chung' }],
  ]);
  for (const { book, series } of used) books.set(`${book} ${series}`, { book, series });
  const next: string[] = [];
  for (const { book, series } of books.values()) {
    const number = await house.storage.register.peek(book, house.config.agency.code, series, year);
    next.push(`${book} (${series}) ${year}: ${number}`);
  }
  throw new CongvanError(
    'NUMBERS_UNCHECKED',
    lang === 'vi'
      ? `Số tiếp theo theo bản sao lưu – ${next.join('; ')}. Số đã cấp sau lần sao lưu không có trong sổ: hãy đối chiếu, đặt lại bằng «congvan register set-next» nếu cần, rồi dỡ với --numbers-checked.`
      : `Next numbers by the backup – ${next.join('; ')}. Numbers given after it are not in the register: compare, set them with "congvan register set-next" where needed, then lift with --numbers-checked.`,
    { temporary: false },
  );
}
