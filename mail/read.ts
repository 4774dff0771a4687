/**
 * Reading a message: from its bytes to a value. Bad mail gives a value and `defects`; only what the source or the sink
 * throws (a disk, not the mail) is thrown. No part ever stands whole in memory.
 */
import type { Readable } from 'node:stream';
import { bodyText } from './body-text.ts';
import { headerFacts } from './header-facts.ts';
import { allFields, firstField, type HeaderField } from './header-fields.ts';
import { legacyVietnamese } from './legacy-vietnamese.ts';
import { splitMessage } from './mailparser-adapter.ts';
import { parseStructured } from './parameters.ts';
import { type OpenedMessage, openMessage } from './raw-message.ts';
import { readReport } from './reports/report.ts';
import { type Reading, takePart } from './take-part.ts';
import type { Defect, IncomingMessage, MailAddress, PartSink, ReadingLimits } from './types.ts';

/** One message may have thousands of the same defect; the first of them tell it. */
const MAX_DEFECTS = 100;

export async function readMail(
  source: Readable,
  sink: PartSink,
  limits: ReadingLimits,
): Promise<IncomingMessage> {
  const reading = startReading(sink, limits);
  // Leaving early destroys the source, which then tells an error that nobody else would hear.
  source.on('error', () => undefined);
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
    reading.onDefect({ code: 'text-truncated', detail: 'the body text is longer than what is kept of it' });
  tellLegacyText(
    [
      ['subject', facts.subject],
      ['text', body.shown],
      ...reading.parts.map((part): [string, string] => [part.path, part.rawName ?? '']),
    ],
    reading,
  );
  if (/^begin [0-7]{3,4} \S/m.test(body.shown)) {
    reading.onDefect({
      code: 'uuencoded-content',
      detail: 'the text holds a uuencoded file, which is not unpacked',
      where: 'text',
    });
  }
  const known = /^(?:from|to|subject|date|message-id|received|content-type|mime-version|return-path)$/;
  const hasHeader = fields.some((field) => known.test(field.name));
  const empty = reading.parts.length === 0 && body.shown.trim() === '' && reading.machine.length === 0;
  if ((empty && facts.subject === '' && facts.from === null) || (!hasHeader && reading.parts.length === 0)) {
    reading.onDefect({
      code: 'empty-parse',
      detail: opened.seen === 0 ? 'the message has no bytes' : 'nothing of a message was found in the bytes',
    });
  }
  const report = readReport({
    ...facts,
    to: [...envelopeRecipients(fields), ...facts.to],
    fields,
    contentType: root.value,
    reportType: root.params.get('report-type')?.toLowerCase() ?? null,
    text: body.shown,
    sections: reading.machine,
    originalHeaders: returnedHeaders(reading),
  });
  return {
    ...facts,
    text: body.shown,
    ...(body.other === null ? {} : { otherText: body.other }),
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

/** Where servers write the address that a report was sent to: our VERP address, when To says something else. */
const ENVELOPE_FIELDS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-rcpt-to'];

function envelopeRecipients(fields: HeaderField[]): MailAddress[] {
  return ENVELOPE_FIELDS.flatMap((name) => allFields(fields, name)).map((value) => ({
    address: value.replace(/^<|>$/g, ''),
    name: '',
  }));
}

/** Header block of the message that a report gives back: a message of its own, or only its header. */
function returnedHeaders({ quoted, machine }: Reading): string | null {
  if (quoted) return quoted.map(({ name, value }) => `${name}: ${value}`).join('\r\n');
  return (
    machine.find(({ type }) => type === 'text/rfc822-headers' || type === 'message/global-headers')?.text ??
    null
  );
}
