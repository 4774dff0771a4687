/** What becomes of one leaf part: body text, a report for programs, or a file that is kept, with the files inside it. */

import { parseAddresses } from './addresses.ts';
import { openArchive } from './archive.ts';
import { readTextPart, type TextPart } from './body-text.ts';
import { decodeText } from './charset.ts';
import { detectType, TYPE_HEAD_BYTES } from './detect-type.ts';
import { decodeHeaderText } from './encoded-words.ts';
import { messageIds } from './header-facts.ts';
import { firstField, type HeaderField, parseFields } from './header-fields.ts';
import { HEAD_BYTES, MAX_REPORT_BYTES, MAX_TEXT_BYTES } from './limits.ts';
import { parseMailDate } from './mail-date.ts';
import type { LeafPart } from './mailparser-adapter.ts';
import { nameFor, safeName } from './names.ts';
import { parseStructured, type Structured } from './parameters.ts';
import { collectBytes, keepBytes, keepNothing } from './part-bytes.ts';
import { MACHINE_TYPES } from './reports/report.ts';
import { readTnef } from './tnef.ts';
import type { Defect, EmbeddedMessage, MailPart, PartSink, ReadingLimits } from './types.ts';

/** What has been read of a message so far. */
export interface Reading {
  sink: PartSink;
  limits: ReadingLimits;
  onDefect: (defect: Defect) => void;
  defects: Defect[];
  texts: TextPart[];
  parts: MailPart[];
  embedded: EmbeddedMessage[];
  machine: { type: string; text: string }[];
  /** Header of the first embedded message: the returned one, in a bounce. */
  quoted: HeaderField[] | null;
  /** Of the first text part, for raw 8-bit headers; null when it says nothing. */
  charset: string | null;
}

/** What is known of a file before its bytes are read. */
type Incoming = Pick<MailPart, 'path' | 'origin' | 'declaredType' | 'rawName' | 'contentId' | 'container'>;

type Disposition = { type: Structured; disposition: Structured; rawName: string | null };

export async function takePart(leaf: LeafPart, reading: Reading): Promise<void> {
  const said = dispositionOf(leaf);
  if (leaf.depth > reading.limits.maxDepth) {
    return reading.onDefect({
      code: 'nesting-too-deep',
      detail: `deeper than ${reading.limits.maxDepth}`,
      where: leaf.path,
    });
  }
  if (said.type.value === 'message/partial' || said.type.value === 'message/external-body') {
    reading.onDefect({
      code: 'part-elsewhere',
      detail: `${said.type.value}: the content is not in this message`,
      where: leaf.path,
    });
  }
  tellOddEncoding(leaf, reading);
  if (MACHINE_TYPES.has(said.type.value)) return takeMachinePart(leaf, said, reading);
  if (isBodyText(said)) return takeText(leaf, said, reading);
  await takeFile(
    {
      path: leaf.path,
      origin: originOf(leaf, said),
      declaredType: said.type.value,
      rawName: said.rawName,
      contentId:
        firstField(leaf.fields, 'content-id')
          ?.replace(/^\s*<|>\s*$/g, '')
          .trim() || null,
      container: null,
    },
    leaf.content,
    reading,
  );
}

function dispositionOf(leaf: LeafPart): Disposition {
  // RFC 2046 5.1.5: the parts of a digest are messages unless they say otherwise.
  const byDefault = leaf.containers[0] === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const type = parseStructured(firstField(leaf.fields, 'content-type') ?? byDefault);
  const disposition = parseStructured(firstField(leaf.fields, 'content-disposition') ?? '');
  const rawName = disposition.params.get('filename') ?? type.params.get('name') ?? null;
  const known = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type.value);
  return {
    type: known
      ? type
      : {
          ...type,
          value:
            rawName === null && disposition.value !== 'attachment'
              ? 'text/plain'
              : 'application/octet-stream',
        },
    disposition,
    rawName: rawName?.trim() || null,
  };
}

function isBodyText({ type, disposition, rawName }: Disposition): boolean {
  return (
    type.value.startsWith('text/') &&
    disposition.value !== 'attachment' &&
    rawName === null &&
    /^text\/(?:plain|html|enriched|x-[a-z-]*html)$/.test(type.value)
  );
}

function originOf(leaf: LeafPart, { type, disposition }: Disposition): MailPart['origin'] {
  if (type.value === 'message/rfc822' || type.value === 'message/global') return 'message';
  if (disposition.value === 'inline') return 'inline';
  return disposition.value === '' && leaf.containers.includes('multipart/related') ? 'inline' : 'attachment';
}

/** RFC 2045 6.1 names five; the library takes any other for none, which would keep an encoded document as text. */
function tellOddEncoding(leaf: LeafPart, reading: Reading): void {
  const encoding = (firstField(leaf.fields, 'content-transfer-encoding') ?? '')
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase();
  if (/^(?:|7bit|8bit|binary|base64|quoted-printable)$/.test(encoding)) return;
  const code = /uu/.test(encoding) ? 'part-undecodable' : 'transfer-encoding-unknown';
  reading.onDefect({ code, detail: `Content-Transfer-Encoding: ${encoding.slice(0, 60)}`, where: leaf.path });
}

async function takeText(leaf: LeafPart, { type }: Disposition, reading: Reading): Promise<void> {
  const { bytes, cut } = await collectBytes(leaf.content, MAX_TEXT_BYTES);
  const text = readTextPart(bytes, type);
  if (cut)
    reading.onDefect({
      code: 'text-truncated',
      detail: `more than ${MAX_TEXT_BYTES} bytes of text`,
      where: leaf.path,
    });
  if (text.problem) {
    const label = type.params.get('charset') ?? 'none';
    reading.onDefect({ code: text.problem, detail: `charset ${label.slice(0, 60)}`, where: leaf.path });
  }
  reading.texts.push(text);
  if (text.problem === null) reading.charset ??= type.params.get('charset') ?? null;
}

async function takeMachinePart(leaf: LeafPart, { type }: Disposition, reading: Reading): Promise<void> {
  const { bytes } = await collectBytes(leaf.content, MAX_REPORT_BYTES);
  reading.machine.push({
    type: type.value,
    text: decodeText(bytes, type.params.get('charset') ?? null).text,
  });
}

/** Keeps one file, and opens it where it is a container. */
async function takeFile(
  incoming: Incoming,
  content: AsyncIterable<Uint8Array>,
  reading: Reading,
): Promise<void> {
  const { limits, onDefect, sink } = reading;
  if (reading.parts.length >= limits.maxParts) {
    return onDefect({ code: 'too-many-parts', detail: `more than ${limits.maxParts}`, where: incoming.path });
  }
  const embeds = incoming.origin === 'message';
  const kept = await keepBytes(content, sink, {
    maxBytes: limits.maxPartBytes,
    headBytes: embeds ? HEAD_BYTES : TYPE_HEAD_BYTES,
  });
  const detectedType =
    embeds && !kept.tooLarge ? 'message/rfc822' : detectType(kept.head, incoming.rawName ?? '');
  const part: MailPart = {
    ...incoming,
    detectedType,
    name: safeName(incoming.rawName, nameFor(incoming.path, detectedType)),
    size: kept.size,
    sha256: kept.sha256,
    encrypted: false,
  };
  reading.parts.push(part);
  if (kept.tooLarge) {
    return onDefect({
      code: 'part-too-large',
      detail: `more than ${limits.maxPartBytes} bytes, left out`,
      where: incoming.path,
    });
  }
  if (embeds) takeEmbedded(part.path, kept.head, reading);
  else if (detectedType === 'application/ms-tnef') await takeTnef(part, reading);
  else if (detectedType === 'application/zip') await takeArchive(part, reading);
}

function takeEmbedded(path: string, head: Buffer, reading: Reading): void {
  const { fields } = parseFields(head.toString('latin1').split(/\r?\n\r?\n/)[0]!);
  const first = (name: string) => firstField(fields, name) ?? '';
  reading.quoted ??= fields;
  reading.embedded.push({
    path,
    messageId: messageIds(first('message-id'))[0] ?? null,
    subject: decodeHeaderText(first('subject')).slice(0, 2_000),
    from: parseAddresses(first('from'))[0] ?? null,
    date: parseMailDate(first('date')),
  });
}

async function takeTnef(part: MailPart, reading: Reading): Promise<void> {
  const { files, body } = await readTnef(reading.sink.pathOf(part.sha256), part.path, reading.onDefect);
  if (body !== null) reading.texts.push({ html: false, text: body, problem: null });
  for (const [index, file] of files.entries()) {
    const place = { path: `${part.path}/${index + 1}`, container: part.path, origin: 'tnef' as const };
    const declaredType = file.declaredType ?? 'application/octet-stream';
    await takeFile(
      { ...place, declaredType, rawName: file.rawName, contentId: file.contentId },
      file.content(),
      reading,
    );
  }
}

/** Members of an archive in an archive are kept, not opened: one level is what the regulations' senders use. */
async function takeArchive(part: MailPart, reading: Reading): Promise<void> {
  if (part.origin === 'zip') {
    return reading.onDefect({
      code: 'archive-nested',
      detail: 'an archive in an archive is not opened',
      where: part.path,
    });
  }
  let index = 0;
  for await (const member of openArchive(
    reading.sink.pathOf(part.sha256),
    part.path,
    reading.limits,
    reading.onDefect,
  )) {
    const incoming: Incoming = {
      path: `${part.path}/${++index}`,
      origin: 'zip',
      declaredType: 'application/octet-stream',
      rawName: member.rawName,
      contentId: null,
      container: part.path,
    };
    if (member.content === null) await takeUnread(incoming, true, reading);
    else await takeMember(incoming, member.content, member.failed, reading);
    if (reading.parts.length >= reading.limits.maxParts) {
      return reading.onDefect({
        code: 'too-many-parts',
        detail: `more than ${reading.limits.maxParts}`,
        where: part.path,
      });
    }
  }
}

/** What a limit or a broken archive stopped half-way is not kept: half a file would be taken for an altered one. */
async function takeMember(
  incoming: Incoming,
  content: AsyncIterable<Uint8Array>,
  failed: () => boolean,
  reading: Reading,
): Promise<void> {
  const whole = async function* () {
    yield* content;
    if (failed()) throw new MemberFailed();
  };
  try {
    await takeFile(incoming, whole(), reading);
  } catch (error) {
    if (!(error instanceof MemberFailed)) throw error;
    await takeUnread(incoming, false, reading);
  }
}

class MemberFailed extends Error {}

async function takeUnread(incoming: Incoming, encrypted: boolean, reading: Reading): Promise<void> {
  const detectedType = 'application/octet-stream';
  const name = safeName(incoming.rawName, nameFor(incoming.path, detectedType));
  reading.parts.push({ ...incoming, detectedType, name, ...(await keepNothing(reading.sink)), encrypted });
}
