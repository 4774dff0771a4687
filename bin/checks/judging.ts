/** What protects the service from the files that it judges: found on a sandbox that is started for it. */
import { openJudge } from '../../gateway/judging/judge.ts';
import type { Protections } from '../../gateway/judging/sandbox.ts';
import { type Finding, ok, warning, wordsOf, wrong } from './finding.ts';

/** Trust plays no part here: its files are checked by themselves. */
export async function checkJudging(): Promise<Finding[]> {
  const judge = openJudge({ trust: () => ({ anchors: [], intermediates: [] }), processes: 1 });
  try {
    return findingsOf(await judge.protections());
  } catch (error) {
    return [
      wrong(
        'judging',
        `Không khởi động được tiến trình kiểm tra chữ ký số (${wordsOf(error)}); hãy xem bộ nhớ, giới hạn số tiến trình, và chạy lại npm ci`,
        `No process for judging signatures could be started (${wordsOf(error)}); look at memory and process limits, and run npm ci again`,
      ),
    ];
  } finally {
    await judge.close();
  }
}

/** One line for each protection, so that the administrator sees which one is missing and what brings it. */
export function findingsOf(found: Protections): Finding[] {
  const seconds = found.deadlineMs / 1000;
  return [
    found.permissionModel
      ? ok(
          'judging:permissions',
          'Chữ ký số được kiểm tra trong tiến trình riêng: không ghi tệp, không chạy chương trình, chỉ đọc mã của chính nó',
          'Signatures are judged in a process that writes nothing, starts nothing, and reads its own code only',
        )
      : wrong(
          'judging:permissions',
          'Tiến trình kiểm tra chữ ký số không bị giới hạn quyền (permission model của Node); hãy dùng Node do npm ci cài',
          "The judging process is not confined by Node's permission model; use the Node that npm ci installs",
        ),
    found.networkNamespace
      ? ok(
          'judging:network',
          'Tiến trình kiểm tra chữ ký số không có mạng',
          'The judging process has no network',
        )
      : warning(
          'judging:network',
          'Tiến trình kiểm tra chữ ký số vẫn ra được mạng: máy không cho tạo network namespace; hãy cài util-linux, cho phép user namespace (systemd: RestrictNamespaces=user net)',
          'The judging process can reach the network: this machine allows no network namespace; install util-linux, allow user namespaces (systemd: RestrictNamespaces=user net)',
        ),
    found.memoryLimit
      ? ok(
          'judging:memory',
          `Bộ nhớ của tiến trình kiểm tra chữ ký số: tối đa ${found.memoryMiB} MiB; mỗi tệp tối đa ${seconds} giây`,
          `Memory of the judging process: at most ${found.memoryMiB} MiB; at most ${seconds} seconds a file`,
        )
      : warning(
          'judging:memory',
          `Chỉ giới hạn được vùng nhớ JavaScript (${found.memoryMiB} MiB) của tiến trình kiểm tra chữ ký số; hãy cài util-linux (lệnh prlimit); mỗi tệp tối đa ${seconds} giây`,
          `Only the JavaScript heap (${found.memoryMiB} MiB) of the judging process is bounded; install util-linux (prlimit); at most ${seconds} seconds a file`,
        ),
    ...(found.endsWithService
      ? []
      : [
          warning(
            'judging:life',
            'Khi dịch vụ bị tắt đột ngột, tiến trình kiểm tra chữ ký số có thể còn lại; hãy cài util-linux (lệnh setpriv)',
            'A judging process may outlive a service that is killed; install util-linux (setpriv)',
          ),
        ]),
  ];
}
