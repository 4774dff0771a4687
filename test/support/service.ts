/** A service over real storage whose reading processes, scanner and clock do what the test says. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { buildCalendar, loadHolidays } from '../../config/calendar.ts';
import { CongvanError } from '../../config/error.ts';
import { type ConfigPart, makeConfig } from '../../config/make.ts';
import type { DocumentReading } from '../../documents/types.ts';
import type { ReaderTask, ReadResult } from '../../gateway/reading/task.ts';
import type { Service } from '../../gateway/service.ts';
import { rulesOf } from '../../handlers/rules.ts';
import type { RawMessage } from '../../handlers/types.ts';
import type { SignatureReport } from '../../signatures/types.ts';
import { openStorage } from '../../storage/index.ts';
import type { MessageRow } from '../../storage/types.ts';
import { makeDocument, makeFacts, makeMail, makePart, SNV } from './facts.ts';

export interface ServiceRig {
  service: Service;
  clock: { now: Date };
  /** Log lines, JSON. */
  log: string[];
  /** What the reading of a message gives; by its raw bytes. May throw. */
  reading: {
    read(text: string): Promise<ReadResult> | ReadResult;
    inspect(subject: string): Promise<DocumentReading> | DocumentReading;
    /** What its file is found to be; by the file's SHA-256. */
    judge(sha256: string): Promise<SignatureReport> | SignatureReport;
  };
  keep(text: string, origin?: Partial<RawMessage['origin']>, enteredAt?: string): Promise<MessageRow>;
  close(): Promise<void>;
}

/** Letters in no doubt; the subject of each is the text of its raw bytes. */
export async function openRig(part: ConfigPart = {}): Promise<ServiceRig> {
  const folder = await mkdtemp(join(tmpdir(), 'congvan-service-'));
  const clock = { now: new Date('2026-11-20T02:00:00.000Z') };
  const config = makeConfig({ dataDir: folder, directory: { file: null, agencies: [SNV] }, ...part });
  const storage = await openStorage({
    dataDir: folder,
    database: config.database,
    clock: () => clock.now,
    mailDomain: 'mau.example.gov.vn',
  });
  const texts = new Map<string, string>();
  const log: string[] = [];
  const reading: ServiceRig['reading'] = {
    read: ordinaryRead,
    inspect: ordinaryInspect,
    judge: ordinaryJudge,
  };
  const run = async (task: ReaderTask) =>
    task.type === 'read'
      ? reading.read(texts.get(task.sha256) ?? '')
      : reading.inspect(task.type === 'inspect' ? task.subject : '');
  return {
    service: {
      config,
      rules: rulesOf(config),
      storage,
      calendar: buildCalendar(loadHolidays(), config.calendar),
      judge: {
        judge: async (_file, { sha256 }) => reading.judge(sha256!),
        protections: () => Promise.reject(new CongvanError('READER_UNAVAILABLE', 'no sandbox here')),
        close: async () => undefined,
      },
      clock: () => clock.now,
      log: pino({ level: 'debug', base: null }, { write: (line: string) => void log.push(line) }),
      close: () => storage.close(),
      readers: { run: run as Service['readers']['run'], close: async () => undefined },
      scan: async () => ({ status: 'not-configured', name: null, part: null }),
      putAway: () => undefined,
      outboxChanged: () => undefined,
    },
    clock,
    log,
    reading,
    keep: async (text, origin = {}, enteredAt = clock.now.toISOString()) => {
      const kept = await storage.bytes.keepBuffer(Buffer.from(text));
      texts.set(kept.sha256, text);
      return (
        await storage.messages.keep({ ...kept, enteredAt, origin: { ...makeFacts().raw.origin, ...origin } })
      ).row;
    },
    close: async () => {
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function ordinaryRead(text: string): ReadResult {
  const facts = makeFacts();
  const file = createHash('sha256').update(text).digest('hex');
  return {
    mail: makeMail({
      subject: text,
      parts: [makePart({ sha256: file })],
      messageId: `<${text.replace(/\W/g, '-')}@snv.mau.example.gov.vn>`,
    }),
    sender: facts.sender,
    blocked: [],
    secrecy: [],
  };
}

export const ordinaryJudge = (): SignatureReport => makeFacts().signatures['2']!;

let documents = 0;

/** A document of its own each time, so that no letter is a duplicate of another. */
export function ordinaryInspect(): DocumentReading {
  documents++;
  const document = makeDocument();
  const number = document.numberAndSymbol.value!;
  return {
    documents: [
      {
        ...document,
        numberAndSymbol: {
          ...document.numberAndSymbol,
          value: {
            ...number,
            number: documents,
            key: `${documents}/QD-SNV`,
            canonical: `${documents}/QĐ-SNV`,
          },
        },
      },
    ],
    unassigned: [],
    secrecy: [],
    elapsedMs: 1,
  };
}
