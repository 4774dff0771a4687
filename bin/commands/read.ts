import { resolve } from 'node:path';
import { CongvanError } from '../../config/error.ts';
import type { CongvanConfig } from '../../config/types.ts';
import type { ReadingRecord } from '../../documents/reading-record.ts';
import type { ReaderPool } from '../../gateway/reading/pool.ts';
import { type Command, findConfig, type Invocation, readArguments, usage } from '../command.ts';
import { describeReading } from '../reading-lines.ts';

/** `congvan read`: what a clerk would write in the book, read from files; keeps nothing. */
export const command: Command = {
  help: {
    vi: `
congvan read TỆP… [--config TỆP] [--json]

Đọc các trường của sổ văn bản (số, ký hiệu, ngày, tên loại, trích yếu, cơ quan, nơi nhận, người ký …) từ tệp PDF, bản
quét, ảnh, Office và văn bản thuần; không lưu gì, không dùng mạng. Mỗi trường kèm độ chắc chắn từ 0 đến 1, trang và vị
trí trên trang. Có cấu hình thì dùng thêm danh bạ cơ quan trong đó.
`,
    en: `
congvan read FILE… [--config FILE] [--json]

Reads the fields of the register (number, symbol, date, type, abstract, agencies, recipients, signer …) from PDF, scans,
pictures, Office and text files; keeps nothing, asks no network. Each field comes with how sure it is from 0 to 1, its page
and its place there. With a configuration, its directory of agencies helps.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {});
    if (positionals.length === 0) throw usage(call.lang, 'Cần ít nhất một tệp', 'Needs at least one file');
    const readers = await openReaders(await findConfig(call, values.config));
    try {
      return await readAll(call, positionals, readers);
    } finally {
      await readers.close();
    }
  },
};

/** Milliseconds for one file, and MiB of its process: scans of many pages take their time. */
const DEADLINE_MS = 120_000;
const HEAP_MIB = 512;

/** Untrusted bytes are read in a process of their own, here as in the service. */
async function openReaders(config: CongvanConfig | null): Promise<ReaderPool> {
  const { openReaderPool } = await import('../../gateway/reading/pool.ts');
  const { DEFAULT_READING_LIMITS } = await import('../../mail/limits.ts');
  return openReaderPool(
    {
      dataDir: config?.dataDir ?? '',
      limits: DEFAULT_READING_LIMITS,
      agencies: config?.directory.agencies ?? [],
      sender: { check: false, trustedAuthservIds: [], resolver: 'system' },
      blockedExtensions: [],
    },
    { processes: 1, deadlineMs: DEADLINE_MS, heapMiB: HEAP_MIB },
  );
}

async function readAll(call: Invocation, files: readonly string[], readers: ReaderPool): Promise<number> {
  let failed = 0;
  for (const file of files) {
    const began = performance.now();
    try {
      const record: ReadingRecord = await readers.run({ type: 'read-file', file: resolve(file) });
      const elapsedMs = Math.round(performance.now() - began);
      call.out.record({ file, ...record, elapsedMs });
      for (const line of describeReading(file, record)) call.out.line(line);
    } catch (error) {
      failed += 1;
      const code = error instanceof CongvanError ? error.code : 'FAILED';
      const message = error instanceof Error ? error.message : String(error);
      call.out.record({ file, error: { code, message } });
      call.out.note(`${file}: ${message}`);
    }
  }
  return failed === 0 ? 0 : 1;
}
