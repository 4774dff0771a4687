import {
  type Command,
  type Invocation,
  noMore,
  oneOf,
  readArguments,
  required,
  requireStaff,
  usage,
  wholeNumber,
  withHouse,
} from '../command.ts';
import { REGISTER_HEADINGS, registerRow } from '../register-page.ts';

/** `congvan register`: the two books, in the columns of Nghị định 30/2020, Phụ lục IV (REG-02). */
export const command: Command = {
  help: {
    vi: `
congvan register [--book den|di] [--year NĂM] [--from SỐ] [--to SỐ] [--text CHỮ] [--limit N] [--json]
congvan register set-next --book den|di --number SỐ [--year NĂM] [--series DÃY] --by NGƯỜI
congvan register cancel MÃ --by NGƯỜI --why LÝ-DO
congvan register correct MÃ --field TRƯỜNG --value GIÁ-TRỊ --by NGƯỜI --why LÝ-DO

Không có lệnh con: in sổ với các cột của Phụ lục IV Nghị định 30/2020/NĐ-CP.
set-next  đặt số tiếp theo khi bắt đầu dùng giữa năm; không thể lùi về số đã cấp
cancel    hủy một dòng: số không dùng lại, dòng vẫn còn trong sổ
correct   đính chính một trường (trichYeu, soKyHieu, …): giá trị cũ, người, lúc, lý do được giữ lại
`,
    en: `
congvan register [--book den|di] [--year YEAR] [--from N] [--to N] [--text WORDS] [--limit N] [--json]
congvan register set-next --book den|di --number N [--year YEAR] [--series SERIES] --by PERSON
congvan register cancel ID --by PERSON --why REASON
congvan register correct ID --field FIELD --value VALUE --by PERSON --why REASON

Without a subcommand: prints the book in the columns of Decree 30/2020/ND-CP, Annex IV.
set-next  sets the next number when starting within a year; never below a number already given
cancel    cancels an entry: its number is not used again, the line stays
correct   corrects one field (trichYeu, soKyHieu, …): old value, person, time and reason are kept
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {
      book: { type: 'string' },
      year: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      text: { type: 'string' },
      limit: { type: 'string' },
      number: { type: 'string' },
      series: { type: 'string' },
      field: { type: 'string' },
      value: { type: 'string' },
      why: { type: 'string' },
      by: { type: 'string' },
    });
    const [act, id] = positionals;
    if (act === undefined) return list(call, values);
    if (act === 'set-next') {
      noMore(call, positionals, 1);
      return setNext(call, values);
    }
    noMore(call, positionals, 2);
    if (act === 'cancel') return cancel(call, values, id);
    if (act === 'correct') return correct(call, values, id);
    throw usage(call.lang, `Không có lệnh con «${act}»`, `There is no subcommand "${act}"`);
  },
};

type Values = Partial<
  Record<
    | 'config'
    | 'book'
    | 'year'
    | 'from'
    | 'to'
    | 'text'
    | 'limit'
    | 'number'
    | 'series'
    | 'field'
    | 'value'
    | 'why'
    | 'by',
    string
  >
>;

const BOOKS = ['den', 'di'] as const;

async function list(call: Invocation, values: Values): Promise<number> {
  const book = oneOf(call, '--book', values.book, BOOKS);
  const numbers = {
    year: wholeNumber(call, '--year', values.year),
    from: wholeNumber(call, '--from', values.from),
    to: wholeNumber(call, '--to', values.to),
    limit: wholeNumber(call, '--limit', values.limit),
  };
  return withHouse(call, values.config, async (house) => {
    for (const shown of book === null ? BOOKS : [book]) {
      const entries = await house.storage.register.list({
        book: shown,
        limit: numbers.limit ?? 10_000,
        ...(numbers.year === null ? {} : { year: numbers.year }),
        ...(numbers.from === null ? {} : { from: numbers.from }),
        ...(numbers.to === null ? {} : { to: numbers.to }),
        ...(values.text === undefined ? {} : { text: values.text }),
      });
      for (const entry of entries) call.out.record(entry);
      call.out.line(shown === 'den' ? 'SỔ ĐĂNG KÝ VĂN BẢN ĐẾN' : 'SỔ ĐĂNG KÝ VĂN BẢN ĐI');
      call.out.table(REGISTER_HEADINGS[shown], entries.map(registerRow));
      call.out.line();
    }
    return 0;
  });
}

async function setNext(call: Invocation, values: Values): Promise<number> {
  const book = oneOf(call, '--book', required(call, '--book', values.book), BOOKS)!;
  const number = wholeNumber(call, '--number', required(call, '--number', values.number))!;
  const askedYear = wholeNumber(call, '--year', values.year);
  return withHouse(call, values.config, async (house) => {
    const by = requireStaff(call, house.config, values.by);
    const year = askedYear ?? vietnamYear(house.clock());
    const series = values.series ?? 'chung';
    const { register } = house.storage;
    await register.setNext(book, house.config.agency.code, series, year, number, by.id);
    call.out.record({ book, year, series, next: number });
    call.out.line(
      call.lang === 'vi'
        ? `Số tiếp theo của sổ văn bản ${book === 'den' ? 'đến' : 'đi'} năm ${year}: ${number}`
        : `Next number of ${book} ${year}: ${number}`,
    );
    return 0;
  });
}

function vietnamYear(now: Date): number {
  return new Date(now.getTime() + 7 * 3_600_000).getUTCFullYear();
}

async function cancel(call: Invocation, values: Values, id: string | undefined): Promise<number> {
  const entry = required(call, 'MÃ/ID', id);
  const why = required(call, '--why', values.why);
  return withHouse(call, values.config, async (house) => {
    const by = requireStaff(call, house.config, values.by);
    const { cancelEntry } = await import('../../gateway/acts.ts');
    await cancelEntry(house, entry, { by: by.id, why });
    call.out.record({ entry, cancelled: true, by: by.id });
    call.out.line(
      call.lang === 'vi'
        ? `Đã hủy ${entry}; số này không dùng lại.`
        : `${entry} is cancelled; its number is not used again.`,
    );
    return 0;
  });
}

async function correct(call: Invocation, values: Values, id: string | undefined): Promise<number> {
  const entry = required(call, 'MÃ/ID', id);
  const field = required(call, '--field', values.field);
  const value = required(call, '--value', values.value).normalize('NFC');
  const why = required(call, '--why', values.why);
  return withHouse(call, values.config, async (house) => {
    const by = requireStaff(call, house.config, values.by);
    const { correctEntry } = await import('../../gateway/acts.ts');
    await correctEntry(house, entry, { field, value, by: by.id, why });
    call.out.record({ entry, field, value, by: by.id });
    call.out.line(
      call.lang === 'vi' ? `Đã đính chính ${field} của ${entry}.` : `${field} of ${entry} is corrected.`,
    );
    return 0;
  });
}
