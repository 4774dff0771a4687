/** Whether the service runs, without disturbing it: its sign of life, else the note beside its lock. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CongvanConfig } from '../config/types.ts';
import type { Storage } from '../storage/types.ts';

/** Name under which the service writes its sign of life (ISO 8601 UTC) every 30 seconds; '' after an orderly end. */
const HEARTBEAT = 'heartbeat';
const HEARTBEAT_LIMIT_MS = 120_000;

/** The last sign of life; null when there never was one, or after an orderly end. */
export async function lastSignOfLife(storage: Storage): Promise<string | null> {
  return (await storage.meta.get(HEARTBEAT)) || null;
}

/** True when the sign is fresh, or the process named beside the lock lives (SQLite). */
export async function isServiceRunning(config: CongvanConfig, storage: Storage, now: Date): Promise<boolean> {
  const sign = await lastSignOfLife(storage);
  if (sign !== null && Math.abs(now.getTime() - Date.parse(sign)) < HEARTBEAT_LIMIT_MS) return true;
  return config.database.kind === 'sqlite' && isLockHolderAlive(join(config.dataDir, 'service.lock.json'));
}

function isLockHolderAlive(note: string): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(note, 'utf8')) as { pid?: unknown };
    if (typeof pid !== 'number' || pid <= 0) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
