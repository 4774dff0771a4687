/**
 * Handing what was read to the text index: after the decision, beside the life of the letter, one letter after another. What
 * goes wrong here is logged and harms no letter; `congvan search --rebuild` brings in what is missing.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { CongvanConfig } from '../config/types.ts';
import { normalise } from '../documents/normalise.ts';
import { findSecrecy } from '../documents/secrecy.ts';
import type { DocumentReading } from '../documents/types.ts';
import type { ArrivalFacts, MessageState, RegistrationFacts } from '../handlers/types.ts';
import { DEFAULT_READING_LIMITS } from '../mail/limits.ts';
import type { SearchText, Storage } from '../storage/types.ts';
import type { House } from './house.ts';
import { openReaderPool, type ReaderPool } from './reading/pool.ts';

type Texts = NonNullable<DocumentReading['texts']>;

/** The letter's own subject and body, as a part of it. */
const LETTER = 'letter';

const waiting = new WeakMap<Storage, Promise<void>>();

/** Returns at once. Of a letter with a secrecy mark nothing is taken (DOMAIN 8.2); storage asks once more whether it is frozen. */
export function indexLetter(
  { storage, log }: Pick<House, 'storage' | 'log'>,
  facts: RegistrationFacts,
  texts: Texts = [],
): void {
  const secret = isSecret(facts, texts);
  if (secret) log.warn({ message: facts.raw.id }, 'a secrecy mark: the text of this letter is not indexed');
  const rows = secret ? [] : rowsOf(facts, texts);
  const work = indexed(storage)
    .then(() => turn()) // whatever else is to be done comes first
    .then(async () => {
      await storage.search.index(rows);
      await storage.search.catchUp();
    })
    .catch((error: unknown) =>
      log.warn({ message: facts.raw.id, err: String(error) }, 'the text of a letter could not be indexed'),
    );
  waiting.set(storage, work);
}

/** Resolves when what was handed over so far is in the index. */
export function indexed(storage: Storage): Promise<void> {
  return waiting.get(storage) ?? Promise.resolve();
}

/** A mark on a later page, which no decision has seen, keeps the letter out too. Two persons may have said that it is none. */
function isSecret(
  facts: ArrivalFacts & { lateSecrecy?: RegistrationFacts['lateSecrecy'] },
  texts: Texts,
): boolean {
  if (facts.released) return false;
  if (facts.screening.secrecy.length > 0 || (facts.lateSecrecy ?? []).length > 0) return true;
  return texts.some(({ text, path }) => findSecrecy(text, 'text-layer', path).length > 0);
}

function rowsOf({ raw, mail }: ArrivalFacts, texts: Texts): SearchText[] {
  const owner = { messageId: raw.id, entryId: null };
  const letter = { ...owner, part: LETTER, name: null, page: null };
  const seen = new Map<string, string>();
  const pages = texts.flatMap(({ path, page, text }): SearchText[] => {
    const file = mail.parts.find((part) => part.path === path);
    if (file === undefined) return [];
    // The same file twice in one letter is one file.
    if ((seen.get(file.sha256) ?? path) !== path) return [];
    seen.set(file.sha256, path);
    return [{ ...owner, part: file.sha256, name: file.name, page, text: normalise(text) }];
  });
  return [{ ...letter, text: normalise(`${mail.subject}\n${mail.text}`) }, ...pages];
}

/** States of letters that were read to their end. */
const READ: MessageState[] = ['registered', 'held', 'returned'];
/** Letters taken from the list at a time. */
const PAGE = 100;
const READING_DEADLINE_MS = 120_000;
const READING_HEAP_MIB = 384;

export interface Rebuilt {
  entries: number;
  letters: number;
  /** Pages and other pieces of text. */
  rows: number;
  /** Letters that could not be read again, and those in which a secrecy mark was seen now: left out, a person should look. */
  unread: string[];
  withheld: string[];
}

/**
 * Makes the whole index anew from the register and the kept bytes: files are read again, in a reading process, oldest letter
 * first. The service may run meanwhile. Throws what the database says; a letter that cannot be read is only counted.
 */
export async function rebuildIndex(house: House): Promise<Rebuilt> {
  const { storage } = house;
  const rebuilt: Rebuilt = { entries: 0, letters: 0, rows: 0, unread: [], withheld: [] };
  const readers = readersFor(house.config);
  try {
    await storage.search.clear();
    for (let offset = 0; ; offset += PAGE) {
      const letters = await storage.messages.list({ state: READ, limit: PAGE, offset });
      for (const { id } of letters) await rebuildLetter(house, id, { readers, rebuilt });
      if (letters.length < PAGE) break;
    }
    rebuilt.entries = await storage.search.catchUp();
    return rebuilt;
  } finally {
    await readers.close();
  }
}

function readersFor({ dataDir, directory, sender, screening }: CongvanConfig): ReaderPool {
  const setup = {
    dataDir,
    limits: DEFAULT_READING_LIMITS,
    agencies: directory.agencies,
    sender,
    blockedExtensions: screening.blockedExtensions,
  };
  return openReaderPool(setup, { processes: 1, deadlineMs: READING_DEADLINE_MS, heapMiB: READING_HEAP_MIB });
}

async function rebuildLetter(
  { storage, log }: House,
  id: string,
  { readers, rebuilt }: { readers: ReaderPool; rebuilt: Rebuilt },
): Promise<void> {
  const arrival = (await storage.messages.facts(id, 'arrival')) as ArrivalFacts | null;
  const facts = (await storage.messages.facts(id, 'registration')) as RegistrationFacts | null;
  if (arrival === null || facts === null) return; // it was held before its files were read
  const { subject, text, parts } = arrival.mail;
  const blocked = arrival.screening.blocked.map((one) => one.part);
  const { signatures } = facts;
  const reading = await readers
    .run({ type: 'inspect', subject, text, parts, blocked, signatures })
    .catch((error: unknown) => {
      log.warn({ message: id, err: String(error) }, 'a letter could not be read again');
      return null;
    });
  if (reading === null) rebuilt.unread.push(id);
  const texts = reading?.texts ?? [];
  if (isSecret({ ...arrival, lateSecrecy: reading?.secrecy ?? [] }, texts)) {
    rebuilt.withheld.push(id);
    return;
  }
  const rows = await storage.search.index(rowsOf(arrival, texts));
  rebuilt.rows += rows;
  if (rows > 0) rebuilt.letters++;
}
