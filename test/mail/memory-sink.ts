/** A byte store in a temporary folder: zip and TNEF are opened again from it, as from the real one. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DEFAULT_READING_LIMITS } from '../../mail/limits.ts';
import { readMail } from '../../mail/read.ts';
import type { IncomingMessage, PartSink, ReadingLimits } from '../../mail/types.ts';

export interface TestSink extends PartSink {
  bytesOf(sha256: string): Buffer;
  remove(): void;
}

export function testSink(): TestSink {
  const folder = mkdtempSync(join(tmpdir(), 'congvan-read-'));
  const pathOf = (sha256: string) => join(folder, sha256);
  return {
    pathOf,
    bytesOf: (sha256) => readFileSync(pathOf(sha256)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
    keep: async (content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await writeFile(pathOf(sha256), bytes);
      return { sha256, size: bytes.length };
    },
  };
}

/** Reads a message given as text (characters as UTF-8) or bytes, in small pieces, so that every seam is met. */
export function read(
  raw: string | Buffer,
  sink: PartSink,
  limits: Partial<ReadingLimits> = {},
): Promise<IncomingMessage> {
  const bytes = typeof raw === 'string' ? Buffer.from(raw.replace(/\r?\n/g, '\r\n')) : raw;
  const pieces = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, i) =>
    bytes.subarray(i * 997, (i + 1) * 997),
  );
  return readMail(Readable.from(pieces, { objectMode: false }), sink, {
    ...DEFAULT_READING_LIMITS,
    ...limits,
  });
}

export const codes = (mail: IncomingMessage): string[] => mail.defects.map((defect) => defect.code);

export const HEADER = `From: "Văn thư" <vanthu@h99.example.gov.vn>
To: <congvan@so.example.gov.vn>
Subject: Ve viec mau
Date: Fri, 13 Nov 2026 08:30:00 +0700
Message-ID: <mau-1@h99.example.gov.vn>
MIME-Version: 1.0
`;

/** One multipart/mixed of the given parts (header, empty line, body). */
export const mixed = (...parts: string[]): string =>
  `${HEADER}Content-Type: multipart/mixed; boundary="b"\n\n${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`;
