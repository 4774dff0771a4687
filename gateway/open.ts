/** Opens the house: database, bytes, calendar, rules. The service adds intake and outbox to it (app.ts). */
import { buildCalendar, loadHolidays } from '../config/calendar.ts';
import { loadTrust } from '../config/load-trust.ts';
import type { CongvanConfig } from '../config/types.ts';
import { rulesOf } from '../handlers/rules.ts';
import { openStorage } from '../storage/index.ts';
import type { StorageOptions } from '../storage/types.ts';
import { openEvidence } from './evidence/evidence.ts';
import type { House } from './house.ts';
import { openJudge } from './judging/judge.ts';
import { withEvidence } from './judging/with-evidence.ts';
import { openLog } from './log.ts';

/** Errors: those of the database (`DATABASE`, `SCHEMA_NEWER`), of the data folder, of the calendar file. */
export async function openHouse(config: CongvanConfig, clock: () => Date = () => new Date()): Promise<House> {
  const calendar = buildCalendar(loadHolidays(), config.calendar);
  const storage = await openStorage(storageOptions(config, clock));
  try {
    await applyFirstNumbers(config, storage);
  } catch (error) {
    await storage.close();
    throw error;
  }
  const { revocation, sha1Until } = config.signatures;
  const log = openLog(config.log.level);
  const sandbox = openJudge({ trust: () => loadTrust(config.signatures), rules: { revocation, sha1Until } });
  const judge = withEvidence(
    sandbox,
    openEvidence({
      config: config.signatures.fetch,
      dataDir: config.dataDir,
      clock,
      onTrouble: (error) => log.warn({ err: String(error) }, 'a revocation answer could not be kept'),
    }),
  );
  return {
    config,
    rules: rulesOf(config),
    storage,
    calendar,
    judge,
    clock,
    log,
    close: async () => {
      await judge.close();
      await storage.close();
    },
  };
}

/** Our Message-IDs carry the domain of the official mailbox. */
export function storageOptions(config: CongvanConfig, clock: () => Date = () => new Date()): StorageOptions {
  const mailDomain = config.agency.address.split('@')[1] ?? 'localhost';
  return { dataDir: config.dataDir, database: config.database, clock, mailDomain };
}

/** First start: the next number of the running year as the administrator set it. A number already given is never given again. */
async function applyFirstNumbers(config: CongvanConfig, storage: House['storage']): Promise<void> {
  for (const first of config.register.nextNumber) {
    const next = await storage.register.peek(first.book, config.agency.code, first.series, first.year);
    if (next < first.number) {
      await storage.register.setNext(
        first.book,
        config.agency.code,
        first.series,
        first.year,
        first.number,
        'configuration',
      );
    }
  }
}
