/** Another process on the same SQLite database, for tests: `storage-child.ts register|claim|stall|lock DATA_DIR`. */
import { join } from 'node:path';
import { lockInstance, openStorage } from '../../storage/index.ts';
import type { StorageOptions } from '../../storage/types.ts';
import { decision, entry, send } from './register.ts';

const [act, dataDir] = process.argv.slice(2) as [string, string];
const options: StorageOptions = {
  dataDir,
  database: { kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') },
  clock: () => new Date('2026-11-20T03:00:00Z'),
  mailDomain: 'mau.example.gov.vn',
};

if (act === 'lock') {
  await lockInstance(options);
  process.send?.('locked');
  setInterval(() => {}, 1000);
} else {
  const storage = await openStorage(options);
  if (act === 'register') {
    for (let i = 0; i < 100; i++) {
      const draft = entry({ by: `process-${process.pid}` });
      await storage.transact({}, () => decision({ entries: [draft], sends: [send({ entry: 0 })] }));
    }
    await storage.close();
    process.disconnect();
  } else if (act === 'claim') {
    await storage.outbox.claim(10);
    process.send?.('claimed');
    setInterval(() => {}, 1000);
  } else {
    await storage.transact({}, () => {
      process.send?.('inside');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
      return decision({ entries: [entry()] });
    });
  }
}
