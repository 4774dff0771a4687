/**
 * The watched scanner folder. A scan is a file (or a folder of page pictures) with a slip of the same name beside it:
 * `to-trinh.pdf` + `to-trinh.yaml`. With the slip there and both files at rest, the document is issued; then everything
 * moves to `da-phat-hanh/`, or to `loi/` with a text that says why nothing was numbered.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { CongvanError } from '../config/error.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import type { House } from './house.ts';
import { issueDocument } from './issue.ts';

const LOOK_MS = 3_000;
const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff']);

const slipSchema = z.strictObject({
  noiNhan: z.array(z.string()).min(1),
  tenLoai: z.string().default('Công văn'),
  trichYeu: z.string(),
  nguoiKy: z.string(),
  chucVu: z.string(),
  ngay: z.string(),
  donVi: z.string().nullable().default(null),
  doKhan: z.enum(['THUONG', 'KHAN', 'THUONG_KHAN', 'HOA_TOC']).default('THUONG'),
  nguoiPhatHanh: z.string(),
});

export interface RunningScanner {
  stop(): Promise<void>;
}

export function watchScanner(house: House, folder: string, onIssued: () => void): RunningScanner {
  const seen = new Map<string, string>();
  let running: Promise<void> = Promise.resolve();
  const look = () => {
    running = running.then(() => lookOnce(house, folder, seen, onIssued)).catch((error: unknown) => {
      house.log.error({ code: 'SCANNER_FOLDER', err: String(error) }, 'scanner folder cannot be read');
    });
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

async function lookOnce(house: House, folder: string, seen: Map<string, string>, onIssued: () => void): Promise<void> {
  for (const slip of (await readdir(folder)).filter((name) => name.endsWith('.yaml'))) {
    const stem = basename(slip, '.yaml');
    const scans = await scansOf(folder, stem);
    const mark = await restMark([join(folder, slip), ...scans]);
    if (scans.length === 0 || seen.get(stem) !== mark) {
      seen.set(stem, mark);
      continue; // at rest only when two looks in a row see the same
    }
    seen.delete(stem);
    if (await issueOne(house, folder, stem, scans)) onIssued();
  }
}

async function scansOf(folder: string, stem: string): Promise<string[]> {
  const names = await readdir(folder, { withFileTypes: true });
  const pages = names.find((n) => n.isDirectory() && n.name === stem);
  if (pages) {
    const inside = (await readdir(join(folder, stem))).filter((n) => PICTURES.has(extname(n).toLowerCase()));
    return inside.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((n) => join(folder, stem, n));
  }
  return names
    .filter((n) => n.isFile() && n.name.startsWith(`${stem}.`) && !n.name.endsWith('.yaml'))
    .map((n) => join(folder, n.name))
    .sort();
}

async function restMark(paths: string[]): Promise<string> {
  const stats = await Promise.all(paths.map((p) => stat(p)));
  return stats.map((s) => `${s.size}:${s.mtimeMs}`).join('|');
}

async function issueOne(house: House, folder: string, stem: string, scans: string[]): Promise<boolean> {
  try {
    const slipPath = join(folder, `${stem}.yaml`);
    const slip = slipSchema.safeParse(parseYaml(await readFile(slipPath, 'utf8'), slipPath).value);
    if (!slip.success) {
      const where = slip.error.issues.map((i) => i.path.join('.')).join(', ');
      throw new CongvanError('SLIP_INVALID', `Phiếu ${stem}.yaml chưa đúng ở: ${where}.`, { temporary: false });
    }
    const issued = await issueDocument(house, {
      scans,
      to: slip.data.noiNhan,
      type: slip.data.tenLoai,
      abstract: slip.data.trichYeu,
      signer: slip.data.nguoiKy,
      signerTitle: slip.data.chucVu,
      date: slip.data.ngay,
      unit: slip.data.donVi,
      urgency: slip.data.doKhan,
      by: slip.data.nguoiPhatHanh,
      attachments: [],
    });
    await putAway(folder, stem, 'da-phat-hanh', [`Số, ký hiệu: ${issued.entry.soKyHieu}`, ...issued.warnings].join('\n'));
    return true;
  } catch (error) {
    if (error instanceof CongvanError && error.temporary) throw error;
    house.log.warn({ code: error instanceof CongvanError ? error.code : 'SCAN_FAILED' }, 'scan was not issued');
    await putAway(folder, stem, 'loi', error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** Moving comes last; should it fail, the same scan is refused as already issued at the next look, never numbered twice. */
async function putAway(folder: string, stem: string, into: string, said: string): Promise<void> {
  const target = join(folder, into);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, `${stem}.txt`), `${said}\n`);
  for (const name of await readdir(folder)) {
    if (name === stem || name.startsWith(`${stem}.`)) await rename(join(folder, name), join(target, name));
  }
}
