/** Reasons of a return, what is asked for, and on which provision each rests (table of T3, DOMAIN 7.4). */
import { line } from './line.ts';

/** Whether the sender is asked to send again to our mailbox, and whether the request already says "send again". */
type Again = 'asked-besides' | 'within' | 'not-here';

interface Reason {
  text: (detail: string | null) => string;
  ask: string;
  again: Again;
  /** Provisions by regulation id. */
  basis: Record<string, string[]>;
}

const TITLES: Record<string, string> = {
  'ND30-2020': 'Nghị định số 30/2020/NĐ-CP',
  'LA-36-2013': 'Quyết định số 36/2013/QĐ-UBND của UBND tỉnh Long An',
  'QN-57-2014': 'Quyết định số 57/2014/QĐ-UBND của UBND tỉnh Quảng Ngãi',
  'SL-2588-2018': 'Quyết định số 2588/QĐ-UBND năm 2018 của UBND tỉnh Sơn La',
  'LC-48-2017': 'Quyết định số 48/2017/QĐ-UBND của UBND tỉnh Lào Cai',
  'GL-443-2016': 'Quyết định số 443/QĐ-UBND năm 2016 của UBND tỉnh Gia Lai',
};

/** Every agency returns by this one, whatever its province says (N30 21.2b). */
const GENERAL = 'điểm b khoản 2 Điều 21';

function plain(sentence: string): Reason['text'] {
  return (detail) => (detail === null ? sentence : `${sentence} (${detail})`);
}

function followedBy(sentence: string, joint: string): Reason['text'] {
  return (detail) => (detail === null ? sentence : `${sentence}${joint}${detail}`);
}

const REASONS: Record<string, Reason> = {
  TC01: {
    text: plain('Văn bản không có chữ ký số của người có thẩm quyền và/hoặc của cơ quan ban hành'),
    ask: 'ký số theo quy định',
    again: 'asked-besides',
    basis: { 'ND30-2020': ['Điều 5', GENERAL], 'SL-2588-2018': ['điểm a khoản 1 Điều 10'] },
  },
  TC02: {
    text: followedBy('Chữ ký số không hợp lệ', ': '),
    ask: 'ký số lại, phát hành lại',
    again: 'asked-besides',
    basis: {
      'ND30-2020': ['điểm a khoản 2 Điều 21', GENERAL],
      'SL-2588-2018': ['khoản 1 Điều 8'],
      'QN-57-2014': ['điểm b khoản 2 Điều 9'],
    },
  },
  TC03: {
    text: plain(
      'Không xác thực được nguồn gốc nơi gửi (địa chỉ gửi không thuộc danh bạ thư điện tử công vụ)',
    ),
    ask: 'gửi từ hộp thư công vụ của cơ quan',
    again: 'asked-besides',
    basis: { 'SL-2588-2018': ['khoản 1 Điều 6', 'khoản 1 Điều 8'], 'GL-443-2016': ['khoản 1 Điều 7'] },
  },
  TC04: {
    text: followedBy('Văn bản không đầy đủ', ': thiếu '),
    ask: 'bổ sung và gửi lại toàn bộ',
    again: 'within',
    basis: { 'SL-2588-2018': ['khoản 1 Điều 8'] },
  },
  TC05: {
    text: followedBy('Tệp bị lỗi, không mở được hoặc định dạng không phù hợp', ': '),
    ask: 'gửi lại ở định dạng PDF',
    again: 'within',
    basis: { 'QN-57-2014': ['điểm c khoản 2 Điều 4'], 'SL-2588-2018': ['điểm b khoản 2 Điều 11'] },
  },
  TC06: {
    text: plain('Văn bản gửi sai nơi nhận'),
    ask: 'gửi đến cơ quan có tên tại mục "Kính gửi"/"Nơi nhận"',
    again: 'not-here',
    basis: { 'ND30-2020': [GENERAL] },
  },
  TC07: {
    text: plain('Tệp đính kèm có dấu hiệu chứa mã độc nên đã được cách ly'),
    ask: 'kiểm tra máy tính, gửi lại tệp an toàn',
    again: 'within',
    basis: { 'GL-443-2016': ['khoản 1 Điều 3'] },
  },
  TC08: {
    text: plain('Văn bản thiếu số, ký hiệu hoặc ngày, tháng, năm ban hành'),
    ask: 'hoàn thiện thể thức',
    again: 'asked-besides',
    basis: { 'ND30-2020': ['Phụ lục I'], 'LA-36-2013': ['khoản 1 Điều 6'] },
  },
  TC09: {
    text: plain('Văn bản thuộc loại không trao đổi qua mạng theo quy định'),
    ask: 'gửi bằng hình thức khác theo quy định',
    again: 'not-here',
    basis: {
      'LA-36-2013': ['điểm b khoản 4 Điều 6'],
      'LC-48-2017': ['khoản 2 Điều 3'],
      'GL-443-2016': ['Điều 6'],
    },
  },
  TC10: {
    text: followedBy('Văn bản trùng với văn bản đã đăng ký', ', số đến '),
    ask: 'không cần gửi lại',
    again: 'not-here',
    basis: { 'ND30-2020': ['điểm h khoản 1 mục III Phụ lục VI'] },
  },
  TC99: {
    text: followedBy('Khác', ': '),
    ask: 'hoàn thiện theo lý do nêu trên',
    again: 'asked-besides',
    basis: {},
  },
};

export type GivenReason = { code: string; detail: string | null };

/** Codes that a person may give. */
export const REASON_CODES: readonly string[] = Object.keys(REASONS);

function known(given: GivenReason): { reason: Reason; detail: string | null } {
  const detail = given.detail === null ? null : line(given.detail) || null;
  return { reason: REASONS[given.code] ?? REASONS.TC99!, detail };
}

/** {dsLyDo}: one line for each. */
export function reasonLines(given: GivenReason[]): string[] {
  return given.map((one) => {
    const { reason, detail } = known(one);
    return `- ${reason.text(detail)} (mã ${line(one.code, 10)}).`;
  });
}

/** {deNghi} with the rest of its sentence: what is asked for, and where to send again, where that is asked for at all. */
export function requestSentence(given: GivenReason[], mailbox: string): string {
  const reasons = given.map((one) => known(one).reason);
  const order: Again[] = ['not-here', 'asked-besides', 'within'];
  const sorted = [...reasons].sort((a, b) => order.indexOf(a.again) - order.indexOf(b.again));
  const asks = [...new Set(sorted.map((reason) => reason.ask))].join('; ');
  const last = sorted.at(-1)?.again ?? 'asked-besides';
  if (last === 'not-here') return `Đề nghị Quý cơ quan ${asks}.`;
  return last === 'within'
    ? `Đề nghị Quý cơ quan ${asks} đến hộp thư ${mailbox}.`
    : `Đề nghị Quý cơ quan ${asks} và gửi lại đến hộp thư ${mailbox}.`;
}

/** {canCu}: the national decree, and the regulation in force where it speaks of the reason. */
export function basisText(given: GivenReason[], regulation: string): string {
  const provisions = new Map<string, Set<string>>();
  const add = (id: string, found: string[]): void => {
    const set = provisions.get(id) ?? new Set<string>();
    for (const one of found) set.add(one);
    provisions.set(id, set);
  };
  for (const one of given) {
    const { basis } = known(one).reason;
    add('ND30-2020', basis['ND30-2020'] ?? [GENERAL]);
    const local = basis[regulation];
    if (regulation !== 'ND30-2020' && local) add(regulation, local);
  }
  return [...provisions].map(([id, found]) => `${[...found].join(', ')} ${TITLES[id] ?? id}`).join('; ');
}
