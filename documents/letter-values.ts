/** Takes apart what the T8 template writes into one line (DOMAIN 7.4): type and abstract; office and name of the signer. */

import { fold } from './normalise.ts';
import { DOCUMENT_TYPES } from './types-list.ts';

/** "Kế hoạch Cải cách hành chính…" → the type's name, and the rest; without a known type all of it is the abstract. */
export function splitTypeAndAbstract(line: string | null): {
  tenLoai: string | null;
  trichYeu: string | null;
} {
  if (line === null) return { tenLoai: null, trichYeu: null };
  const words = line.trim().split(/\s+/);
  const longest = [...DOCUMENT_TYPES].sort((a, b) => b.name.length - a.name.length);
  for (const { name } of longest) {
    const length = name.split(' ').length;
    if (fold(words.slice(0, length).join(' ')) !== fold(name)) continue;
    return { tenLoai: name, trichYeu: words.slice(length).join(' ') || null };
  }
  return { tenLoai: null, trichYeu: words.join(' ') };
}

/** "GIÁM ĐỐC Trần Văn Mẫu", "Phó Giám đốc Y Thanh Niê": the name is the last run of words that begin with a capital only. */
export function splitSigner(line: string | null): { nguoiKy: string | null; chucVu: string | null } {
  if (line === null) return { nguoiKy: null, chucVu: null };
  const words = line.trim().split(/\s+/);
  let start = words.length;
  while (start > 0 && /^\p{Lu}(?:[\p{Ll}'’-]|\p{Lu}(?=\p{Ll}))*$/u.test(words[start - 1]!)) start--;
  const name = words.slice(start).join(' ');
  const title = words.slice(0, start).join(' ');
  return { nguoiKy: name === '' ? null : name, chucVu: title === '' ? null : title };
}
