/**
 * Reading a message: from its bytes to a value. Bad mail gives a value and `defects`; only what the source or the sink
 * throws (a disk, not the mail) is thrown. No part ever stands whole in memory.
 */
import type { Readable } from 'node:stream';
import { bodyText } from './body-text.ts';
import { headerFacts } from './header-facts.ts';
import { firstField } from './header-fields.ts';
import { legacyVietnamese } from './legacy-vietnamese.ts';
import { splitMessage } from './mailparser-adapter.ts';
import { parseStructured } from './parameters.ts';
import { type OpenedMessage, openMessage } from './raw-message.ts';
import { findReport } from './reports/find-report.ts';
import { type Reading, takePart } from './take-part.ts';
import type { Defect, IncomingMessage, PartSink, ReadingLimits } from './types.ts';

/** One message may have thousands of the same defect; the first of them tell it. */
const MAX_DEFECTS = 100;

export async function readMail(
  source: Readable,
  sink: PartSink,
  limits: ReadingLimits,
): Promise<IncomingMessage> {
  const reading = startReading(sink, limits);
  const opened = await openMessage(source, limits, reading.onDefect);
  for await (const leaf of splitMessage(opened.bytes, limits, reading.onDefect))
    await takePart(leaf, reading);
  return result(opened, reading);
}

function startReading(sink: PartSink, limits: ReadingLimits): Reading {
  const defects: Defect[] = [];
  const told = new Set<string>();
  const onDefect = (defect: Defect) => {
    const key = `${defect.code} ${defect.where ?? ''} ${defect.detail}`;
    if (defects.length < MAX_DEFECTS && !told.has(key))
      defects.push({ ...defect, detail: defect.detail.slice(0, 300) });
    told.add(key);
  };
  return {
    sink,
    limits,
    onDefect,
    defects,
    texts: [],
    parts: [],
    embedded: [],
    machine: [],
    quoted: null,
    charset: null,
  };
}

function result(opened: OpenedMessage, reading: Reading): IncomingMessage {
  const { fields } = opened;
  const root = parseStructured(firstField(fields, 'content-type') ?? '');
  const facts = headerFacts(fields, reading.charset, reading.onDefect);
  const body = bodyText(reading.texts);
  if (body.cut)
    reading.onDefect({ code: 'text-truncated', detail: 'the body text is longer than what is shown of it' });
  tellLegacyText(
    [
      ['subject', facts.subject],
      ['text', body.text],
      ...reading.parts.map((part): [string, string] => [part.path, part.rawName ?? '']),
    ],
    reading,
  );
  if (/^begin [0-7]{3,4} \S/m.test(body.text)) {
    reading.onDefect({
      code: 'uuencoded-content',
      detail: 'the text holds a uuencoded file, which is not unpacked',
      where: 'text',
    });
  }
  const known = /^(?:from|to|subject|date|message-id|received|content-type|mime-version|return-path)$/;
  const hasHeader = fields.some((field) => known.test(field.name));
  const empty = reading.parts.length === 0 && body.text.trim() === '' && reading.machine.length === 0;
  if ((empty && facts.subject === '' && facts.from === null) || (!hasHeader && reading.parts.length === 0)) {
    reading.onDefect({
      code: 'empty-parse',
      detail: opened.seen === 0 ? 'the message has no bytes' : 'nothing of a message was found in the bytes',
    });
  }
  const report = findReport({
    ...facts,
    fields,
    root,
    text: body.text,
    machine: reading.machine,
    quoted: reading.quoted,
    hasFiles: reading.parts.some((part) => part.origin !== 'message' && part.origin !== 'inline'),
  });
  return {
    ...facts,
    text: body.text,
    parts: reading.parts,
    embedded: reading.embedded,
    report,
    defects: reading.defects,
  };
}

function tellLegacyText(places: [where: string, text: string][], reading: Reading): void {
  for (const [where, text] of places) {
    const kind = legacyVietnamese(text);
    if (kind)
      reading.onDefect({
        code: 'legacy-vietnamese-encoding',
        detail: `looks like text in a ${kind} font, shown as it came`,
        where,
      });
  }
}
