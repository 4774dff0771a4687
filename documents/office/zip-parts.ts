/** Named parts of a zip package, inflated with a limit that holds while inflating: what a header promises is not believed. */
import { Inflate } from 'fflate';
import { type Deadline, LIMITS, OfficeRefusal } from './limits.ts';

export interface ZipParts {
  names: readonly string[];
  /** Null when there is no such part. Throws `OfficeRefusal` ZIP_BROKEN, ZIP_TOO_LARGE, ZIP_ENCRYPTED. */
  read(name: string): Uint8Array | null;
}

interface Entry {
  offset: number;
  packed: number;
  method: number;
  encrypted: boolean;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Bytes handed to the inflater at a time: a bomb is stopped within one step of this. */
const STEP = 16 * 1024;

export function openParts(bytes: Uint8Array, deadline: Deadline): ZipParts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = directoryOf(bytes, view);
  let spent = 0;
  return {
    names: [...entries.keys()],
    read: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return null;
      if (entry.encrypted) throw new OfficeRefusal('ZIP_ENCRYPTED', 'tệp được đặt mật khẩu');
      deadline.check();
      const part = inflated(packedOf(bytes, view, entry), entry.method, LIMITS.inflatedBytes - spent);
      spent += part.length;
      return part;
    },
  };
}

function directoryOf(bytes: Uint8Array, view: DataView): Map<string, Entry> {
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  if (count > LIMITS.entries) throw new OfficeRefusal('ZIP_TOO_LARGE', `tệp nén có ${count} mục`);
  const entries = new Map<string, Entry>();
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw broken();
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const text = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
    const offset = view.getUint32(at + 42, true);
    const packed = view.getUint32(at + 20, true);
    const encrypted = (view.getUint16(at + 8, true) & 1) === 1;
    if (!entries.has(text))
      entries.set(text, { offset, packed, method: view.getUint16(at + 10, true), encrypted });
    at += 46 + name + extra + comment;
  }
  return entries;
}

/** The end record stands before a comment of at most 65,535 bytes. */
function endOf(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) if (view.getUint32(at, true) === END) return at;
  throw broken();
}

function packedOf(bytes: Uint8Array, view: DataView, entry: Entry): Uint8Array {
  const at = entry.offset;
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== LOCAL) throw broken();
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + entry.packed > view.byteLength) throw broken();
  return bytes.subarray(start, start + entry.packed);
}

function inflated(packed: Uint8Array, method: number, left: number): Uint8Array {
  const limit = Math.min(left, LIMITS.partBytes);
  if (method === 0) {
    if (packed.length > limit) throw tooLarge();
    return packed;
  }
  if (method !== 8) throw broken();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const inflate = new Inflate((chunk, final) => {
    size += chunk.length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk);
    ended ||= final;
  });
  try {
    for (let at = 0; at < packed.length; at += STEP)
      inflate.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
  } catch (error) {
    throw error instanceof OfficeRefusal ? error : broken();
  }
  if (!ended) throw broken();
  return Buffer.concat(chunks);
}

function broken(): OfficeRefusal {
  return new OfficeRefusal('ZIP_BROKEN', 'cấu trúc tệp nén bị lỗi');
}

function tooLarge(): OfficeRefusal {
  return new OfficeRefusal('ZIP_TOO_LARGE', 'nội dung giải nén vượt giới hạn');
}
