/** What must hold between the keys of the configuration file, beyond the shape of each. */
import { isLoopback } from './loopback.ts';
import type { ConfigPath, ConfigProblem } from './problems.ts';
import type { ConfigFile } from './schema.ts';

/** All violations, in no particular order. */
export function checkRules(from: ConfigFile): ConfigProblem[] {
  return [
    ...checkPlainText(from),
    ...checkUnique(from),
    ...checkStaff(from),
    ...checkSessions(from),
    ...checkListeners(from),
    ...checkPostgres(from),
  ];
}

/** Letters and passwords never travel in the clear beyond the machine itself. */
function checkPlainText(from: ConfigFile): ConfigProblem[] {
  const places: { host: string; path: ConfigPath }[] = [];
  from.intake.imap.forEach((mailbox, index) => {
    if (mailbox.tls.mode === 'none')
      places.push({ host: mailbox.host, path: ['intake', 'imap', index, 'tls'] });
  });
  if (from.outgoing?.tls.mode === 'none') {
    places.push({ host: from.outgoing.host, path: ['outgoing', 'tls'] });
    for (const [domain, target] of Object.entries(from.outgoing.routes)) {
      places.push({ host: target.host, path: ['outgoing', 'routes', domain] });
    }
  }
  for (const kind of ['lmtp', 'smtp'] as const) {
    const listener = from.intake[kind];
    if (listener !== null && listener.tls === null) {
      places.push({ host: listener.host, path: ['intake', kind, 'host'] });
    }
  }
  const clamav = from.screening.clamav;
  if (clamav !== null && 'host' in clamav) {
    places.push({ host: clamav.host, path: ['screening', 'clamav', 'host'] });
  }
  return places
    .filter((place) => !isLoopback(place.host))
    .map((place) => ({
      path: place.path,
      vi: `kết nối không mã hóa chỉ được phép trong chính máy này (127.0.0.1, ::1, localhost), không được tới ${place.host}; hãy dùng TLS (implicit hoặc starttls), socket hoặc đường hầm mã hóa`,
      en: `a connection without TLS is allowed to this machine only (127.0.0.1, ::1, localhost), not to ${place.host}; use TLS (implicit or starttls), a socket or an encrypted tunnel`,
    }));
}

function checkUnique(from: ConfigFile): ConfigProblem[] {
  return [
    ...repeated(from.intake.imap.map((mailbox) => mailbox.name)).map((index) => ({
      path: ['intake', 'imap', index, 'name'],
      vi: 'tên hộp thư đã được dùng; mỗi hộp thư phải có tên riêng',
      en: 'this mailbox name is taken; each mailbox needs its own',
    })),
    ...repeated(from.staff.map((member) => member.id)).map((index) => ({
      path: ['staff', index, 'id'],
      vi: 'mã cán bộ đã được dùng; mỗi người phải có mã riêng',
      en: 'this staff id is taken; each person needs their own',
    })),
    ...repeated(from.register.nextNumber.map((next) => `${next.book} ${next.series} ${next.year}`)).map(
      (index) => ({
        path: ['register', 'nextNumber', index],
        vi: 'sổ, dãy số và năm này đã được khai báo ở trên',
        en: 'this book, series and year is stated above already',
      }),
    ),
  ];
}

/** Indices of values that stood earlier in the list. */
function repeated(values: string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

/** Without a clerk nobody could decide what is held; `machine` is what the journal calls the gateway itself. */
function checkStaff(from: ConfigFile): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (!from.staff.some((member) => member.roles.includes('clerk'))) {
    problems.push({
      path: ['staff'],
      vi: 'cần ít nhất một người có vai trò clerk (văn thư) để quyết định các văn bản chờ xử lý',
      en: 'needs at least one person with the role clerk, to decide what is held',
    });
  }
  from.staff.forEach((member, index) => {
    if (member.id !== 'machine') return;
    problems.push({
      path: ['staff', index, 'id'],
      vi: '«machine» là tên dành cho phần mềm trong nhật ký; hãy chọn mã khác',
      en: '"machine" is what the journal calls the software; choose another id',
    });
  });
  return problems;
}

function checkSessions(from: ConfigFile): ConfigProblem[] {
  return from.calendar.sessions.flatMap((session, index, all) => {
    const before = all[index - 1];
    if (session.start < session.end && (before === undefined || before.end <= session.start)) return [];
    return [
      {
        path: ['calendar', 'sessions', index],
        vi: 'giờ kết thúc phải sau giờ bắt đầu, và các buổi phải theo thứ tự, không chồng lên nhau',
        en: 'the end must be after the start, and sessions must be in order without overlapping',
      },
    ];
  });
}

/** Two listeners on one port cannot both start. */
function checkListeners(from: ConfigFile): ConfigProblem[] {
  const { lmtp, smtp } = from.intake;
  if (lmtp === null || smtp === null || lmtp.port !== smtp.port) return [];
  return [
    {
      path: ['intake', 'smtp', 'port'],
      vi: `cổng ${smtp.port} đã dùng cho lmtp; hãy chọn cổng khác`,
      en: `port ${smtp.port} is taken by lmtp; choose another`,
    },
  ];
}

/** The connection string is either without a password, or a secret. */
function checkPostgres(from: ConfigFile): ConfigProblem[] {
  if (from.database.kind !== 'postgres') return [];
  const url = from.database.url;
  const path = ['database', 'url'];
  if (typeof url === 'object' && url !== null && ('file' in url || 'env' in url)) return [];
  if (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    return [
      {
        path,
        vi: 'phải là postgresql://nguoidung@maychu:5432/tencsdl, hoặc { file } / { env } chứa chuỗi đó khi có mật khẩu',
        en: 'must be postgresql://user@host:5432/database, or { file } / { env } holding it when it has a password',
      },
    ];
  }
  return new URL(url).password === '' ? [] : [literalPassword(path)];
}

function literalPassword(path: ConfigPath): ConfigProblem {
  return {
    path,
    vi: 'mật khẩu không được viết thẳng vào tệp cấu hình; hãy ghi cả chuỗi kết nối vào tệp riêng (chmod 600) và viết url: { file: secrets/postgres }',
    en: 'a password may not stand in the configuration file; put the whole string into a file of its own (chmod 600) and write url: { file: secrets/postgres }',
  };
}

/** A resolved connection string that would carry letters in the clear to another machine. */
export function checkPostgresTls(url: string): ConfigProblem[] {
  const path = ['database', 'url'];
  if (!URL.canParse(url)) {
    return [
      { path, vi: 'nội dung không phải chuỗi kết nối PostgreSQL', en: 'does not hold a PostgreSQL address' },
    ];
  }
  const parsed = new URL(url);
  const host = parsed.hostname === '' ? 'localhost' : decodeURIComponent(parsed.hostname);
  const mode = parsed.searchParams.get('sslmode') ?? '';
  if (isLoopback(host) || host.startsWith('/') || parsed.searchParams.get('host')?.startsWith('/')) return [];
  if (['require', 'verify-ca', 'verify-full'].includes(mode)) return [];
  return [
    {
      path,
      vi: `kết nối tới ${host} phải được mã hóa; hãy thêm ?sslmode=verify-full vào chuỗi kết nối`,
      en: `the connection to ${host} must be encrypted; add ?sslmode=verify-full to the address`,
    },
  ];
}
