import type { Lang } from '../../config/problems.ts';
import { type FolderAccount, reconcile } from '../../gateway/reconcile.ts';
import { type Command, noMore, readArguments, withHouse } from '../command.ts';
import { RECONCILED } from '../health.ts';
import type { Output } from '../output.ts';

/** `congvan reconcile`: every UID of every watched folder, and what became of it (DESIGN, invariant 1). */
export const command: Command = {
  help: {
    vi: `
congvan reconcile [--no-fetch] [--json]

Liệt kê mọi thư trong mọi thư mục theo dõi và cho biết từng thư đã ra sao; thư chưa biết đến được lấy về ngay.
Chạy được khi dịch vụ đang chạy. Mã kết thúc 1 khi có thư mục không xem được.

  --no-fetch   chỉ xem, không lấy thư về
`,
    en: `
congvan reconcile [--no-fetch] [--json]

Lists every message of every watched folder and tells what became of each; what nobody knows of is fetched now.
Works beside the running service. Exit code 1 when a folder could not be looked at.

  --no-fetch   looks only
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, { 'no-fetch': { type: 'boolean' } });
    noMore(call, positionals, 0);
    return withHouse(call, values.config, async (house) => {
      const { imap, cutover } = house.config.intake;
      const { storage, log, clock } = house;
      const ports = { storage, log, clock, random: Math.random, onKept: () => undefined };
      const accounts = await reconcile(imap, { fetchMissing: values['no-fetch'] !== true, cutover }, ports);
      for (const account of accounts) {
        call.out.record(account);
        if (!call.out.json) print(account, call.lang, call.out);
      }
      if (accounts.length === 0 && !call.out.json) call.out.line(nothingWatched(call.lang));
      const failed = accounts.some((account) => account.problem !== null);
      if (!failed) await storage.meta.set(RECONCILED, clock().toISOString());
      return failed ? 1 : 0;
    });
  },
};

function nothingWatched(lang: Lang): string {
  return lang === 'vi'
    ? 'Cấu hình không theo dõi hộp thư IMAP nào: không có gì để đối soát.'
    : 'The configuration watches no IMAP mailbox: there is nothing to reconcile.';
}

function print(account: FolderAccount, lang: Lang, out: Output): void {
  const say = (vi: string, en: string): string => (lang === 'vi' ? vi : en);
  out.line(`${account.mailbox} / ${account.folder}  (UIDVALIDITY ${account.uidValidity ?? '–'})`);
  if (account.problem !== null) {
    out.line(`  ✗ ${account.problem}`);
    return;
  }
  out.line(`  ${say('trên máy chủ', 'on the server')}: ${account.onServer}`);
  for (const [fate, count] of Object.entries(account.counts)) out.line(`    ${fate.padEnd(28)} ${count}`);
  out.line(`  ${say('mới lấy về', 'fetched now')}: ${account.fetched}`);
  out.line(`  ${say('không còn trên máy chủ', 'no longer on the server')}: ${account.vanished}`);
  if (account.earlierValidities.length > 0) {
    out.line(
      `  ${say('UIDVALIDITY trước đây', 'earlier UIDVALIDITY')}: ${account.earlierValidities.join(', ')}`,
    );
  }
  for (const odd of account.odd)
    out.line(`  ! UID ${odd.uid}: ${odd.what}${odd.detail === null ? '' : ` – ${odd.detail}`}`);
}
