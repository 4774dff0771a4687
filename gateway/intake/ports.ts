import type { MessageRow, Storage } from '../../storage/types.ts';

/** Where intake writes what a technician may need. pino's logger fits as it is. English, never content of letters. */
export interface IntakeLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What every way in needs from the rest of the house. */
export interface IntakePorts {
  storage: Pick<Storage, 'bytes' | 'messages' | 'mailboxes'>;
  /** Told after bytes and row are durable; must not throw and must not take long. Not told of what was there before. */
  onKept(row: MessageRow): void;
  log: IntakeLog;
  clock(): Date;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
}

/** A running way in. */
export interface RunningIntake {
  /** Ends it: no new work, what is being kept is finished or dropped whole. Resolves when nothing runs any more. */
  stop(): Promise<void>;
}
