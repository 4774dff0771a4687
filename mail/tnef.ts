/**
 * winmail.dat, as Outlook sends it (MS-OXTNEF): the files in it with their names, and the plain text body. The file is
 * walked by offsets, so that a big attachment is never read into memory; every length is checked against the end.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { decodeText } from './charset.ts';
import type { Defect } from './types.ts';

interface TnefFile {
  rawName: string | null;
  /** As the sender's program says it. */
  declaredType: string | null;
  contentId: string | null;
  content: () => AsyncIterable<Uint8Array>;
}

export interface TnefContent {
  files: TnefFile[];
  body: string | null;
}

type Range = { start: number; end: number };
type Draft = {
  title: string | null;
  longName: string | null;
  type: string | null;
  contentId: string | null;
  data: Range | null;
  nested: Range | null;
};
type Walk = {
  file: FileHandle;
  path: string;
  codepage: string;
  files: TnefFile[];
  body: string | null;
  steps: number;
};

const SIGNATURE = 0x223e9f78;
const ATTRIBUTE = {
  title: 0x00018010,
  data: 0x0006800f,
  begin: 0x00069002,
  properties: 0x00069005,
  message: 0x00069003,
  body: 0x0002800c,
  codepage: 0x00069007,
};
const PROPERTY = {
  longName: 0x3707,
  shortName: 0x3704,
  displayName: 0x3001,
  data: 0x3701,
  mimeTag: 0x370e,
  contentId: 0x3712,
  body: 0x1000,
};
/** Bytes of fixed property types (MS-OXCDATA 2.11.1), padded to four. */
const FIXED: Record<number, number> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
};
const OBJECT = 0x0d;
const STRING8 = 0x1e;
const UNICODE = 0x1f;

const MAX_STEPS = 20_000;
const MAX_FILES = 500;
const MAX_NESTING = 3;
const MAX_NAME_BYTES = 4_096;
const MAX_BODY_BYTES = 1024 * 1024;

/** Reads kept bytes. What could be read is given even when the rest is broken (defect `tnef-unreadable`). */
export async function readTnef(
  path: string,
  where: string,
  onDefect: (defect: Defect) => void,
): Promise<TnefContent> {
  const file = await open(path, 'r');
  const walk: Walk = { file, path, codepage: 'windows-1252', files: [], body: null, steps: 0 };
  try {
    const { size } = await file.stat();
    await attributes(walk, { start: 0, end: size }, 0);
  } catch (error) {
    onDefect({ code: 'tnef-unreadable', detail: (error as Error).message, where });
  } finally {
    await file.close();
  }
  return { files: walk.files, body: walk.body };
}

async function attributes(walk: Walk, range: Range, depth: number): Promise<void> {
  if ((await take(walk, range.start, 4)).readUInt32LE(0) !== SIGNATURE) throw new Error('no TNEF signature');
  let draft: Draft | null = null;
  let at = range.start + 6;
  try {
    while (at + 9 <= range.end) {
      const head = await take(walk, at, 9);
      const [id, length] = [head.readUInt32LE(1), head.readUInt32LE(5)];
      const data = { start: at + 9, end: at + 9 + length };
      if (data.end > range.end) throw new Error('an attribute ends behind the file');
      if (id === ATTRIBUTE.begin) {
        await finish(walk, draft, depth);
        draft = { title: null, longName: null, type: null, contentId: null, data: null, nested: null };
      } else if (head[0] === 2 && draft) await attachmentAttribute(walk, draft, id, data);
      else if (head[0] === 1) await messageAttribute(walk, id, data, depth);
      at = data.end + 2;
    }
  } finally {
    await finish(walk, draft, depth);
  }
}

async function messageAttribute(walk: Walk, id: number, data: Range, depth: number): Promise<void> {
  if (id === ATTRIBUTE.codepage && data.end - data.start >= 4) {
    const page = (await take(walk, data.start, 4)).readUInt32LE(0);
    walk.codepage = page === 65001 ? 'utf-8' : `windows-${page}`;
  } else if (id === ATTRIBUTE.body && depth === 0) {
    walk.body = await text(walk, data, STRING8);
  } else if (id === ATTRIBUTE.message && depth === 0) {
    await properties(walk, data, async (property, type, value) => {
      if (property === PROPERTY.body && (type === STRING8 || type === UNICODE))
        walk.body ??= await text(walk, value, type);
    });
  }
}

async function attachmentAttribute(walk: Walk, draft: Draft, id: number, data: Range): Promise<void> {
  if (id === ATTRIBUTE.title) draft.title = await name(walk, data, STRING8);
  else if (id === ATTRIBUTE.data) draft.data = data;
  else if (id === ATTRIBUTE.properties) {
    await properties(walk, data, async (property, type, value) => {
      if (property === PROPERTY.data) {
        // QUIRK: an attached message is an object: 16 bytes of interface identifier, then a TNEF of its own.
        if (type === OBJECT) draft.nested = { start: value.start + 16, end: value.end };
        else draft.data ??= value;
      } else if (type !== STRING8 && type !== UNICODE) return;
      else if (property === PROPERTY.longName) draft.longName = await name(walk, value, type);
      else if (property === PROPERTY.displayName || property === PROPERTY.shortName)
        draft.title ??= await name(walk, value, type);
      else if (property === PROPERTY.mimeTag) draft.type = (await name(walk, value, type)).toLowerCase();
      else if (property === PROPERTY.contentId) draft.contentId = await name(walk, value, type);
    });
  }
}

/** The files of an attached message are given as files of this one. */
async function finish(walk: Walk, draft: Draft | null, depth: number): Promise<void> {
  if (!draft) return;
  const { nested } = draft;
  if (nested && depth < MAX_NESTING && nested.end - nested.start > 6) {
    if ((await take(walk, nested.start, 4)).readUInt32LE(0) === SIGNATURE)
      return attributes(walk, nested, depth + 1);
  }
  const range = draft.data ?? nested;
  if (!range) return;
  if (walk.files.length >= MAX_FILES) throw new Error(`more than ${MAX_FILES} files`);
  const { path } = walk;
  walk.files.push({
    rawName: draft.longName || draft.title || null,
    declaredType: draft.type,
    contentId: draft.contentId,
    content: () =>
      range.end > range.start
        ? createReadStream(path, { start: range.start, end: range.end - 1 })
        : nothing(),
  });
}

type OnProperty = (property: number, type: number, value: Range) => Promise<void>;

/** MAPI properties (MS-OXTNEF 2.1.3.4): count, then tag and value each, strings and binaries with their length. */
async function properties(walk: Walk, range: Range, onProperty: OnProperty): Promise<void> {
  const count = (await take(walk, range.start, 4)).readUInt32LE(0);
  let at = range.start + 4;
  for (let i = 0; i < count && at + 4 <= range.end; i++) {
    const tag = await take(walk, at, 4);
    const [type, property] = [tag.readUInt16LE(0), tag.readUInt16LE(2)];
    at = property >= 0x8000 ? await behindName(walk, at + 4) : at + 4;
    const several = (type & 0x1000) !== 0;
    const kind = type & 0xfff;
    const fixed = FIXED[kind];
    if (fixed !== undefined && !several) {
      at += fixed;
      continue;
    }
    const values = (await take(walk, at, 4)).readUInt32LE(0);
    at += 4;
    if (fixed !== undefined) at += values * fixed;
    else if (![OBJECT, STRING8, UNICODE, 0x102].includes(kind))
      throw new Error(`property of unknown type ${type}`);
    for (let v = 0; fixed === undefined && v < values; v++) {
      const length = (await take(walk, at, 4)).readUInt32LE(0);
      const value = { start: at + 4, end: at + 4 + length };
      if (value.end > range.end) throw new Error('a property ends behind its attribute');
      if (v === 0) await onProperty(property, kind, value);
      at = value.end + ((4 - (length % 4)) % 4);
    }
  }
}

/** Named properties carry a GUID and a number or a name before the value. */
async function behindName(walk: Walk, at: number): Promise<number> {
  const kind = (await take(walk, at + 16, 8)).readUInt32LE(0);
  if (kind === 0) return at + 24;
  const length = (await take(walk, at + 20, 4)).readUInt32LE(0);
  return at + 24 + length + ((4 - (length % 4)) % 4);
}

async function name(walk: Walk, range: Range, type: number): Promise<string> {
  const end = Math.min(range.end, range.start + MAX_NAME_BYTES);
  return (await text(walk, { start: range.start, end }, type)).replace(/[\r\n]+/g, ' ').trim();
}

async function text(walk: Walk, range: Range, type: number): Promise<string> {
  const bytes = await take(walk, range.start, Math.min(range.end - range.start, MAX_BODY_BYTES));
  return decodeText(bytes, type === UNICODE ? 'utf-16le' : walk.codepage).text.replace(/\0[\s\S]*$/, '');
}

async function take(walk: Walk, position: number, length: number): Promise<Buffer> {
  if (++walk.steps > MAX_STEPS) throw new Error('too many attributes');
  const { bytesRead, buffer } = await walk.file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('the file ends too early');
  return buffer;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
