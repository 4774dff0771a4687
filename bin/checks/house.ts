/** Database, clock, staff, directory, calendar: what the house needs besides servers and files. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildCalendar, calendarWarnings, loadHolidays } from '../../config/calendar.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { openStorage } from '../../storage/index.ts';
import { isServiceRunning } from '../running.ts';
import { type Finding, ok, warning, wordsOf, wrong } from './finding.ts';

/** Opens (and where needed makes) the database; tells whether the service runs. */
export async function checkDatabase(
  config: CongvanConfig,
  clock: () => Date,
): Promise<{ findings: Finding[]; running: boolean }> {
  const name =
    config.database.kind === 'sqlite' ? config.database.file : `PostgreSQL ${config.database.schema}`;
  try {
    const mailDomain = config.agency.address.split('@')[1]!;
    const storage = await openStorage({
      dataDir: config.dataDir,
      database: config.database,
      clock,
      mailDomain,
    });
    try {
      const findings = [ok('database', `Cơ sở dữ liệu ${name} mở được`, `The database ${name} opens`)];
      const fence = await storage.fence.raised();
      if (fence !== null)
        findings.push(
          warning(
            'fence',
            `Đang có rào chắn: ${fence.reason}; xem «congvan fence --help»`,
            `The fence is up: ${fence.reason}; see "congvan fence --help"`,
          ),
        );
      return { findings, running: await isServiceRunning(config, storage, clock()) };
    } finally {
      await storage.close();
    }
  } catch (error) {
    return {
      findings: [
        wrong(
          'database',
          `Không mở được cơ sở dữ liệu ${name}: ${wordsOf(error)}`,
          `The database ${name} does not open: ${wordsOf(error)}`,
        ),
      ],
      running: false,
    };
  }
}

/** No release of Congvan is older than this. */
const OLDEST_POSSIBLE = '2026-01-01';

/** Deadlines rest on the clock (TIM-09): whether something keeps it right. */
export async function checkClock(now: Date): Promise<Finding> {
  const what = 'clock';
  if (now.toISOString() < OLDEST_POSSIBLE) {
    return wrong(
      what,
      `Đồng hồ máy sai (${now.toISOString()}); hãy chỉnh giờ và bật đồng bộ NTP`,
      `The clock is wrong (${now.toISOString()}); set it and switch NTP on`,
    );
  }
  try {
    const { stdout } = await promisify(execFile)(
      'timedatectl',
      ['show', '-p', 'NTPSynchronized', '--value'],
      { timeout: 5000 },
    );
    if (stdout.trim() === 'yes')
      return ok(what, 'Đồng hồ máy được đồng bộ (NTP)', 'The clock is synchronised (NTP)');
    return warning(
      what,
      'Đồng hồ máy chưa đồng bộ; hãy bật NTP (timedatectl set-ntp true)',
      'The clock is not synchronised; switch NTP on (timedatectl set-ntp true)',
    );
  } catch {
    return warning(
      what,
      'Không biết đồng hồ máy có được đồng bộ không (không có timedatectl); hãy tự kiểm tra NTP',
      'Cannot tell whether the clock is synchronised (no timedatectl); look after NTP yourself',
    );
  }
}

/** Who can decide what: two different persons are needed for suspected secrets (DOMAIN 8.2). */
export function checkStaff(config: CongvanConfig): Finding[] {
  const findings = [
    ok(
      'staff',
      `Cán bộ: ${config.staff.map((member) => member.id).join(', ')}`,
      `Staff: ${config.staff.map((member) => member.id).join(', ')}`,
    ),
  ];
  if (!config.staff.some((member) => member.roles.includes('leader'))) {
    findings.push(
      warning('staff', 'Chưa có người có vai trò leader (lãnh đạo)', 'Nobody has the role leader'),
    );
  }
  const authorised = config.staff.some((m) => m.roles.includes('secrets') || m.roles.includes('leader'));
  if (config.staff.length < 2 || !authorised) {
    findings.push(
      warning(
        'staff',
        'Thư nghi chứa bí mật nhà nước do hai người quyết định, một người có vai trò secrets hoặc leader: chưa đủ người',
        'What may be a state secret takes two persons, one of them with the role secrets or leader: there are not enough',
      ),
    );
  }
  return findings;
}

export function checkDirectory(config: CongvanConfig): Finding[] {
  const { agencies } = config.directory;
  if (agencies.length === 0) {
    return [
      warning(
        'directory',
        'Danh bạ trống: mọi nơi gửi đều là chưa biết, mọi văn bản đến phải chờ văn thư',
        'The directory is empty: every sender is unknown, every letter waits for the clerk',
      ),
    ];
  }
  const without = agencies.filter((agency) => agency.addresses.length === 0);
  const findings = [
    ok('directory', `Danh bạ: ${agencies.length} cơ quan`, `Directory: ${agencies.length} agencies`),
  ];
  if (without.length > 0) {
    const names = without
      .slice(0, 5)
      .map((agency) => agency.name)
      .join('; ');
    findings.push(
      warning(
        'directory',
        `${without.length} cơ quan chưa có địa chỉ thư: ${names}`,
        `${without.length} agencies have no mail address: ${names}`,
      ),
    );
  }
  return findings;
}

export function checkCalendar(config: CongvanConfig, now: Date): Finding[] {
  try {
    const calendar = buildCalendar(loadHolidays(), config.calendar);
    const warnings = calendarWarnings(calendar, now.toISOString());
    if (warnings.length === 0)
      return [ok('calendar', 'Lịch làm việc đầy đủ', 'The working calendar is complete')];
    return warnings.map(({ code, year, sentence }) =>
      warning(
        'calendar',
        sentence,
        `${code} ${year}: see config/calendar/holidays.yaml and calendar.vanHoa2411`,
      ),
    );
  } catch (error) {
    return [wrong('calendar', wordsOf(error), wordsOf(error))];
  }
}

/** Something must bring mail in. */
export function checkIntake(config: CongvanConfig): Finding[] {
  const { imap, lmtp, smtp, folder } = config.intake;
  if (imap.length > 0 || lmtp !== null || smtp !== null || folder !== null) return [];
  return [
    wrong(
      'intake',
      'Chưa khai báo đường nhận thư nào (imap, lmtp, smtp, folder)',
      'No way in is configured (imap, lmtp, smtp, folder)',
    ),
  ];
}
