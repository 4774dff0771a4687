/** The smallest parts of the configuration file: each says in two languages what would be right. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseDuration, parseSize } from './measure.ts';
import { packSentence } from './problems.ts';

/** An object that refuses unknown keys and names those that exist. */
export function group<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? packSentence(
            `không có mục nào tên «${(issue.keys ?? []).join(', ')}»; tại đây được dùng: ${known}`,
            `there is no key "${(issue.keys ?? []).join(', ')}"; allowed here: ${known}`,
          )
        : undefined,
  });
}

/** A text that must satisfy `test`; the value is trimmed and NFC. */
function checkedText(test: (value: string) => boolean, vi: string, en: string) {
  return z
    .string()
    .transform((value) => value.trim().normalize('NFC'))
    .refine(test, { error: packSentence(vi, en) });
}

/** One line of text for people. */
export function text(maxLength = 500) {
  return checkedText(
    (value) => value !== '' && value.length <= maxLength && !/[\u0000-\u001f\u007f-\u009f]/.test(value),
    `phải là một dòng chữ từ 1 đến ${maxLength} ký tự`,
    `must be one line of 1 to ${maxLength} characters`,
  );
}

/** A short name without spaces, for status, logs and --by. */
export const slug = checkedText(
  (value) => /^[a-z0-9][a-z0-9._-]{0,63}$/i.test(value),
  'chỉ gồm chữ cái không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới (tối đa 64 ký tự)',
  'must be letters without diacritics, digits, dots, hyphens, underscores (at most 64)',
);

const ADDRESS =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

/** True for `name@domain.example`, lower case. */
export function isMailAddress(value: string): boolean {
  return ADDRESS.test(value);
}

/** A mail address, lower-cased: official addresses differ in nothing but case nowhere that matters. */
export const address = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .refine(isMailAddress, {
    error: packSentence(
      'phải là một địa chỉ thư điện tử, ví dụ vanthu.xamau@mau.example.gov.vn',
      'must be a mail address such as vanthu.xamau@mau.example.gov.vn',
    ),
  });

export const host = checkedText(
  (value) => isIP(value.replace(/^\[|\]$/g, '')) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value),
  'phải là tên máy chủ hoặc địa chỉ IP, không kèm «https://» hay số cổng',
  'must be a host name or IP address, without "https://" or a port',
);

/** An exact host, or every host below a domain: `ocsp.example.gov.vn`, `*.example.gov.vn`. Lower case. */
export const hostPattern = checkedText(
  (value) => /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) || isIP(value) !== 0,
  'phải là tên máy chủ (ocsp.vidu.gov.vn) hoặc mọi máy của một tên miền (*.vidu.gov.vn), không kèm «http://» hay số cổng',
  'must be a host name (ocsp.example.gov.vn) or all hosts of a domain (*.example.gov.vn), without "http://" or a port',
).transform((value) => value.toLowerCase());

/** Address of an HTTP proxy, normalised; a password has no place in it. */
export const httpProxy = checkedText(
  isHttpProxy,
  'phải là địa chỉ proxy dạng http://may-chu:cong, không kèm mật khẩu hay đường dẫn',
  'must be a proxy address such as http://host:port, without password or path',
);

function isHttpProxy(value: string): boolean {
  if (!/^http:\/\/[^/]+\/?$/i.test(value) || !URL.canParse(value)) return false;
  const { username, password, search, hash } = new URL(value);
  return `${username}${password}${search}${hash}` === '';
}

export const port = z.number().refine((value) => Number.isInteger(value) && value >= 1 && value <= 65_535, {
  error: packSentence('phải là số cổng từ 1 đến 65535', 'must be a port from 1 to 65535'),
});

export function count(min: number, max: number) {
  return z.number().refine((value) => Number.isInteger(value) && value >= min && value <= max, {
    error: packSentence(
      `phải là số nguyên từ ${min} đến ${max}`,
      `must be a whole number from ${min} to ${max}`,
    ),
  });
}

/** `60s`, `5m`, `3d` → milliseconds, within [min, max] written the same way. */
export function duration(min: string, max: string) {
  return measure(
    parseDuration,
    min,
    max,
    'một khoảng thời gian như 30s, 5m, 2h, 3d',
    'a duration such as 30s, 5m, 2h, 3d',
  );
}

/** `100MB` → bytes. */
export function size(min: string, max: string) {
  return measure(parseSize, min, max, 'một dung lượng như 512KB, 100MB', 'a size such as 512KB, 100MB');
}

function measure(parse: (value: string) => number | null, min: string, max: string, vi: string, en: string) {
  const error = packSentence(`phải là ${vi}, từ ${min} đến ${max}`, `must be ${en}, from ${min} to ${max}`);
  return z.unknown().transform((value, context): number => {
    const parsed = typeof value === 'string' ? parse(value) : null;
    if (parsed !== null && parsed >= parse(min)! && parsed <= parse(max)!) return parsed;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
}

/** A path; made absolute against the folder of the configuration file later. */
export const path = checkedText(
  (value) => value !== '' && !value.includes('\u0000'),
  'phải là đường dẫn tệp hoặc thư mục',
  'must be the path of a file or folder',
);

/** A real calendar date, `2026-11-20`. */
export function isIsoDate(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && isoDateExists(value);
}

export const isoDate = checkedText(
  isIsoDate,
  'phải là một ngày có thật, viết năm-tháng-ngày, ví dụ 2026-11-20',
  'must be a real date written year-month-day, such as 2026-11-20',
);

/** A date (its first moment in Vietnam) or an instant with its offset → ISO 8601 UTC. */
export const instant = z.string().transform((value, context): string => {
  const given = value.trim();
  const whole = isIsoDate(given) ? `${given}T00:00:00+07:00` : given;
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
  if (shape.test(whole) && isoDateExists(whole.slice(0, 10)) && !Number.isNaN(Date.parse(whole))) {
    return new Date(whole).toISOString();
  }
  context.addIssue({
    code: 'custom',
    message: packSentence(
      'phải là một ngày (2026-11-20) hoặc thời điểm có múi giờ (2026-11-20T07:30:00+07:00)',
      'must be a date (2026-11-20) or an instant with its zone (2026-11-20T07:30:00+07:00)',
    ),
  });
  return z.NEVER;
});

/** `2026-02-30` is read as 2 March by the platform; it is a mistake here. */
function isoDateExists(value: string): boolean {
  const parsed = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value);
}

export const timeOfDay = checkedText(
  (value) => /^([01]\d|2[0-3]):[0-5]\d$/.test(value),
  'phải là giờ và phút, trong ngoặc kép, ví dụ "07:30"',
  'must be hours and minutes in quotes, such as "07:30"',
);

export const cron = checkedText(
  (value) => /^([\d*/,-]+\s+){4}[\d*/,-]+$/.test(value),
  'phải gồm năm phần: phút giờ ngày tháng thứ, ví dụ "30 1 * * *" (01:30 hằng ngày)',
  'must have five parts: minute hour day month weekday, such as "30 1 * * *" (01:30 every day)',
);

/** Where a secret lies. A literal secret is refused with the way to do it right. */
export const secret = z.unknown().transform((value, context): { file: string } | { env: string } => {
  const found = asSecretSource(value);
  if (found !== null) return found;
  context.addIssue({
    code: 'custom',
    message: packSentence(
      'mật khẩu không được viết thẳng vào tệp cấu hình; hãy ghi mật khẩu vào một tệp riêng (chmod 600) và viết { file: secrets/ten-tep }, hoặc dùng biến môi trường và viết { env: TEN_BIEN }',
      'a password may not stand in the configuration file; put it into a file of its own (chmod 600) and write { file: secrets/name }, or into an environment variable and write { env: NAME }',
    ),
  });
  return z.NEVER;
});

function asSecretSource(value: unknown): { file: string } | { env: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value);
  if (entries.length !== 1) return null;
  const [kind, name] = entries[0] as [string, unknown];
  if (typeof name !== 'string' || name.trim() === '') return null;
  if (kind === 'file') return { file: name.trim() };
  return kind === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? { env: name } : null;
}
