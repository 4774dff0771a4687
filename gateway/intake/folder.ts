import { createReadStream, type FSWatcher, type Stats, watch } from 'node:fs';
import { access, lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderIntake } from '../../config/types.ts';
import { pause } from './backoff.ts';
import { HealthSign } from './health.ts';
import { whatIsWrong } from './imap/connection.ts';
import type { IntakePorts, RunningIntake } from './ports.ts';

/** Subfolder for what was taken in. */
const DONE = 'done';
/** Milliseconds between the two looks at a file that must not differ. */
const SETTLE_MS = 300;
/** Names looked at in one pass; the rest in the next. */
const MAX_FILES = 1000;

/**
 * Starts watching a folder for `.eml` files. A file is taken in when it has stopped changing, then moved to `done/`;
 * moving comes last and may fail without consequence. Bad ones (empty, too large, unreadable, no plain file) stay where
 * they are and are named by `storage.mailboxes.health()` under the folder's path. Restart-safe: the same bytes are one
 * message. `maxBytes`: configuration `screening.maxMessageBytes`.
 */
export function startFolderIntake(config: FolderIntake, maxBytes: number, ports: IntakePorts): RunningIntake {
  const ending = new AbortController();
  const intake = new WatchedFolder(config, maxBytes, ports);
  const running = intake.run(ending.signal);
  return {
    async stop() {
      ending.abort();
      await running;
    },
  };
}

/** A file as it was met: another size, time or inode is another file. */
interface Look {
  mark: string;
  at: number;
}

class WatchedFolder {
  readonly #config: FolderIntake;
  readonly #maxBytes: number;
  readonly #ports: IntakePorts;
  readonly #health: HealthSign;
  readonly #looks = new Map<string, Look>();
  /** Taken in, but could not be moved away: not read again while it stays as it is. */
  readonly #taken = new Map<string, string>();
  readonly #bad = new Map<string, string>();
  #wake = new AbortController();

  constructor(config: FolderIntake, maxBytes: number, ports: IntakePorts) {
    this.#config = config;
    this.#maxBytes = maxBytes;
    this.#ports = ports;
    this.#health = new HealthSign(config.path, ports);
  }

  async run(signal: AbortSignal): Promise<void> {
    const hints = this.#listen();
    signal.addEventListener('abort', () => this.#wake.abort(), { once: true });
    while (!signal.aborted) {
      let unsettled = false;
      try {
        unsettled = await this.#pass(signal);
        await this.#health.listed(this.#complaint());
      } catch (error) {
        const { state, detail } = whatIsWrong(error);
        this.#ports.log.error({ error, path: this.#config.path }, 'watched folder: pass failed');
        await this.#health.show(state, detail);
      }
      if (signal.aborted) break;
      await pause(unsettled ? SETTLE_MS : this.#config.intervalMs, this.#wake.signal);
      if (this.#wake.signal.aborted) this.#wake = new AbortController();
      if (signal.aborted) break;
    }
    hints?.close();
  }

  /** A hint only: network file systems give none, and then the timed listing finds the file. */
  #listen(): FSWatcher | null {
    try {
      const watcher = watch(this.#config.path, () => this.#wake.abort());
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      return null;
    }
  }

  /** True when a file is still settling and is worth a second look soon. */
  async #pass(signal: AbortSignal): Promise<boolean> {
    const names = (await readdir(this.#config.path)).filter((name) => /\.eml$/i.test(name)).sort();
    this.#forget(new Set(names));
    let unsettled = names.length > MAX_FILES;
    for (const name of names.slice(0, MAX_FILES)) {
      if (signal.aborted) return false;
      unsettled = (await this.#one(name)) === 'unsettled' || unsettled;
    }
    return unsettled;
  }

  #forget(present: Set<string>): void {
    for (const known of [this.#looks, this.#taken, this.#bad]) {
      for (const name of known.keys()) if (!present.has(name)) known.delete(name);
    }
  }

  async #one(name: string): Promise<'unsettled' | 'done'> {
    const path = join(this.#config.path, name);
    const stats = await lstat(path).catch(() => null);
    if (stats === null || this.#taken.get(name) === markOf(stats)) return 'done';
    if (!this.#isSettled(name, stats)) return 'unsettled';
    const complaint = await complaintAbout(path, stats, this.#maxBytes);
    if (complaint !== null) {
      this.#complain(name, complaint);
      return 'done';
    }
    try {
      await this.#takeIn(path, stats);
    } catch (error) {
      if (!isOfReading(error)) throw error;
      this.#complain(name, 'không đọc được');
      return 'done';
    }
    this.#bad.delete(name);
    return (await this.#putAway(name, stats)) ? 'done' : 'unsettled';
  }

  /** Unchanged between two looks, or renamed in whole: then the inode changed well after the content did. */
  #isSettled(name: string, stats: Stats): boolean {
    const now = this.#ports.clock().getTime();
    const mark = markOf(stats);
    const before = this.#looks.get(name);
    if (before?.mark === mark) return now - before.at >= SETTLE_MS || stats.ctimeMs - stats.mtimeMs > 1000;
    this.#looks.set(name, { mark, at: now });
    return stats.ctimeMs - stats.mtimeMs > 1000;
  }

  async #takeIn(path: string, stats: Stats): Promise<void> {
    const kept = await this.#ports.storage.bytes.keep(contentOf(path));
    // The inode's time is when the file was put here; copying tools may carry an old mtime along.
    const entered = Math.min(stats.ctimeMs, this.#ports.clock().getTime());
    const { row, fresh } = await this.#ports.storage.messages.keep({
      ...kept,
      origin: {
        channel: 'folder',
        mailbox: this.#config.path,
        folder: null,
        uidValidity: null,
        uid: null,
        envelopeFrom: null,
        envelopeTo: [],
        clientIp: null,
        clientHelo: null,
      },
      enteredAt: new Date(entered).toISOString(),
    });
    if (fresh) {
      this.#health.kept();
      this.#ports.onKept(row);
    }
  }

  /** False when the file changed while it was read: what is there now is another message, and is looked at again. */
  async #putAway(name: string, stats: Stats): Promise<boolean> {
    const path = join(this.#config.path, name);
    const now = await lstat(path).catch(() => null);
    if (now !== null && markOf(now) !== markOf(stats)) return false;
    try {
      await moveInto(path, join(this.#config.path, DONE), name);
    } catch (error) {
      this.#taken.set(name, markOf(stats));
      this.#ports.log.warn({ name, error }, 'watched folder: taken in, but could not be moved to done/');
    }
    return true;
  }

  #complain(name: string, complaint: string): void {
    if (this.#bad.get(name) === complaint) return;
    this.#bad.set(name, complaint);
    this.#ports.log.warn({ path: this.#config.path, name, complaint }, 'watched folder: file not taken in');
  }

  #complaint(): string | null {
    if (this.#bad.size === 0) return null;
    const named = [...this.#bad].slice(0, 5).map(([name, why]) => `${name} (${why})`);
    return `${this.#bad.size} tệp không nhận được, vẫn để nguyên: ${named.join('; ')}`;
  }
}

function markOf(stats: Stats): string {
  return `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

async function complaintAbout(path: string, stats: Stats, maxBytes: number): Promise<string | null> {
  if (!stats.isFile()) return 'không phải tệp thường';
  if (stats.size === 0) return 'tệp rỗng';
  if (stats.size > maxBytes) return 'vượt quá dung lượng cho phép';
  return access(path, 4).then(
    () => null,
    () => 'không có quyền đọc',
  );
}

/** An older file of the same name in `done/` is never overwritten. */
async function moveInto(path: string, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  let target = join(folder, name);
  for (let copy = 1; await exists(target); copy += 1) {
    target = join(folder, name.replace(/(\.eml)$/i, `-${copy}$1`));
  }
  await rename(path, target);
}

/** Opened only when read: a stream that fails before anybody reads it would end the process. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(path) as AsyncIterable<Buffer>;
}

/** The file's own trouble; what the byte store or the database throw concerns every file. */
function isOfReading(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  return (
    syscall === 'read' ||
    (syscall === 'open' && (error as NodeJS.ErrnoException).path?.endsWith('.eml') === true)
  );
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
