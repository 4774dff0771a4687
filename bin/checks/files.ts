/** Folders and files that the configuration names: are they there, may we, is there room, how long are they valid? */
import { X509Certificate } from 'node:crypto';
import { access, constants, open, readFile, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isSecretFileOpen, readSecret } from '../../config/secret.ts';
import type { CongvanConfig, Login, SecretSource } from '../../config/types.ts';
import { expiry, type Finding, ok, warning, wordsOf, wrong } from './finding.ts';

const GIB = 1024 ** 3;
/** Free space below which the administrator is told, and below which nothing should start. */
const LITTLE_SPACE = 5 * GIB;
const NO_SPACE = 0.5 * GIB;

/** Writes, fsyncs and removes a file in the data folder, and looks at its room. */
export async function checkDataFolder(dataDir: string): Promise<Finding[]> {
  const what = 'data-folder';
  const probe = join(dataDir, `.check-${process.pid}`);
  try {
    const file = await open(probe, 'wx', 0o600);
    try {
      await file.writeFile('congvan check');
      await file.sync();
    } finally {
      await file.close();
      await unlink(probe);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const todo =
      code === 'ENOENT'
        ? ['hãy tạo thư mục này (chmod 700)', 'make this folder (chmod 700)']
        : ['hãy kiểm tra quyền và ổ đĩa', 'look at its rights and its disk'];
    return [
      wrong(
        what,
        `Không ghi được vào ${dataDir} (${wordsOf(error)}); ${todo[0]}`,
        `Cannot write to ${dataDir} (${wordsOf(error)}); ${todo[1]}`,
      ),
    ];
  }
  return [
    ok(what, `Thư mục dữ liệu ${dataDir} ghi được`, `The data folder ${dataDir} can be written`),
    await freeSpace(dataDir),
    ...(await openToOthers(dataDir)),
  ];
}

async function freeSpace(dataDir: string): Promise<Finding> {
  const room = await statfs(dataDir);
  const free = room.bavail * room.bsize;
  const shown = `${(free / GIB).toFixed(1)} GB`;
  const what = 'free-space';
  if (free < NO_SPACE)
    return wrong(
      what,
      `Chỉ còn ${shown} trống; hãy giải phóng hoặc mở rộng ổ đĩa`,
      `Only ${shown} free; make room`,
    );
  if (free < LITTLE_SPACE)
    return warning(what, `Còn ${shown} trống; nên mở rộng ổ đĩa sớm`, `${shown} free; make room soon`);
  return ok(what, `Còn ${shown} trống`, `${shown} free`);
}

async function openToOthers(dataDir: string): Promise<Finding[]> {
  const mode = (await stat(dataDir)).mode & 0o077;
  if (mode === 0) return [];
  return [
    warning(
      'data-folder',
      `Người khác trên máy đọc được ${dataDir}; hãy chạy chmod 700 ${dataDir}`,
      `Others on the machine may enter ${dataDir}; run chmod 700 ${dataDir}`,
    ),
  ];
}

/** Each secret that the configuration names: there, not empty, and not for others. */
export function checkSecrets(config: CongvanConfig): Finding[] {
  const logins: [string, Login][] = config.intake.imap.map((mailbox) => [
    `imap:${mailbox.name}`,
    mailbox.login,
  ]);
  if (config.outgoing?.login) logins.push(['smtp', config.outgoing.login]);
  return logins.flatMap(([what, login]) =>
    login.kind === 'password' ? [checkSecret(`secret:${what}`, login.password)] : [],
  );
}

function checkSecret(what: string, source: SecretSource): Finding {
  const name = 'env' in source ? `$${source.env}` : source.file;
  try {
    readSecret(source);
  } catch {
    return wrong(
      what,
      `Chưa có mật khẩu trong ${name}; hãy ghi mật khẩu vào đó, một dòng`,
      `No password in ${name}; put it there, one line`,
    );
  }
  if ('file' in source && isSecretFileOpen(source.file)) {
    return warning(
      what,
      `Người khác trên máy đọc được ${name}; hãy chạy chmod 600 ${name}`,
      `Others on the machine may read ${name}; run chmod 600 ${name}`,
    );
  }
  return ok(what, `Mật khẩu trong ${name} đọc được`, `The secret in ${name} can be read`);
}

/** Watched folders and files of fixed answers. */
export async function checkPaths(config: CongvanConfig): Promise<Finding[]> {
  const paths: [string, string, number][] = [];
  if (config.intake.folder !== null)
    paths.push(['intake-folder', config.intake.folder.path, constants.R_OK | constants.W_OK]);
  if (config.issuing.scannerFolder !== null)
    paths.push(['scanner-folder', config.issuing.scannerFolder, constants.R_OK | constants.W_OK]);
  if (config.sender.resolver !== 'system')
    paths.push(['resolver', config.sender.resolver.file, constants.R_OK]);
  for (const [what, tls] of [
    ...config.intake.imap.map((mailbox) => [`ca:imap:${mailbox.name}`, mailbox.tls] as const),
    ...(config.outgoing === null ? [] : [['ca:smtp', config.outgoing.tls] as const]),
  ]) {
    if (tls.caFile !== null) paths.push([what, tls.caFile, constants.R_OK]);
  }
  return Promise.all(
    paths.map(async ([what, path, mode]) => {
      try {
        await access(path, mode);
        return ok(what, `${path} dùng được`, `${path} is usable`);
      } catch (error) {
        return wrong(
          what,
          `Không dùng được ${path} (${wordsOf(error)}); hãy tạo hoặc sửa quyền`,
          `${path} is not usable (${wordsOf(error)}); make it or mend its rights`,
        );
      }
    }),
  );
}

/** Certificates that our own listeners show. */
export async function checkListenerCertificates(config: CongvanConfig, now: Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const kind of ['lmtp', 'smtp'] as const) {
    const tls = config.intake[kind]?.tls;
    if (!tls) continue;
    const what = `${kind}-certificate`;
    try {
      await access(tls.keyFile, constants.R_OK);
      const certificate = new X509Certificate(await readFile(tls.certFile));
      findings.push(expiry(what, tls.certFile, certificate.validToDate.toISOString(), now));
    } catch (error) {
      findings.push(
        wrong(
          what,
          `Không đọc được chứng thư của ${kind} (${wordsOf(error)})`,
          `The certificate of ${kind} cannot be read (${wordsOf(error)})`,
        ),
      );
    }
  }
  return findings;
}
