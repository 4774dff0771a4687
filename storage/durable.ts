/** Making files and folders durable (fsync), and telling a full disk apart. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { CongvanError } from '../config/error.ts';

/** Flushes a file, or the names in a folder, to disk. */
export function fsyncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The same without holding up the process. */
export async function flushed(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** ENOSPC and EDQUOT as DISK_FULL (temporary); any other error as it is. */
export function diskError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new CongvanError(
    'DISK_FULL',
    'Ổ đĩa đã đầy nên chưa lưu được thư. Thư vẫn còn trên máy chủ thư; hệ thống sẽ thử lại sau khi có chỗ trống.',
    { cause: error, fields: { code } },
  );
}
