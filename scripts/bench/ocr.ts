/**
 * What reading a scan costs: CPU time and memory for the regions that carry the fields, and for whole pages. Makes its own
 * scans, or takes files that are named. One JSON object on standard output.
 *
 *   node scripts/bench/ocr.ts [--rounds 3] [FILE.pdf …]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from '../../documents/ocr/open-engine.ts';
import { openPages } from '../../documents/ocr/open-pages.ts';
import type { OfficialLetter } from '../province/documents.ts';
import { pngOf, type ScanFlaws, scanOf } from '../province/scan-pages.ts';

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
});

const SENTENCE =
  'Thực hiện chương trình công tác năm 2026, đề nghị các cơ quan, đơn vị rà soát, báo cáo kết quả thực hiện công tác văn thư, lưu trữ trước ngày 30 tháng 9 năm 2026 để tổng hợp.';
const LETTER: OfficialLetter = {
  issuer: 'SỞ NỘI VỤ',
  parent: 'UBND TỈNH MẪU',
  number: '125',
  symbol: 'QĐ-SNV',
  place: 'Mẫu',
  date: '2026-09-17',
  type: 'QUYẾT ĐỊNH',
  abstract: 'Về việc ban hành quy chế công tác văn thư, lưu trữ của các cơ quan trên địa bàn tỉnh Mẫu',
  addressees: [],
  body: Array.from({ length: 7 }, () => SENTENCE),
  signingAuthority: ['KT. GIÁM ĐỐC'],
  signerTitle: 'PHÓ GIÁM ĐỐC',
  signerName: 'Trần Thị Thử',
  recipients: ['Như trên', 'UBND tỉnh (để b/c)', 'Lưu: VT, TCBC'],
};
const FLAWS: ScanFlaws[] = [
  {},
  { skew: 1.3, noise: 0.0005 },
  { seal: [0.62, 0.75], shadow: 0.7 },
  { seal: [0.62, 0.75], grey: true },
];
const TYPES: Record<string, string> = {
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
};

const folder = await mkdtemp(join(tmpdir(), 'cv-bench-ocr-'));
try {
  const files = positionals.length > 0 ? positionals : await ownScans();
  const started = cpuMilliseconds();
  const engine = await openEngine();
  if (engine === null) throw new Error('no engine');
  const engineStart = cpuMilliseconds() - started;
  const fields: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++)
    for (const file of files) {
      const source = { path: file, type: TYPES[extname(file).toLowerCase()] ?? 'application/pdf' };
      const pages = await openPages(source, { engine });
      const before = cpuMilliseconds();
      await pages.readPage(1, 'head');
      await pages.readPage(pages.pageCount, 'foot');
      fields.push(cpuMilliseconds() - before);
      await pages.readPage(1);
      whole.push(cpuMilliseconds() - before);
      await pages.close();
    }
  await engine.close();
  const report = {
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    engine: engine.name,
    files: files.length,
    engineStartMs: Math.round(engineStart),
    fieldsCpuMs: spread(fields),
    firstPageWholeCpuMs: spread(whole),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true });
}

async function ownScans(): Promise<string[]> {
  const files: string[] = [];
  for (const [index, flaws] of FLAWS.entries()) {
    const path = join(folder, `${index}.png`);
    await writeFile(path, pngOf(await scanOf(LETTER, flaws)));
    files.push(path);
  }
  return files;
}

/** Of this process; the native program's time is not in it. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function spread(figures: number[]): { median: number; most: number } {
  const sorted = figures.map(Math.round).sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 };
}
