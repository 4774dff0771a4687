import type { CongvanConfig } from '../../config/types.ts';
import { anchorFindings } from '../checks/anchors.ts';
import { checkDataFolder, checkListenerCertificates, checkPaths, checkSecrets } from '../checks/files.ts';
import { type Finding, ok, printFinding } from '../checks/finding.ts';
import {
  checkCalendar,
  checkClock,
  checkDatabase,
  checkDirectory,
  checkIntake,
  checkStaff,
} from '../checks/house.ts';
import { checkJudging } from '../checks/judging.ts';
import {
  checkClamav,
  checkDomain,
  checkImap,
  checkListener,
  checkOutgoing,
  checkTlsExpiry,
} from '../checks/servers.ts';
import { checkSigning } from '../checks/signing.ts';
import { type Command, type Invocation, noMore, readArguments, readConfig } from '../command.ts';

/** `congvan check`: everything that the configuration names is tried, and said in plain words. */
export const command: Command = {
  help: {
    vi: `
congvan check [--config TỆP] [--json]

Thử mọi kết nối, quyền và tệp mà cấu hình nêu; không gửi thư, không đổi gì trong hộp thư. Mỗi dòng:
✓ tốt, ! nên xem lại, ✗ phải sửa. Mã kết thúc 1 khi có dòng ✗.
`,
    en: `
congvan check [--config FILE] [--json]

Tries every connection, right and file that the configuration names; sends no mail, changes no mailbox. Each line:
✓ fine, ! look at it, ✗ must be mended. Exit code 1 when there is a ✗.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {});
    noMore(call, positionals, 0);
    const config = await readConfig(call, values.config);
    let bad = 0;
    const tell = (findings: Finding[]): void => {
      for (const finding of findings) {
        if (finding.mark === 'wrong') bad += 1;
        printFinding(call, finding);
      }
    };
    tell([ok('config', `Cấu hình ${config.file} đọc được`, `The configuration ${config.file} is read`)]);
    await checkAll(config, tell);
    call.out.line(conclusion(call, bad));
    return bad === 0 ? 0 : 1;
  },
};

/** In the order that an administrator mends things: files, database, servers, then advice. */
async function checkAll(config: CongvanConfig, tell: (findings: Finding[]) => void): Promise<void> {
  const now = new Date();
  const folder = await checkDataFolder(config.dataDir);
  tell(folder);
  tell(checkSecrets(config));
  tell(await checkPaths(config));
  // A database in a folder that cannot be written is not tried: QUIRK: making a folder below /proc never ends in Node.
  const usable = folder.every(({ mark }) => mark !== 'wrong');
  const { findings, running } = usable
    ? await checkDatabase(config, () => new Date())
    : { findings: [], running: false };
  tell(findings);
  tell(checkIntake(config));
  for (const mailbox of config.intake.imap) {
    tell(await checkImap(mailbox));
    tell(await checkTlsExpiry(mailbox, now));
  }
  for (const kind of ['lmtp', 'smtp'] as const) {
    const listener = config.intake[kind];
    if (listener !== null) tell([await checkListener(kind, listener, running)]);
  }
  tell(await checkListenerCertificates(config, now));
  tell(await checkOutgoing(config, now));
  tell(await checkClamav(config));
  tell(await checkJudging());
  tell(anchorFindings(config, now));
  tell(await checkSigning(config, now));
  tell([await checkClock(now)]);
  tell(await checkDomain(config));
  tell(checkStaff(config));
  tell(checkDirectory(config));
  tell(checkCalendar(config, now));
}

function conclusion(call: Invocation, bad: number): string {
  if (bad === 0) return call.lang === 'vi' ? 'Không có gì phải sửa.' : 'Nothing must be mended.';
  return call.lang === 'vi' ? `Có ${bad} mục phải sửa (✗).` : `${bad} things must be mended (✗).`;
}
