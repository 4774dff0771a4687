/** Logs: JSON lines on standard error. Ids and hashes, never subjects, names or content (PD-03). */
import { type Logger, pino } from 'pino';

export function openLog(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
}
