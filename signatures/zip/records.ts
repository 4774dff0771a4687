/** The records of a zip as they stand in the bytes (PKWARE APPNOTE 6.3.10, 4.3): read, not judged. */

export const SIGNATURE = {
  local: 0x04034b50,
  central: 0x02014b50,
  descriptor: 0x08074b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

/** Lengths in bytes of the records without their variable fields. */
export const LENGTH = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

/** Extra field identifiers that change what an entry is. */
const EXTRA = { zip64: 0x0001, unicodePath: 0x7075, aes: 0x9901 } as const;

/** "Look into the zip64 field", in fields of two and four bytes. */
export const MANY = 0xffff;
export const LARGE = 0xffffffff;

/** General purpose flags. */
export const FLAG = {
  encrypted: 0x0001,
  descriptor: 0x0008,
  patched: 0x0020,
  strong: 0x0040,
  utf8: 0x0800,
  masked: 0x2000,
};

/** What the local and the central header say of the same entry. */
export interface EntryHeader {
  flags: number;
  method: number;
  crc: number;
  /** Bytes in the archive, zip64 resolved. */
  packed: number;
  /** Bytes once inflated, zip64 resolved. */
  size: number;
  name: Uint8Array;
  /** Name of the Info-ZIP Unicode path field; null when absent. */
  unicodeName: Uint8Array | null;
  /** Entry uses AES encryption of WinZip. */
  aes: boolean;
  /** The extra fields are well-formed and a zip64 field contradicts no plain one. */
  sound: boolean;
  /** Octet where the header ends: data (local) or next record (central). */
  end: number;
}

export interface CentralHeader extends EntryHeader {
  disk: number;
  /** Octet of the local header, zip64 resolved. */
  offset: number;
}

export interface EndRecord {
  at: number;
  disk: number;
  entriesHere: number;
  entries: number;
  /** Bytes of the central directory and where it begins. */
  size: number;
  offset: number;
  commentLength: number;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The record signature at an octet; 0 when the file ends before. */
export function signatureAt(bytes: Uint8Array, at: number): number {
  return at < 0 || at + 4 > bytes.length ? 0 : view(bytes).getUint32(at, true);
}

/** A number of eight octets; beyond 2^53 it is as good as infinite here. */
function large(data: DataView, at: number): number {
  return Number(data.getBigUint64(at, true));
}

interface ExtraFields {
  zip64: Uint8Array | null;
  unicodeName: Uint8Array | null;
  aes: boolean;
  sound: boolean;
}

function readExtra(extra: Uint8Array): ExtraFields {
  const found: ExtraFields = { zip64: null, unicodeName: null, aes: false, sound: true };
  const data = view(extra);
  let at = 0;
  while (at + 4 <= extra.length) {
    const id = data.getUint16(at, true);
    const end = at + 4 + data.getUint16(at + 2, true);
    const body = extra.subarray(at + 4, end);
    if (end > extra.length || (id === EXTRA.zip64 && found.zip64 !== null)) found.sound = false;
    if (id === EXTRA.zip64) found.zip64 = body;
    if (id === EXTRA.unicodePath) found.unicodeName = body.subarray(5);
    if (id === EXTRA.aes) found.aes = true;
    at = end;
  }
  // QUIRK: up to three zero bytes of padding behind the last field are written by aligning tools.
  if (extra.subarray(at).some((byte) => byte !== 0)) found.sound = false;
  return found;
}

/**
 * Values of the zip64 field in place of the sentinels, in the order of APPNOTE 4.5.3. A field given although the plain
 * value stands must repeat it: some readers take the one, some the other.
 */
function resolve(plain: number[], zip64: Uint8Array | null): { values: number[]; sound: boolean } {
  const wanted = plain.filter((value) => value === LARGE).length;
  if (zip64 === null) return { values: plain, sound: wanted === 0 };
  const data = view(zip64);
  const given = Math.floor(zip64.length / 8);
  // QUIRK: .NET and Java write sizes that did not need it; then all fields stand, from the first.
  const all = wanted === 0 || given > wanted;
  let at = 0;
  let sound = given >= wanted;
  const values = plain.map((value) => {
    if ((value !== LARGE && !all) || at + 8 > zip64.length) return value;
    const wide = large(data, at);
    at += 8;
    if (value !== LARGE && value !== wide) sound = false;
    return value === LARGE ? wide : value;
  });
  return { values, sound };
}

/** The local header at an octet; null when there is none or the file ends inside. */
export function readLocal(bytes: Uint8Array, at: number): EntryHeader | null {
  if (signatureAt(bytes, at) !== SIGNATURE.local || at + LENGTH.local > bytes.length) return null;
  const data = view(bytes);
  const nameEnd = at + LENGTH.local + data.getUint16(at + 26, true);
  const end = nameEnd + data.getUint16(at + 28, true);
  if (end > bytes.length) return null;
  const extra = readExtra(bytes.subarray(nameEnd, end));
  const plain = [data.getUint32(at + 22, true), data.getUint32(at + 18, true)];
  const { values, sound } = resolve(plain, extra.zip64);
  return {
    flags: data.getUint16(at + 6, true),
    method: data.getUint16(at + 8, true),
    crc: data.getUint32(at + 14, true),
    size: values[0]!,
    packed: values[1]!,
    name: bytes.subarray(at + LENGTH.local, nameEnd),
    unicodeName: extra.unicodeName,
    aes: extra.aes,
    sound: sound && extra.sound,
    end,
  };
}

/** The central header at an octet; null when there is none or the directory ends inside. */
export function readCentral(bytes: Uint8Array, at: number): CentralHeader | null {
  if (signatureAt(bytes, at) !== SIGNATURE.central || at + LENGTH.central > bytes.length) return null;
  const data = view(bytes);
  const nameEnd = at + LENGTH.central + data.getUint16(at + 28, true);
  const extraEnd = nameEnd + data.getUint16(at + 30, true);
  const end = extraEnd + data.getUint16(at + 32, true);
  if (end > bytes.length) return null;
  const extra = readExtra(bytes.subarray(nameEnd, extraEnd));
  const plain = [data.getUint32(at + 24, true), data.getUint32(at + 20, true), data.getUint32(at + 42, true)];
  const { values, sound } = resolve(plain, extra.zip64);
  return {
    flags: data.getUint16(at + 8, true),
    method: data.getUint16(at + 10, true),
    crc: data.getUint32(at + 16, true),
    size: values[0]!,
    packed: values[1]!,
    offset: values[2]!,
    disk: data.getUint16(at + 34, true),
    name: bytes.subarray(at + LENGTH.central, nameEnd),
    unicodeName: extra.unicodeName,
    aes: extra.aes,
    sound: sound && extra.sound,
    end,
  };
}

export function readEnd(bytes: Uint8Array, at: number): EndRecord {
  const data = view(bytes);
  return {
    at,
    disk: data.getUint16(at + 4, true) | data.getUint16(at + 6, true),
    entriesHere: data.getUint16(at + 8, true),
    entries: data.getUint16(at + 10, true),
    size: data.getUint32(at + 12, true),
    offset: data.getUint32(at + 16, true),
    commentLength: data.getUint16(at + 20, true),
  };
}

/** The zip64 end record that a locator right before the end record names; null when there is no locator. */
export function readEnd64(bytes: Uint8Array, end: EndRecord): EndRecord | 'broken' | null {
  const locator = end.at - LENGTH.locator64;
  if (signatureAt(bytes, locator) !== SIGNATURE.locator64) return null;
  const data = view(bytes);
  const at = large(data, locator + 8);
  const disks = data.getUint32(locator + 4, true) !== 0 || data.getUint32(locator + 16, true) > 1;
  if (disks || at + LENGTH.end64 !== locator || signatureAt(bytes, at) !== SIGNATURE.end64) return 'broken';
  if (large(data, at + 4) !== LENGTH.end64 - 12) return 'broken';
  return {
    at,
    disk: data.getUint32(at + 16, true) | data.getUint32(at + 20, true),
    entriesHere: large(data, at + 24),
    entries: large(data, at + 32),
    size: large(data, at + 40),
    offset: large(data, at + 48),
    commentLength: end.commentLength,
  };
}
