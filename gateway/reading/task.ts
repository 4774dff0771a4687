/** What the reading processes are asked and what they answer. Plain data: it crosses a process boundary. */
import type { DirectoryAgency } from '../../config/types.ts';
import type { ReadingRecord } from '../../documents/reading-record.ts';
import type { DocumentReading, SecrecyMark } from '../../documents/types.ts';
import type { IncomingMessage, MailPart, ReadingLimits, SenderCheck } from '../../mail/types.ts';
import type { SignatureReport } from '../../signatures/types.ts';

/** Given once, when a reading process starts. */
export interface ReaderSetup {
  dataDir: string;
  limits: ReadingLimits;
  agencies: DirectoryAgency[];
  sender: { check: boolean; trustedAuthservIds: string[]; resolver: 'system' | { file: string } };
  blockedExtensions: string[];
}

/** Reads the MIME structure, keeps every part, checks the sender, looks for forbidden content and secrecy marks. */
export interface ReadTask {
  type: 'read';
  /** Kept bytes of the whole message. */
  sha256: string;
  envelopeFrom: string | null;
  clientIp: string | null;
  clientHelo: string | null;
  /** Instant, ISO 8601 UTC. */
  now: string;
}

export interface ReadResult {
  mail: IncomingMessage;
  sender: SenderCheck;
  blocked: { part: string; reason: string }[];
  secrecy: SecrecyMark[];
}

/** Reads the documents out of the files. */
export interface InspectTask {
  type: 'inspect';
  subject: string;
  text: string;
  parts: MailPart[];
  /** Parts that screening forbids to open. */
  blocked: string[];
  /** What the sandbox found about their signatures (gateway/judging), by part path. */
  signatures: Record<string, SignatureReport>;
}

/** Reads the fields of one file on disk, whatever it is; nothing is kept. */
export interface ReadFileTask {
  type: 'read-file';
  file: string;
}

export type ReaderTask = ReadTask | InspectTask | ReadFileTask;
export type ReaderResult<T extends ReaderTask> = T extends ReadTask
  ? ReadResult
  : T extends ReadFileTask
    ? ReadingRecord
    : DocumentReading;
