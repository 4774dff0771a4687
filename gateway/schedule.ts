/** What happens by the clock: the nightly reconciliation, and a daily look at the working calendar (node-cron). */
import cron from 'node-cron';
import { calendarWarnings } from '../config/calendar.ts';
import type { IntakePorts } from './intake/ports.ts';
import { reconcile } from './reconcile.ts';
import type { Service } from './service.ts';

/** QUIRK: node-cron reads the machine's zone unless told; the office lives in Vietnam whatever the machine says. */
const ZONE = { timezone: 'Asia/Ho_Chi_Minh' };
const CALENDAR_LOOK = '0 7 * * *';

export function startSchedule(service: Service, ports: IntakePorts): { stop(): void } {
  const { config, log } = service;
  const reconciliation = cron.schedule(
    config.schedule.reconcile,
    async () => {
      try {
        const folders = await reconcile(config.intake.imap, { fetchMissing: true, cutover: config.intake.cutover }, ports);
        if (folders.every((f) => f.problem === null)) await service.storage.meta.set('reconciled', service.clock().toISOString());
        log.info({ folders: folders.length }, 'reconciled');
      } catch (error) {
        log.error({ err: String(error) }, 'reconciliation failed; the next one tries again');
      }
    },
    { ...ZONE, noOverlap: true },
  );
  const warn = () => {
    for (const warning of calendarWarnings(service.calendar, service.clock().toISOString())) log.warn({ calendar: warning.code, year: warning.year }, warning.sentence);
  };
  const calendar = cron.schedule(CALENDAR_LOOK, warn, ZONE);
  warn();
  return {
    stop: () => {
      void reconciliation.stop();
      void calendar.stop();
    },
  };
}
