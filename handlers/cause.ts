/** Why a letter did not get there, in the words of the T6 table (DOMAIN 7.4): plain Vietnamese, no full stop. */

const TOO_LARGE = 'Tệp vượt quá dung lượng cho phép';
const NO_ADDRESS = 'Địa chỉ không tồn tại';
const REFUSED = 'Máy chủ nơi nhận từ chối';
const NOT_REACHED = 'Chưa kết nối được máy chủ nơi nhận';

/** By enhanced status code (RFC 3463), the narrower first. */
const BY_STATUS: [RegExp, string][] = [
  [/^[45]\.1\.(?:[0136]|10)$/, NO_ADDRESS],
  [/^[45]\.(?:1\.2|4\.4)$/, 'Tên miền của địa chỉ không tồn tại hoặc không nhận thư'],
  [/^[45]\.2\.1$/, 'Hộp thư nơi nhận không hoạt động'],
  [/^[45]\.2\.2$/, 'Hộp thư nơi nhận đã đầy'],
  [/^[45]\.(?:2\.3|3\.4)$/, TOO_LARGE],
  [/^[45]\.6\.7$/, 'Máy chủ thư không nhận địa chỉ có chữ ngoài bảng mã ASCII'],
  [/^(?:4\.|5\.4\.)/, NOT_REACHED],
  [/^5\.7\./, REFUSED],
];

/** Words of servers that give no enhanced code. */
const UNKNOWN_ADDRESS = /user|mailbox|recipient|address|unknown|no such|not exist/i;

/**
 * @param status enhanced status code (`5.1.1`); null when none was stated
 * @param diagnostic the server's words (`smtp; 550 5.1.1 User unknown`), or what the connection died of
 */
export function causeOf(status: string | null, diagnostic: string | null): string {
  if (status === null && diagnostic === null) return 'Máy chủ thư báo không gửi được, không nêu nguyên nhân';
  const words = (diagnostic ?? '').replace(/^\s*[a-z-]+\s*;\s*/i, '');
  const [, code, inWords] = /^(\d{3})(?:[ -]|$)(?:(\d\.\d{1,3}\.\d{1,3})\b)?/.exec(words) ?? [];
  // A general code of the report (5.0.0) says less than the server's own words.
  const stated = status === null || /^\d\.0\.0$/.test(status) ? (inWords ?? status) : status;
  const found = BY_STATUS.find(
    ([pattern]) => stated !== null && stated !== undefined && pattern.test(stated),
  );
  if (found) return found[1];
  if (code === '552') return TOO_LARGE;
  if (code === '550' && !inWords && UNKNOWN_ADDRESS.test(words)) return NO_ADDRESS;
  return (stated ?? code ?? '').startsWith('5') ? REFUSED : NOT_REACHED;
}
