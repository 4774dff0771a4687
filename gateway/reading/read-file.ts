/** Reading process, third task: one file by itself, as `congvan read` shows it. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { linesOfFile } from '../../documents/lines-of-file.ts';
import { readFileFields } from '../../documents/reading.ts';
import { type ReadingRecord, recordOf } from '../../documents/reading-record.ts';
import { detectType, TYPE_HEAD_BYTES } from '../../mail/detect-type.ts';
import type { ReaderSetup, ReadFileTask } from './task.ts';

/** Throws what the disk says; a file that cannot be read is a record with defects. */
export async function readFile({ file }: ReadFileTask, setup: ReaderSetup): Promise<ReadingRecord> {
  const name = basename(file);
  const source = await linesOfFile(file, detectType(await headOf(file), name), name);
  try {
    return recordOf(await readFileFields(source, setup.agencies, name));
  } finally {
    await source.close();
  }
}

async function headOf(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TYPE_HEAD_BYTES), 0, TYPE_HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
