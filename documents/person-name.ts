/** What the name of a Vietnamese person looks like on a document (ô 7b). */
import { editDistance } from './edit-distance.ts';
import { fold, normalise } from './normalise.ts';
import { startsOffice } from './signing-office.ts';

const RANK =
  /^(?:(?:Thượng|Trung|Thiếu|Đại) (?:tướng|tá|úy|uý)|(?:PGS\.TS|GS\.TS|PGS|GS|TS|ThS|Ths|BS|BSCKI{0,2}|CKI{0,2}|NGND|NGƯT|TTND|TTƯT|KS|CN|LS|DS|Ông|Bà)[.,]?(?![\p{L}]))\s*/u;
/** H'Phik, Kđăm, Niê: names of the peoples of the highlands. */
const SYLLABLE = /^\p{Lu}[\p{L}'’-]*$/u;

/** The commonest family names and middle words: who bears one of them is a person for sure. */
const FAMILY_NAMES =
  'Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Trương Lương Đoàn Mai Đào Cao Lâm Thái Hà Tô Chu Tạ Quách Đàm Kiều La Lưu Tống Thạch Vương Từ Hứa Diệp Châu Nông Vi Lò Quàng Giang Phùng Bạch Tăng Mạc Nghiêm Khuất Tiêu Thân Cấn Ông An Kim Sầm Hầu Lại Ninh Thiều Ung Doãn Triệu Hoàn Lục Viên Chẩu Cầm Quản Phương Ma Bế Giàng Sùng Thào Vàng Lầu Rơ Niê Y'.split(
    ' ',
  );
const BY_LETTERS = new Map(FAMILY_NAMES.map((name) => [fold(name), name]));
/** Only these are spelt one way alone, so that marks that were lost can be put back. */
const SURE_SPELLING = new Set(
  'NGUYEN TRAN PHAM HOANG HUYNH DANG BUI DINH TRINH TRUONG LUONG DOAN DUONG QUACH'.split(' '),
);

/** The name without rank and degree. */
export function nameOf(text: string): string {
  let name = normalise(text).trim();
  for (let count = 0; count < 4 && RANK.test(name); count++) name = name.replace(RANK, '');
  return name;
}

/** 2–6 capitalised syllables, no digits (else "Chương I" and "Kon Tum" match). */
export function isPersonName(text: string): boolean {
  if (text === text.toUpperCase() && startsOffice(text)) return false;
  const syllables = nameOf(text).split(' ');
  if (syllables.length < 2 || syllables.length > 6) return false;
  // In capitals only a family name tells a person from a heading.
  if (text === text.toUpperCase())
    return hasFamilyName(text) && syllables.every((syllable) => SYLLABLE.test(syllable));
  return syllables.every(
    (syllable) => SYLLABLE.test(syllable) && !/^(?:[IVX]{2,}|\p{Lu}{5,})$/u.test(syllable),
  );
}

export function hasFamilyName(text: string): boolean {
  return BY_LETTERS.has(fold(nameOf(text).split(' ')[0] ?? ''));
}

/** A recognised name with its family name as it is spelt: "Ngưểên Văn Phúc" can only be a Nguyễn. */
export function repairPersonName(text: string): string {
  const [family = '', ...others] = text.split(/\s+/u);
  const rest = others.map(repairMiddle);
  const key = fold(family).replace(/[^A-Z]/g, '');
  const same = SURE_SPELLING.has(key) ? BY_LETTERS.get(key) : undefined;
  if (same !== undefined) return [same, ...rest].join(' ');
  const near = [...SURE_SPELLING].filter((name) => name.length >= 4 && editDistance(key, name, 1) <= 1);
  const sure = key.length >= 5 && !BY_LETTERS.has(key) && near.length === 1;
  return [sure ? BY_LETTERS.get(near[0]!) : family, ...rest].join(' ');
}

const MIDDLES =
  'Văn Thị Ngọc Đức Minh Hữu Quốc Thanh Xuân Công Đình Quang Trọng Kim Phước Tấn Thành Hồng Thúy Mạnh Hoàng'.split(
    ' ',
  );

/** A syllable that Vietnamese does not have ("Xgọc") and that is one letter off a common one. */
function repairMiddle(syllable: string): string {
  if (isVietnamese(syllable)) return syllable;
  const near = MIDDLES.filter((name) => editDistance(fold(syllable), fold(name), 1) <= 1);
  return near.length === 1 ? near[0]! : syllable;
}

const ONSET = 'ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]';
const NUCLEUS =
  'oai|oay|uây|uôi|ươi|ươu|iêu|yêu|uya|uyê|uyu|oeo|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi|oo|ua|uâ|uê|ui|uô|uơ|uy|ưa|ươ|ưi|ưu|yê|[aăâeêioôơuưy]';
const SYLLABLE_FORM = new RegExp(`^(?:${ONSET})?(?:${NUCLEUS})(?:ch|nh|ng|[cmnpt])?$`, 'u');

/** True where every syllable is one that Vietnamese has: what a recogniser made of a seal seldom is. */
export function isVietnamese(name: string): boolean {
  return name.split(/[ -]/).every((syllable) => SYLLABLE_FORM.test(toneless(syllable)));
}

/** Without the tone; hats and horns stay. */
function toneless(syllable: string): string {
  return syllable
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300\u0301\u0303\u0309\u0323]/g, '')
    .normalize('NFC');
}
