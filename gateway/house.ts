/** The joined parts that the service, the command line and (later) the console work with. */
import type { Logger } from 'pino';
import type { BuiltCalendar } from '../config/calendar.ts';
import type { CongvanConfig } from '../config/types.ts';
import type { Rules } from '../handlers/rules.ts';
import type { Storage } from '../storage/types.ts';
import type { Judge } from './judging/judge.ts';

export interface House {
  config: CongvanConfig;
  rules: Rules;
  storage: Storage;
  calendar: BuiltCalendar;
  /** Judges signatures, in processes of its own; none is started before the first file. */
  judge: Judge;
  clock: () => Date;
  log: Logger;
  close(): Promise<void>;
}
