/**
 * The watched scanner folder. A scan is a file (or a folder of page pictures) with a slip of the same name beside it:
 * `to-trinh.pdf` + `to-trinh.yaml`. With the slip there and both files at rest, the document is issued; then everything
 * moves to `da-phat-hanh/`, or to `loi/` with a text that says why nothing was numbered.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CongvanError } from '../config/error.ts';
import { parseYaml } from '../config/parse-yaml.ts';
import type { House } from './house.ts';
import { type IssueOrder, issueDocument } from './issue.ts';

const LOOK_MS = 3_000;
const PICTURES = new Set(['.jpg', '.jpeg', '.png', '.tif', '.tiff']);
const SCANS = new Set(['.pdf', ...PICTURES]);
const SLIP = '.yaml';
const ISSUED = 'da-phat-hanh';
const REFUSED = 'loi';

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
  kySo: z.boolean().nullable().default(null),
});

export interface RunningScanner {
  stop(): Promise<void>;
}

export function watchScanner(
  house: House,
  folder: string,
  onIssued: () => void,
  lookMs = LOOK_MS,
): RunningScanner {
  const seen = new Map<string, string>();
  const ending = new AbortController();
  // One look after the other, with the whole pause between them: what is at rest is told from that pause.
  const running = (async () => {
    while (!ending.signal.aborted) {
      await lookOnce(house, folder, seen, onIssued).catch((error: unknown) => {
        house.log.error({ code: 'SCANNER_FOLDER', err: String(error) }, 'scanner folder cannot be read');
      });
      await sleep(lookMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}

async function lookOnce(
  house: House,
  folder: string,
  seen: Map<string, string>,
  onIssued: () => void,
): Promise<void> {
  const slips = (await readdir(folder)).filter((name) => name.endsWith(SLIP));
  for (const stem of slips.map((slip) => basename(slip, SLIP))) {
    if (stem === ISSUED || stem === REFUSED) continue;
    try {
      const scans = await scansOf(folder, stem);
      const mark = await restMark([join(folder, `${stem}${SLIP}`), ...scans]);
      const atRest = scans.length > 0 && seen.get(stem) === mark; // two looks in a row see the same
      seen.set(stem, mark);
      if (!atRest) continue;
      seen.delete(stem);
      if (await issueOne(house, folder, stem, scans)) onIssued();
    } catch (error) {
      // Tried again at the next looks; the other scans are not held up by this one.
      const code = error instanceof CongvanError ? error.code : 'SCANNER_FOLDER';
      house.log.error({ code, err: String(error) }, 'scan could not be worked on');
    }
  }
}

/** The file `stem.pdf` (or picture), or the pictures in the folder `stem`; `stem.2.pdf` belongs to another slip. */
async function scansOf(folder: string, stem: string): Promise<string[]> {
  const names = await readdir(folder, { withFileTypes: true });
  const pages = names.find((n) => n.isDirectory() && n.name === stem);
  if (pages) {
    const inside = (await readdir(join(folder, stem))).filter((n) => PICTURES.has(extname(n).toLowerCase()));
    return inside
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((n) => join(folder, stem, n));
  }
  return names
    .filter((n) => n.isFile() && isScanOf(n.name, stem))
    .map((n) => join(folder, n.name))
    .sort();
}

function isScanOf(name: string, stem: string): boolean {
  const extension = extname(name);
  return basename(name, extension) === stem && SCANS.has(extension.toLowerCase());
}

async function restMark(paths: string[]): Promise<string> {
  const stats = await Promise.all(paths.map((p) => stat(p)));
  return stats.map((s) => `${s.size}:${s.mtimeMs}`).join('|');
}

/** True when it was issued. Throws what may pass by itself (disk, database): then nothing was moved. */
async function issueOne(house: House, folder: string, stem: string, scans: string[]): Promise<boolean> {
  const order = await orderOf(folder, stem, scans).catch((error: unknown) => refusalOf(error));
  const issued =
    order instanceof CongvanError
      ? order
      : await issueDocument(house, order).catch((error: unknown) => refusalOf(error));
  if (issued instanceof CongvanError) {
    house.log.warn(
      { code: issued.code, ...(issued.cause === undefined ? {} : { err: String(issued.cause) }) },
      'scan was not issued',
    );
    await putAway(folder, stem, REFUSED, issued.message);
    return false;
  }
  await putAway(
    folder,
    stem,
    ISSUED,
    [`Số, ký hiệu: ${issued.entry.soKyHieu}`, ...issued.warnings].join('\n'),
  ).catch((error: unknown) => {
    // It has its number and is on its way; the next look finds it issued already and tries to move it again.
    house.log.error(
      { code: 'SCANNER_FOLDER', entry: issued.entry.id, err: String(error) },
      'issued scan could not be moved',
    );
  });
  return true;
}

async function orderOf(folder: string, stem: string, scans: string[]): Promise<IssueOrder> {
  const slipPath = join(folder, `${stem}${SLIP}`);
  const slip = slipSchema.safeParse(parseYaml(await readFile(slipPath, 'utf8'), slipPath).value);
  if (!slip.success) {
    const where = slip.error.issues
      .map((i) => i.path.join('.') || (i.code === 'unrecognized_keys' ? i.keys.join(', ') : ''))
      .join(', ');
    throw new CongvanError('SLIP_INVALID', `Phiếu ${stem}${SLIP} chưa đúng ở: ${where}.`, {
      temporary: false,
    });
  }
  return {
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
    sign: slip.data.kySo,
  };
}

/** A refusal, or a scan that our programs fail on, is told to the clerk; what may pass by itself (disk, database) is thrown on. */
function refusalOf(error: unknown): CongvanError {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (
    error instanceof CongvanError ? error.temporary : typeof code === 'string' || typeof errcode === 'number'
  )
    throw error;
  if (error instanceof CongvanError) return error;
  return new CongvanError(
    'SCAN_FAILED',
    'Hệ thống không xử lý được tệp quét này. Đề nghị quét lại hoặc báo quản trị.',
    {
      temporary: false,
      cause: error,
    },
  );
}

/**
 * Moving comes last; should it fail, the same scan is refused as already issued at the next look, never numbered twice.
 * The slip goes first: a scan without a slip is never issued, while a slip left behind would fit the next scan of that name.
 */
async function putAway(folder: string, stem: string, into: string, said: string): Promise<void> {
  const target = join(folder, into);
  await mkdir(target, { recursive: true });
  const taken = new Set(await readdir(target));
  const free = (n: number): string => (n === 1 ? stem : `${stem} (${n})`);
  let n = 1;
  while ([...taken].some((name) => name === free(n) || name.startsWith(`${free(n)}.`))) n++;
  const move = (name: string) =>
    rename(join(folder, name), join(target, `${free(n)}${name.slice(stem.length)}`));
  await writeFile(join(target, `${free(n)}.txt`), `${said}\n`);
  await move(`${stem}${SLIP}`);
  for (const name of await readdir(folder)) {
    if (name === stem || isScanOf(name, stem)) await move(name);
  }
}
