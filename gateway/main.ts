/** The life of the service: one instance, opened, run until it is told to stop, closed. */
import { CongvanError } from '../config/error.ts';
import type { CongvanConfig } from '../config/types.ts';
import { lockInstance } from '../storage/index.ts';
import { startApp } from './app.ts';
import { dryRun } from './dry-run.ts';
import type { House } from './house.ts';
import { openHouse, storageOptions } from './open.ts';

/** Returns after SIGTERM or SIGINT. Errors: `ALREADY_RUNNING`, `LOCK_LOST` (start it again), and those of opening the house. */
export async function runService(
  config: CongvanConfig,
  options: { dryRun: boolean } = { dryRun: false },
): Promise<void> {
  if (options.dryRun) return dryRun(config, (line) => process.stdout.write(`${line}\n`));
  const told = toldToStop(); // listens from the first moment, so that a stop while starting is orderly too
  const lock = await lockInstance(storageOptions(config));
  try {
    const house = await openHouse(config);
    try {
      const app = await startApp(house, { sending: true });
      const heart = beat(house);
      const why = await Promise.race([told.then(() => 'told'), lock.lost.then(() => 'lock-lost')]);
      await app.stop();
      await heart.stop();
      if (why === 'lock-lost') {
        throw new CongvanError(
          'LOCK_LOST',
          'Mất kết nối giữ khóa với máy chủ PostgreSQL; dịch vụ dừng để không có hai dịch vụ cùng chạy.',
        );
      }
    } finally {
      await house.close();
    }
  } finally {
    await lock.release();
  }
}

function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}

const BEAT_MS = 30_000;

/** A sign of life for `congvan status`; taken back at an orderly end. */
function beat(house: House): { stop(): Promise<void> } {
  const set = (value: string) =>
    house.storage.meta
      .set('heartbeat', value)
      .catch((error: unknown) => house.log.warn({ err: String(error) }, 'no sign of life'));
  const timer = setInterval(() => void set(house.clock().toISOString()), BEAT_MS);
  void set(house.clock().toISOString());
  return {
    stop: async () => {
      clearInterval(timer);
      await set('');
    },
  };
}
