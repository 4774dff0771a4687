/** The bytes of a mail of ours: rendered from its intent once, kept, and for ever the same (DESIGN, invariant 3). */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CongvanError } from '../../config/error.ts';
import { composeMail } from '../../mail/compose/compose.ts';
import type { FileToSend, SpeakingAgency } from '../../mail/compose/context.ts';
import type { EntryRow, Storage, TransmissionRow } from '../../storage/types.ts';
import type { SignNotice } from '../signing/sign-notice.ts';

export interface KeptMail {
  path: string;
  /** Bytes. */
  size: number;
}

export type RenderingStorage = Pick<Storage, 'bytes'> & {
  register: Pick<Storage['register'], 'get'>;
  outbox: Pick<Storage['outbox'], 'rendered'>;
};

const TYPES: Record<string, string> = {
  '.pdf': 'application/pdf',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  '.doc': 'application/msword',
  '.xls': 'application/vnd.ms-excel',
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.zip': 'application/zip',
};

/**
 * Renders on the first try, takes the kept bytes afterwards. Errors: permanent ones say that this mail can never be
 * sent (INTENT_INVALID, ENTRY_CANCELLED, ENTRY_UNKNOWN); temporary ones are of the disk, and of `signNotice`.
 */
export async function renderedMail(
  row: TransmissionRow,
  agency: SpeakingAgency,
  storage: RenderingStorage,
  signNotice: SignNotice | null = null,
): Promise<KeptMail> {
  const entry = row.entryId === null ? null : await storage.register.get(row.entryId);
  refuseWithoutEntry(row, entry);
  const sha256 = row.renderedSha256 ?? (await renderNow(row, { agency, entry, signNotice }, storage));
  const path = storage.bytes.pathOf(sha256);
  return { path, size: (await stat(path)).size };
}

/** What was cancelled after it was put out, and before it left, does not leave any more. News of a failure does. */
function refuseWithoutEntry(row: TransmissionRow, entry: EntryRow | null): void {
  if (row.entryId !== null && entry === null) {
    throw new CongvanError('ENTRY_UNKNOWN', 'Không tìm thấy dòng sổ của thư gửi', { temporary: false });
  }
  if (entry?.cancelledAt && row.kind !== 'T6') {
    throw new CongvanError('ENTRY_CANCELLED', 'Văn bản đã bị hủy trước khi gửi', { temporary: false });
  }
}

async function renderNow(
  row: TransmissionRow,
  about: { agency: SpeakingAgency; entry: EntryRow | null; signNotice: SignNotice | null },
  storage: RenderingStorage,
): Promise<string> {
  const { agency, entry, signNotice } = about;
  const mail = composeMail(row.kind, row.intent, {
    agency,
    token: row.token,
    messageIdHeader: row.messageIdHeader,
    // The instant of the decision, not of the rendering: a second rendering after a crash gives the same bytes.
    date: new Date(row.createdAt),
    entry: entry === null ? null : { number: entry.number, soKyHieu: entry.fields.soKyHieu ?? null },
    to: row.to,
    toName: row.toName,
    files: row.kind === 'T8' && entry !== null ? filesOf(entry, storage) : [],
  });
  // T8 is a person's letter, with the document's own signatures inside; only our notices are signed as mail.
  const signed =
    signNotice === null || row.kind === 'T8'
      ? mail
      : Readable.from([
          await signNotice({ mail: await buffer(mail), token: row.token, createdAt: row.createdAt }),
        ]);
  const { sha256 } = await storage.bytes.keep(signed);
  await storage.outbox.rendered(row.id, sha256);
  return sha256;
}

function filesOf(entry: EntryRow, storage: RenderingStorage): FileToSend[] {
  return entry.files
    .filter((file) => file.role !== 'proof' && file.role !== 'original')
    .map((file) => ({
      name: file.name,
      path: storage.bytes.pathOf(file.sha256),
      contentType: TYPES[extname(file.name).toLowerCase()] ?? 'application/octet-stream',
    }));
}
