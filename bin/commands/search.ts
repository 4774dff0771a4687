import type { House } from '../../gateway/house.ts';
import type { EntryRow, SearchHit } from '../../storage/types.ts';
import {
  type Command,
  type Invocation,
  noMore,
  oneOf,
  readArguments,
  required,
  usage,
  wholeNumber,
  withHouse,
} from '../command.ts';

/** `congvan search`: letters and documents by their words, their numbers, their fields. */
export const command: Command = {
  help: {
    vi: `
congvan search TỪ… [--book den|di] [--year NĂM] [--limit N] [--offset N] [--json]
congvan search --rebuild

Tìm trong nội dung đã đọc của văn bản và trong các trường của sổ. Có dấu: đúng dấu xếp trước; không dấu: tìm mọi
cách bỏ dấu (duong: đường, dương).
  công tác         các từ ở bất kỳ thứ tự nào; đứng liền nhau xếp trước
  '"nghỉ lễ"'      các từ đứng liền nhau, đúng thứ tự
  'ubnd*'          từ bắt đầu bằng ubnd
  125/UBND-VP      số, ký hiệu như in trên văn bản, hoặc từng phần (125, UBND-VP)
--rebuild  lập lại toàn bộ chỉ mục từ sổ và các tệp đang lưu (sau khi khôi phục, hoặc khi thiếu); dịch vụ vẫn chạy được
Thư nghi chứa bí mật nhà nước không bao giờ có trong chỉ mục. Bản sao lưu không chứa chỉ mục.
`,
    en: `
congvan search WORDS… [--book den|di] [--year YEAR] [--limit N] [--offset N] [--json]
congvan search --rebuild

Looks in what was read of documents and in the fields of the register. With marks: the same marks come first; without:
any (duong: đường, dương).
  công tác         words in any order; side by side first
  '"nghỉ lễ"'      words side by side, in this order
  'ubnd*'          words that begin with ubnd
  125/UBND-VP      number and symbol as printed, or a part of them (125, UBND-VP)
--rebuild  makes the whole index anew from register and kept files (after a restore, or when something is missing);
           the service may run meanwhile
A letter that may be a state secret is never in the index. The index is in no backup.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      book: { type: 'string' },
      year: { type: 'string' },
      limit: { type: 'string' },
      offset: { type: 'string' },
      rebuild: { type: 'boolean' },
    });
    if (values.rebuild) {
      noMore(call, positionals, 0);
      return withHouse(call, values.config, (house) => rebuild(call, house));
    }
    const query = required(call, 'TỪ/WORDS', positionals.join(' '));
    if (!/[\p{L}\p{N}]/u.test(query))
      throw usage(call.lang, 'Cần ít nhất một chữ hoặc số để tìm', 'Needs at least one letter or digit');
    const book = oneOf(call, '--book', values.book, ['den', 'di'] as const);
    const year = wholeNumber(call, '--year', values.year);
    const filter = {
      limit: wholeNumber(call, '--limit', values.limit) ?? LIMIT,
      offset: wholeNumber(call, '--offset', values.offset) ?? 0,
      ...(book === null ? {} : { book }),
      ...(year === null ? {} : { year }),
    };
    return withHouse(call, values.config, (house) => find(call, house, { query, filter }));
  },
};

const LIMIT = 20;

type Asked = { query: string; filter: { limit: number; offset: number; book?: 'den' | 'di'; year?: number } };

async function find(call: Invocation, { storage }: House, { query, filter }: Asked): Promise<number> {
  const { normalise } = await import('../../documents/normalise.ts');
  await storage.search.catchUp();
  const { hits, more } = await storage.search.find(normalise(query), filter);
  for (const hit of hits) {
    const entry = hit.entryId === null ? null : await storage.register.get(hit.entryId);
    call.out.record({ ...hit, entry: entry && short(entry) });
    call.out.line(
      [hit.entryId ?? hit.messageId ?? '', ...titleOf(call, hit, entry)].filter(Boolean).join('  '),
    );
    call.out.line(`    ${marked(hit)}`);
  }
  if (hits.length === 0) call.out.line(call.lang === 'vi' ? 'Không tìm thấy.' : 'Nothing found.');
  if (more) {
    const next = filter.offset + hits.length;
    call.out.line(
      call.lang === 'vi' ? `Còn nữa: thêm --offset ${next}` : `There are more: add --offset ${next}`,
    );
  }
  return 0;
}

function short({ id, book, year, number, fields, cancelledAt }: EntryRow) {
  const { soKyHieu = '', trichYeu = '', ngayVanBan = '' } = fields;
  return { id, book, year, number, soKyHieu, ngayVanBan, trichYeu, cancelled: cancelledAt !== null };
}

function titleOf({ lang }: Invocation, hit: SearchHit, entry: EntryRow | null): string[] {
  const words =
    lang === 'vi'
      ? { den: 'đến', di: 'đi', open: 'chưa vào sổ', letter: 'nội dung thư', register: 'sổ', page: 'trang' }
      : {
          den: 'in',
          di: 'out',
          open: 'not registered',
          letter: 'mail text',
          register: 'register',
          page: 'page',
        };
  const number = entry === null ? words.open : `${words[entry.book]} ${entry.number}/${entry.year}`;
  const file = hit.part === null ? words.register : (hit.name ?? words.letter);
  const place = hit.page === null ? file : `${file}, ${words.page} ${hit.page}`;
  const cancelled = entry?.cancelledAt ? [lang === 'vi' ? 'ĐÃ HỦY' : 'CANCELLED'] : [];
  return [number, entry?.fields.soKyHieu ?? '', place, ...cancelled];
}

/** «…» around what was looked for; words side by side share one pair. */
function marked({ snippet: { text, marks } }: SearchHit): string {
  let out = '';
  let done = 0;
  for (const [index, [from, to]] of marks.entries()) {
    const before = marks[index - 1];
    const joined = before !== undefined && text.slice(before[1], from).trim() === '';
    const last = marks[index + 1] === undefined || text.slice(to, marks[index + 1]![0]).trim() !== '';
    out += `${text.slice(done, from)}${joined ? '' : '«'}${text.slice(from, to)}${last ? '»' : ''}`;
    done = to;
  }
  return out + text.slice(done);
}

async function rebuild(call: Invocation, house: House): Promise<number> {
  const { rebuildIndex } = await import('../../gateway/indexing.ts');
  const made = await rebuildIndex(house);
  call.out.record(made);
  const { entries, letters, rows, unread, withheld } = made;
  call.out.line(
    call.lang === 'vi'
      ? `Đã lập lại chỉ mục: ${entries} dòng sổ, ${letters} thư, ${rows} đoạn văn bản.`
      : `The index is made anew: ${entries} entries, ${letters} letters, ${rows} pieces of text.`,
  );
  if (unread.length > 0) {
    const ids = unread.join(', ');
    call.out.note(
      call.lang === 'vi' ? `Không đọc lại được tệp của: ${ids}` : `Files could not be read again: ${ids}`,
    );
  }
  if (withheld.length > 0) {
    const ids = withheld.join(', ');
    call.out.note(
      call.lang === 'vi'
        ? `Có dấu chỉ mức độ mật, không đưa vào chỉ mục; đề nghị người có thẩm quyền xem lại: ${ids}`
        : `A secrecy mark was seen, left out of the index; the persons responsible should look: ${ids}`,
    );
  }
  return unread.length + withheld.length === 0 ? 0 : 1;
}
