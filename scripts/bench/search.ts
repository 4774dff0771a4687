/**
 * The text index with many pages: how long finding takes, by kind of query; what indexing costs; how large it gets.
 * `node scripts/bench/search.ts [--pages 100000] [--runs 15] [--postgres URL]` prints one JSON object; without `--postgres`
 * SQLite in a temporary folder. README.md says what its fields mean.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nothing } from '../../handlers/rules.ts';
import { openStorage } from '../../storage/index.ts';
import type { Storage } from '../../storage/types.ts';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '15' },
    postgres: { type: 'string' },
  },
});
const PAGES = Number(values.pages);
const RUNS = Number(values.runs);
const PAGES_PER_LETTER = 10;
const WORDS_PER_PAGE = 350;

/** The same on every run: a linear congruential generator (Numerical Recipes). */
let state = 20_261_120;
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

/** On every page, as headings and phrases of office are. */
const HEAD =
  'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc ỦY BAN NHÂN DÂN TỈNH MẪU Kính gửi công văn';
/** Syllables of Vietnamese, the first ones far more often than the last (Zipf). */
const SYLLABLES = syllables();

function syllables(): string[] {
  const onsets = 'b c ch d đ g gi h kh l m n nh ng ph qu r s t th tr v x'.split(' ');
  const rhymes =
    'a an ang ao ay âm ân âu e en ê ênh i im inh iêu iên o oa oan on ô ôi ông ơi u un uyên ư ương ước'.split(
      ' ',
    );
  const tones = ['', '\u0300', '\u0301', '\u0309', '\u0303', '\u0323'];
  const all = onsets.flatMap((o) =>
    rhymes.flatMap((r) =>
      tones.map((tone) => `${o}${r.replace(/[aâeêioôơuư]/, (v) => v + tone)}`.normalize('NFC')),
    ),
  );
  return all
    .map((word) => ({ word, at: random(2 ** 31) }))
    .sort((a, b) => a.at - b.at)
    .map(({ word }) => word);
}

const syllable = (): string => SYLLABLES[Math.floor(SYLLABLES.length ** (random(1e6) / 1e6)) - 1] ?? 'và';

function page(letter: number, number: number): string {
  const words = Array.from({ length: WORDS_PER_PAGE }, syllable);
  const rare = letter % 997 === 0 ? 'nghỉ lễ Quốc khánh' : letter % 3 === 0 ? 'nghỉ việc' : 'ngày lễ';
  return `${HEAD}\nSố: ${letter}/UBND-VP\n${words.join(' ')} ${rare}\nTrang ${number}`;
}

const folder = await mkdtemp(join(tmpdir(), 'congvan-bench-search-'));
const file = join(folder, 'congvan.sqlite');
const schema = `congvan_bench_${process.pid}`;
const database = values.postgres
  ? ({ kind: 'postgres', url: values.postgres, schema } as const)
  : ({ kind: 'sqlite', file } as const);
const options = { dataDir: folder, database, clock: () => new Date(), mailDomain: 'mau.example.gov.vn' };
const storage = await openStorage(options);
try {
  const filled = await fill(storage);
  const queries: Record<string, object> = {};
  for (const query of QUERIES()) queries[query] = await timed(storage, query);
  const size = await stat(file).catch(() => null);
  const slowest = Math.max(...Object.values(queries).map((one) => (one as { medianMs: number }).medianMs));
  process.stdout.write(
    `${JSON.stringify({ database: database.kind, pages: PAGES, ...filled, databaseMiB: size && Math.round(size.size / 2 ** 20), slowestMedianMs: slowest, queries }, null, 1)}\n`,
  );
} finally {
  await storage.close();
  await rm(folder, { recursive: true, force: true });
}

/** Common and rare; side by side and not; with and without marks; nothing at all. */
function QUERIES(): string[] {
  const letter = Math.floor(PAGES / PAGES_PER_LETTER / 2);
  const [common, other] = [SYLLABLES[0]!, SYLLABLES[1]!];
  return [
    `${letter}/UBND-VP`,
    'cong van',
    'công văn',
    'ủy ban nhân dân tỉnh',
    'nghỉ lễ',
    'nghi le',
    '"nghỉ lễ quốc khánh"',
    'lễ nghỉ',
    `${common} ${other}`,
    `"${other} ${common} ${other} ${common} ${other}"`,
    `"tỉnh dân"`,
    SYLLABLES.at(-1)!,
    'ngh* khánh',
    'th*',
    'khôngcóchữnày',
    'tỉnh kính',
    'công văn --book di',
  ];
}

async function fill(to: Storage): Promise<object> {
  const started = performance.now();
  const waits: number[] = [];
  for (let letter = 1; letter <= PAGES / PAGES_PER_LETTER; letter++) {
    const messageId = await registered(to, letter);
    const texts = Array.from({ length: PAGES_PER_LETTER }, (_, index) => ({
      messageId,
      entryId: null,
      part: String(letter).padStart(64, '0'),
      name: 'van-ban.pdf',
      page: index + 1,
      text: page(letter, index + 1),
    }));
    const before = performance.now();
    await to.search.index(texts);
    waits.push(performance.now() - before);
    if (letter % 2_000 === 0) process.stderr.write(`${letter} letters\n`);
  }
  const before = performance.now();
  await to.search.catchUp();
  return {
    filledSeconds: Math.round((performance.now() - started) / 1000),
    indexLetterMs: median(waits),
    indexLetterP99Ms: round(waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]!),
    registerSeconds: Math.round((performance.now() - before) / 1000),
  };
}

async function registered(to: Storage, letter: number): Promise<string> {
  const kept = await to.bytes.keepBuffer(Buffer.from(`letter ${letter}`));
  const origin = {
    channel: 'imap',
    mailbox: 'vanthu',
    folder: 'INBOX',
    uidValidity: '1',
    uid: letter,
  } as const;
  const nobody = { envelopeFrom: null, envelopeTo: [], clientIp: null, clientHelo: null };
  const enteredAt = '2026-11-20T03:00:00.000Z';
  const { row } = await to.messages.keep({ ...kept, enteredAt, origin: { ...origin, ...nobody } });
  await to.transact({}, () => ({
    ...nothing(),
    message: { id: row.id, state: 'registered', kind: 'official-document', rule: null },
    entries: [
      {
        ...{ book: 'den', agency: 'H99', year: 2026, series: 'chung', messageId: row.id, documentKey: null },
        ...{
          numberPattern: null,
          enteredAt,
          deemedReceivedAt: enteredAt,
          signatureClass: null,
          urgency: 'THUONG',
        },
        ...{ files: [], flags: [], by: 'machine' },
        fields: {
          soKyHieu: `${letter}/UBND-VP`,
          trichYeu: `Về việc ${syllable()} ${syllable()}`,
          doMat: 'THUONG',
        },
      },
    ],
  }));
  return row.id;
}

async function timed(on: Storage, query: string): Promise<object> {
  const [words = '', book] = query.split(' --book ');
  const times: number[] = [];
  let hits = 0;
  for (let run = 0; run < RUNS; run++) {
    const before = performance.now();
    hits = (await on.search.find(words, { limit: 20, ...(book === undefined ? {} : { book: 'di' }) })).hits
      .length;
    times.push(performance.now() - before);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { hits, firstMs: round(times[0]!), medianMs: median(times), slowestMs: round(sorted.at(-1)!) };
}

function median(times: number[]): number {
  return round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!);
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
