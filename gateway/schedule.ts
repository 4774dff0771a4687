/** What happens by the clock: the nightly reconciliation, and a daily look at the working calendar (node-cron). */
import { setTimeout as sleep } from 'node:timers/promises';
import cron from 'node-cron';
import { calendarWarnings } from '../config/calendar.ts';
import type { IntakePorts } from './intake/ports.ts';
import { reconcile } from './reconcile.ts';
import type { Service } from './service.ts';

/** QUIRK: node-cron reads the machine's zone unless told; the office lives in Vietnam whatever the machine says. */
const ZONE = { timezone: 'Asia/Ho_Chi_Minh' };
/** Milliseconds that a running reconciliation has to come to its end when the service stops. */
const END_MS = 10_000;
const CALENDAR_LOOK = '0 7 * * *';

export function startSchedule(service: Service, ports: IntakePorts): { stop(): Promise<void> } {
  const { config, log } = service;
  let running: Promise<void> = Promise.resolve();
  const reconcileAll = async (): Promise<void> => {
    const folders = await reconcile(
      config.intake.imap,
      { fetchMissing: true, cutover: config.intake.cutover },
      ports,
    );
    if (folders.every((f) => f.problem === null))
      await service.storage.meta.set('reconciled', service.clock().toISOString());
    log.info({ folders: folders.length }, 'reconciled');
  };
  const reconciliation = cron.schedule(
    config.schedule.reconcile,
    () => {
      running = reconcileAll().catch((error: unknown) =>
        log.error({ err: String(error) }, 'reconciliation failed; the next one tries again'),
      );
      return running;
    },
    { ...ZONE, noOverlap: true },
  );
  const warn = () => {
    for (const warning of calendarWarnings(service.calendar, service.clock().toISOString()))
      log.warn({ calendar: warning.code, year: warning.year }, warning.sentence);
  };
  const calendar = cron.schedule(CALENDAR_LOOK, warn, ZONE);
  warn();
  return {
    stop: async () => {
      await reconciliation.stop();
      await calendar.stop();
      // What it fetches is kept whole or not at all, so a stop in the middle loses nothing; it need not be waited for to its end.
      await Promise.race([running, sleep(END_MS, undefined, { ref: false })]);
    },
  };
}
