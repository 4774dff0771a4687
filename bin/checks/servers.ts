/** The servers that the configuration names: do they answer, do they let us in, do they have what we need? */
import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { CongvanConfig, ImapMailbox, ListenerConfig } from '../../config/types.ts';
import { clamdAnswers } from '../../gateway/clamav.ts';
import { openSession, whatIsWrong } from '../../gateway/intake/imap/connection.ts';
import { credentialsOf } from '../../gateway/intake/secrets.ts';
import { expiry, type Finding, ok, warning, wordsOf, wrong } from './finding.ts';
import { probeSmtp } from './smtp-probe.ts';

/** Checks say themselves what is wrong; the log of intake would say it twice. */
const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Login, and each folder opened read-only. */
export async function checkImap(mailbox: ImapMailbox): Promise<Finding[]> {
  const what = `imap:${mailbox.name}`;
  const place = `${mailbox.name} (${mailbox.login.user} @ ${mailbox.host}:${mailbox.port})`;
  let session: Awaited<ReturnType<typeof openSession>>;
  try {
    session = await openSession(mailbox, { log: SILENT });
  } catch (error) {
    const { detail } = whatIsWrong(error);
    return [wrong(what, `Hộp thư ${place}: ${detail}`, `Mailbox ${place}: ${wordsOf(error)}`)];
  }
  const findings: Finding[] = [ok(what, `Hộp thư ${place}: đăng nhập được`, `Mailbox ${place}: login works`)];
  try {
    const folders = mailbox.moveTo === null ? mailbox.folders : [...mailbox.folders, mailbox.moveTo];
    for (const folder of folders) findings.push(await checkFolder(session, folder, `${what}/${folder}`));
  } finally {
    await session.close();
  }
  return findings;
}

async function checkFolder(
  session: Awaited<ReturnType<typeof openSession>>,
  folder: string,
  what: string,
): Promise<Finding> {
  try {
    const { exists } = await session.examine(folder);
    return ok(what, `Thư mục «${folder}»: ${exists} thư`, `Folder "${folder}": ${exists} messages`);
  } catch (error) {
    return wrong(
      what,
      `Không mở được thư mục «${folder}» (${wordsOf(error)}); hãy tạo thư mục hoặc sửa tên trong cấu hình`,
      `Folder "${folder}" cannot be opened (${wordsOf(error)}); make it or mend its name`,
    );
  }
}

/** End of the certificate of a server that speaks TLS from the first byte. */
export async function checkTlsExpiry(mailbox: ImapMailbox, now: Date): Promise<Finding[]> {
  if (mailbox.tls.mode !== 'implicit') return [];
  const notAfter = await new Promise<string | null>((resolve) => {
    const socket = connectTls({
      host: mailbox.host,
      servername: mailbox.host,
      port: mailbox.port,
      rejectUnauthorized: false,
    });
    const end = (value: string | null): void => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(10_000, () => end(null));
    socket.on('error', () => end(null));
    socket.on('secureConnect', () => end(socket.getPeerCertificate().valid_to ?? null));
  });
  if (notAfter === null) return [];
  return [expiry(`imap-certificate:${mailbox.name}`, mailbox.host, new Date(notAfter).toISOString(), now)];
}

/** Connect, EHLO, TLS, login; no mail is sent. */
export async function checkOutgoing(config: CongvanConfig, now: Date): Promise<Finding[]> {
  const server = config.outgoing;
  const what = 'smtp';
  if (server === null) {
    return [
      warning(
        what,
        'Chưa khai báo outgoing: hệ thống sẽ không gửi thông báo và văn bản nào',
        'No outgoing server: no notices and no documents will be sent',
      ),
    ];
  }
  const place = `${server.host}:${server.port}`;
  try {
    const credentials = server.login === null ? null : await credentialsOf(server.login, SILENT);
    const { extensions, notAfter } = await probeSmtp(server, credentials);
    const findings = [
      ok(
        what,
        `Máy chủ gửi thư ${place}: kết nối và đăng nhập được`,
        `Outgoing server ${place}: connection and login work`,
      ),
    ];
    if (!extensions.includes('DSN')) {
      findings.push(
        warning(
          'smtp-dsn',
          `${place} không hỗ trợ DSN: chỉ biết kết quả qua thư báo lỗi và thông báo của nơi nhận`,
          `${place} has no DSN: results are known from bounces and the recipient's notices only`,
        ),
      );
    }
    if (notAfter !== null) findings.push(expiry('smtp-certificate', server.host, notAfter, now));
    return findings;
  } catch (error) {
    return [
      wrong(
        what,
        `Máy chủ gửi thư ${place}: ${wordsOf(error).replace(/\.$/, '')}; hãy kiểm tra địa chỉ, mã hóa và mật khẩu`,
        `Outgoing server ${place}: ${wordsOf(error)}; look at address, TLS mode and password`,
      ),
    ];
  }
}

/** The scanner answers; without one, attachments are not scanned. */
export async function checkClamav(config: CongvanConfig): Promise<Finding[]> {
  const clamav = config.screening.clamav;
  if (clamav === null) {
    return [
      warning(
        'clamav',
        'Chưa dùng ClamAV: tệp đính kèm không được quét vi-rút',
        'No ClamAV: attachments are not scanned for viruses',
      ),
    ];
  }
  const verdict = await clamdAnswers(clamav);
  if (verdict.status !== 'unreachable') return [ok('clamav', 'ClamAV trả lời', 'ClamAV answers')];
  return [
    wrong(
      'clamav',
      `ClamAV không trả lời (${verdict.detail ?? ''}); thư sẽ bị giữ lại cho đến khi quét được; hãy khởi động clamd`,
      `ClamAV does not answer (${verdict.detail ?? ''}); mail waits until it does; start clamd`,
    ),
  ];
}

/** May we listen where we are told to? A port that our own running service holds is in order. */
export async function checkListener(
  kind: string,
  listener: ListenerConfig,
  serviceRuns: boolean,
): Promise<Finding> {
  const place = `${listener.host}:${listener.port}`;
  const problem = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const server = createServer();
    server.on('error', (error) => resolve(error));
    server.listen(listener.port, listener.host, () => server.close(() => resolve(null)));
  });
  if (problem === null)
    return ok(kind, `Cổng ${place} (${kind}) sẵn sàng`, `Port ${place} (${kind}) is free`);
  if (problem.code === 'EADDRINUSE' && serviceRuns) {
    return ok(
      kind,
      `Cổng ${place} (${kind}) đang do dịch vụ giữ`,
      `Port ${place} (${kind}) is held by the running service`,
    );
  }
  const todo =
    problem.code === 'EACCES'
      ? ['cổng dưới 1024 cần quyền CAP_NET_BIND_SERVICE', 'ports below 1024 need CAP_NET_BIND_SERVICE']
      : ['hãy chọn cổng khác hoặc dừng chương trình đang giữ', 'choose another or stop what holds it'];
  return wrong(
    kind,
    `Không mở được cổng ${place} (${problem.code}); ${todo[0]}`,
    `Port ${place} cannot be opened (${problem.code}); ${todo[1]}`,
  );
}

/** MX and SPF of our own domain: without them others cannot reach us, or will not believe us. */
export async function checkDomain(config: CongvanConfig): Promise<Finding[]> {
  if (config.sender.resolver !== 'system') return [];
  const domain = config.agency.address.split('@')[1]!;
  const resolver = new Resolver({ timeout: 5000, tries: 2 });
  const findings: Finding[] = [];
  try {
    const mx = await resolver.resolveMx(domain);
    findings.push(
      ok(
        'dns-mx',
        `MX của ${domain}: ${mx.map((record) => record.exchange).join(', ')}`,
        `MX of ${domain}: ${mx.map((record) => record.exchange).join(', ')}`,
      ),
    );
  } catch (error) {
    findings.push(
      warning(
        'dns-mx',
        `Không tìm thấy MX của ${domain} (${wordsOf(error)}); cơ quan khác có thể không gửi thư đến được`,
        `No MX of ${domain} (${wordsOf(error)}); others may be unable to write to you`,
      ),
    );
  }
  try {
    const texts = (await resolver.resolveTxt(domain)).map((parts) => parts.join(''));
    const spf = texts.find((text) => /^v=spf1( |$)/i.test(text));
    findings.push(
      spf === undefined
        ? warning(
            'dns-spf',
            `${domain} chưa có bản ghi SPF: thư đi có thể bị từ chối; hãy đề nghị đơn vị quản lý tên miền bổ sung`,
            `${domain} has no SPF record: your mail may be refused; ask who runs the domain`,
          )
        : ok('dns-spf', `SPF của ${domain}: ${spf}`, `SPF of ${domain}: ${spf}`),
    );
  } catch (error) {
    findings.push(
      warning(
        'dns-spf',
        `Không tra được SPF của ${domain} (${wordsOf(error)})`,
        `SPF of ${domain} could not be looked up (${wordsOf(error)})`,
      ),
    );
  }
  return findings;
}
