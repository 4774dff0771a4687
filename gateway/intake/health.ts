import type { MailboxHealth } from '../../storage/types.ts';
import type { IntakePorts } from './ports.ts';

export type HealthState =
  | 'ok'
  | 'connecting'
  | 'login-refused'
  | 'throttled'
  | 'unreachable'
  | 'stuck'
  | 'disk-full';

/** Milliseconds between two writes that only move `lastListingAt`. */
const REFRESH_MS = 10_000;

/**
 * What `congvan status` shows of one way in: its state, since when, why, and the last time that it worked. Writes only
 * what changed, so that a busy mailbox does not write a row for every look.
 */
export class HealthSign {
  readonly #ports: IntakePorts;
  #shown: MailboxHealth;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(name: string, ports: IntakePorts) {
    this.#ports = ports;
    const since = ports.clock().toISOString();
    this.#shown = { name, state: '', since, detail: null, lastListingAt: null, lastMessageAt: null };
  }

  get state(): string {
    return this.#shown.state;
  }

  /** Whether a listing came through at or after this instant (ISO 8601 UTC). */
  listedSince(instant: string): boolean {
    return this.#shown.lastListingAt !== null && this.#shown.lastListingAt >= instant;
  }

  /** A listing came through: everything is well, apart from what `detail` says. */
  async listed(detail: string | null = null): Promise<void> {
    const now = this.#ports.clock();
    this.#shown.lastListingAt = now.toISOString();
    const unchanged = this.#shown.state === 'ok' && this.#shown.detail === detail;
    if (unchanged && now.getTime() - this.#writtenAt < REFRESH_MS) return;
    await this.show('ok', detail);
  }

  /** A message was kept; written with the next listing. */
  kept(): void {
    this.#shown.lastMessageAt = this.#ports.clock().toISOString();
  }

  /** `since` stays while the state stays. Health is a sign only: failing to write it never stops intake. */
  async show(state: HealthState, detail: string | null): Promise<void> {
    const now = this.#ports.clock();
    if (this.#shown.state !== state) this.#shown.since = now.toISOString();
    this.#shown.state = state;
    this.#shown.detail = detail;
    this.#writtenAt = now.getTime();
    try {
      await this.#ports.storage.mailboxes.setHealth({ ...this.#shown });
    } catch (error) {
      this.#ports.log.warn({ error, name: this.#shown.name }, 'health could not be written');
    }
  }
}
