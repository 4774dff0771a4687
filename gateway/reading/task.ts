/** What the reading processes are asked and what they answer. Plain data: it crosses a process boundary. */
import type { DirectoryAgency } from '../../config/types.ts';
import type { DocumentReading, SecrecyMark } from '../../documents/types.ts';
import type { IncomingMessage, MailPart, ReadingLimits, SenderCheck } from '../../mail/types.ts';
import type { SignatureReport, TrustMaterial } from '../../signatures/types.ts';

/** Given once, when a reading process starts. */
export interface ReaderSetup {
  dataDir: string;
  limits: ReadingLimits;
  trust: TrustMaterial;
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

/** Judges the signatures of the files and reads the documents out of them. */
export interface InspectTask {
  type: 'inspect';
  subject: string;
  text: string;
  parts: MailPart[];
  /** Parts that screening forbids to open. */
  blocked: string[];
  /** Entry of the mail, ISO 8601 UTC: the time signatures are judged at when no time stamp proves an earlier one. */
  at: string;
}

export interface InspectResult {
  /** By part path. */
  signatures: Record<string, SignatureReport>;
  reading: DocumentReading;
}

export type ReaderTask = ReadTask | InspectTask;
export type ReaderResult<T extends ReaderTask> = T extends ReadTask ? ReadResult : InspectResult;
