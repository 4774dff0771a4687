/** Zip attachments, listed and opened within limits. The only file that knows yauzl. */
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { strictUtf8 } from './charset.ts';
import { decodeRareCharset } from './mailparser-adapter.ts';
import type { Defect, ReadingLimits } from './types.ts';

export interface ArchiveMember {
  /** With its folders, as the archive says it. */
  rawName: string;
  encrypted: boolean;
  /**
   * Unpacked bytes, ending early where a limit or a broken archive stops it: `failed` is set then, and the defect told.
   * Null when the member is encrypted.
   */
  content: AsyncIterable<Uint8Array> | null;
  failed: () => boolean;
}

type Told = (code: string, detail: string, member?: string) => void;
/** Members smaller than this are not judged by their ratio: a short text of one letter shrinks a lot. */
const RATIO_FROM_BYTES = 1024 * 1024;
const MACOS_EXTRAS = /^__MACOSX\//;

/** Members in order of the archive's directory. Never throws for a bad archive; `where` of each defect is `container`. */
export async function* openArchive(
  path: string,
  container: string,
  limits: ReadingLimits,
  onDefect: (defect: Defect) => void,
): AsyncGenerator<ArchiveMember> {
  const told: Told = (code, detail, member) =>
    onDefect({ code, detail: member === undefined ? detail : `${member}: ${detail}`, where: container });
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: true });
    yield* members(zip, limits, told);
  } catch (error) {
    told('archive-unreadable', (error as Error).message);
  } finally {
    zip?.close();
  }
}

async function* members(zip: ZipFile, limits: ReadingLimits, told: Told): AsyncGenerator<ArchiveMember> {
  const budget = { left: limits.maxUnpackedBytes };
  const names = new Set<string>();
  let count = 0;
  for await (const entry of zip.eachEntry()) {
    const rawName = nameOf(entry);
    if (rawName.endsWith('/') || MACOS_EXTRAS.test(rawName)) continue;
    if (++count > limits.maxParts) return told('too-many-parts', `more than ${limits.maxParts} members`);
    if (names.has(rawName.toLowerCase()))
      told('archive-duplicate-entry', 'the name stands in the archive twice', rawName);
    names.add(rawName.toLowerCase());
    if (/(?:^|[\\/])\.\.(?:[\\/]|$)|^[\\/]|^[a-z]:/i.test(rawName))
      told('archive-unsafe-name', 'a path out of the archive', rawName);
    const state = { failed: false };
    const fail: Told = (code, detail) => {
      state.failed = true;
      told(code, detail, rawName);
    };
    if (entry.isEncrypted()) told('archive-encrypted', 'encrypted, not read', rawName);
    yield {
      rawName,
      encrypted: entry.isEncrypted(),
      content: entry.isEncrypted() ? null : unpacked(zip, entry, { limits, budget }, fail),
      failed: () => state.failed,
    };
  }
}

async function* unpacked(
  zip: ZipFile,
  entry: Entry,
  { limits, budget }: { limits: ReadingLimits; budget: { left: number } },
  fail: Told,
): AsyncGenerator<Uint8Array> {
  const ratioLimit = Math.max(RATIO_FROM_BYTES, entry.compressedSize * limits.maxRatio);
  let size = 0;
  let sum = 0;
  try {
    if (entry.uncompressedSize > ratioLimit)
      return fail('archive-bomb', `${entry.uncompressedSize} bytes out of ${entry.compressedSize}`);
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      size += chunk.length;
      budget.left -= chunk.length;
      if (size > ratioLimit)
        return fail('archive-bomb', `more than ${ratioLimit} bytes out of ${entry.compressedSize}`);
      if (budget.left < 0)
        return fail('archive-too-large', `unpacks to more than ${limits.maxUnpackedBytes} bytes`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
    // QUIRK: yauzl does not look at the checksum.
    if (sum !== entry.crc32) fail('archive-unreadable', 'checksum does not match');
  } catch (error) {
    fail('archive-unreadable', (error as Error).message);
  }
}

/** UTF-8 where flagged, given (Info-ZIP 0x7075) or valid, else code page 437 as the format says. */
function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const unicode = entry.extraFields.find(
    (field) => field.id === 0x7075 && field.data.length > 5 && field.data[0] === 1,
  );
  if (unicode && unicode.data.readUInt32LE(1) === crc32(raw)) return unicode.data.toString('utf8', 5);
  return (strictUtf8(raw) ?? decodeRareCharset(raw, 'cp437') ?? raw.toString('latin1')).normalize('NFC');
}
