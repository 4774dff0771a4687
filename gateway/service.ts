/** The house with what only the running service has: reading processes, the virus scanner, the bell of the outbox. */
import type { RawMessage, Screening } from '../handlers/types.ts';
import type { MailPart } from '../mail/types.ts';
import type { House } from './house.ts';
import type { ReaderPool } from './reading/pool.ts';

export interface Service extends House {
  readers: ReaderPool;
  /** Throws a temporary `SCANNER_UNREACHABLE` when a configured scanner does not answer: held, not passed (VAL-08). */
  scan(sha256: string, parts: MailPart[]): Promise<Screening['virus']>;
  /** Moves a registered letter on its server where that is configured: last of all, and without consequence when it fails. */
  putAway(raw: RawMessage): void;
  /** Wakes the outbox: something may be due. */
  outboxChanged(): void;
}
