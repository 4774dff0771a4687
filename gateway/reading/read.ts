/** Reading process, first task: MIME, parts, sender, forbidden content, secrecy marks in what is cheap to look at. */
import { createReadStream } from 'node:fs';
import { cheapText } from '../../documents/cheap-text.ts';
import { findSecrecy } from '../../documents/secrecy.ts';
import type { SecrecyMark } from '../../documents/types.ts';
import { readMail } from '../../mail/read.ts';
import { checkSender } from '../../mail/sender-check.ts';
import type { IncomingMessage, PartSink } from '../../mail/types.ts';
import { byteStore } from '../../storage/bytes.ts';
import { resolverOf } from '../resolver.ts';
import { blockedParts } from './blocked.ts';
import type { ReaderSetup, ReadResult, ReadTask } from './task.ts';

export async function read(task: ReadTask, setup: ReaderSetup): Promise<ReadResult> {
  const bytes = byteStore(setup.dataDir);
  const path = bytes.pathOf(task.sha256);
  const outer = await readMail(createReadStream(path), bytes, setup.limits);
  const inner = await forwarded(outer, bytes, setup);
  const mail = withForwarded(outer, inner, setup.limits.maxParts);
  const sender = await checkSender({
    raw: () => createReadStream(path),
    mail,
    envelopeFrom: task.envelopeFrom,
    clientIp: task.clientIp,
    helo: task.clientHelo,
    resolver: setup.sender.check ? resolverOf(setup.sender.resolver) : null,
    trustedAuthservIds: setup.sender.trustedAuthservIds,
    now: new Date(task.now),
  });
  const blocked = blockedParts(mail.parts, setup.blockedExtensions);
  const secrecy = [
    ...(await cheapSecrecy(
      mail,
      blocked.map((b) => b.part),
      bytes,
    )),
    ...inner.flatMap(({ path: part, mail: one }) => [
      ...bodySecrecy(one, part),
      ...one.embedded.flatMap((e) => findSecrecy(e.subject, 'subject', part)),
    ]),
  ];
  return { mail, sender, blocked, secrecy };
}

interface Forwarded {
  /** Path of the part that it came as. */
  path: string;
  mail: IncomingMessage;
}

async function forwarded(mail: IncomingMessage, bytes: PartSink, setup: ReaderSetup): Promise<Forwarded[]> {
  const found: Forwarded[] = [];
  for (const { path, sha256 } of mail.parts.filter((p) => p.origin === 'message')) {
    found.push({ path, mail: await readMail(createReadStream(bytes.pathOf(sha256)), bytes, setup.limits) });
  }
  return found;
}

/** Files of a letter that came inside this one are shown too, one level deep; the letter itself stays whole (STYLE, traps). */
function withForwarded(mail: IncomingMessage, inner: Forwarded[], maxParts: number): IncomingMessage {
  const files = inner.flatMap(({ path, mail: one }) =>
    one.parts.map((file) => ({ ...file, path: `${path}/${file.path}`, container: path })),
  );
  const all = [...mail.parts, ...files];
  if (all.length <= maxParts) return { ...mail, parts: all };
  const detail = `more than ${maxParts} parts with those of embedded messages`;
  return {
    ...mail,
    parts: all.slice(0, maxParts),
    defects: [...mail.defects, { code: 'too-many-parts', detail }],
  };
}

/** A mark may stand in one alternative only: programs that write HTML letters make the plain one themselves. */
function bodySecrecy(mail: IncomingMessage, part: string | null): SecrecyMark[] {
  return [mail.text, mail.otherText ?? ''].flatMap((text) => findSecrecy(text, 'body', part));
}

/** DOMAIN 8.2 step 1, the cheap places: subject, body, file names, the text layer of first pages. Stops at the first mark. */
async function cheapSecrecy(
  mail: IncomingMessage,
  blocked: string[],
  bytes: PartSink,
): Promise<SecrecyMark[]> {
  const inWords = [
    ...findSecrecy(mail.subject, 'subject', null),
    ...bodySecrecy(mail, null),
    ...mail.embedded.flatMap((e) => findSecrecy(e.subject, 'subject', e.path)),
    ...mail.parts.flatMap((p) => findSecrecy(p.name, 'file-name', p.path)),
  ];
  if (inWords.length > 0) return inWords;
  for (const part of mail.parts) {
    if (part.detectedType !== 'application/pdf' || part.encrypted || blocked.includes(part.path)) continue;
    const text = await cheapText(bytes.pathOf(part.sha256));
    const marks = findSecrecy(text, 'text-layer', part.path);
    if (marks.length > 0) return marks;
  }
  return [];
}
