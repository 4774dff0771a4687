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
congvan fence lift --by NGƯỜI [--without-reconcile]

Sau khi khôi phục, hệ thống chưa cấp số và chưa gửi gì, vì các số và thư sau lần sao lưu không còn trong sổ.
Trước khi dỡ: chạy «congvan reconcile», đối chiếu sổ với các văn bản đã gửi và đã nhận sau lần sao lưu, và đặt lại
số tiếp theo bằng «congvan register set-next».
--without-reconcile  dỡ dù chưa đối soát (hộp thư cũ không còn)
`,
    en: `
congvan fence [--json]
congvan fence lift --by PERSON [--without-reconcile]

After a restore nothing is numbered and nothing is sent, since numbers and mail after the backup are not in the register.
Before lifting: run "congvan reconcile", compare the register with what was sent and received after the backup, and set
the next numbers with "congvan register set-next".
--without-reconcile  lifts it although nothing was reconciled (the mailbox is gone for good)
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      by: { type: 'string' },
      'without-reconcile': { type: 'boolean' },
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
