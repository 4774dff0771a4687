/** Just enough MIME to hand the parts of a report to its reader; the gateway's own reader has its own tests. */
import { headerFields } from '../../../mail/reports/fields.ts';
import type { ReportInput } from '../../../mail/reports/report.ts';
import type { MailAddress } from '../../../mail/types.ts';

type Gathered = {
  text: string | null;
  html: string | null;
  headers: string | null;
  sections: ReportInput['sections'];
};

export function splitMessage(bytes: Buffer): ReportInput {
  const raw = bytes.toString('latin1').replace(/\r\n?/g, '\n');
  const fields = headerFields(raw.split('\n\n', 1)[0] ?? '');
  const gathered: Gathered = { text: null, html: null, headers: null, sections: [] };
  gather(raw, gathered, 0);
  const type = fields.get('content-type') ?? 'text/plain';
  const returnPath = fields.get('return-path');
  return {
    subject: words(fields.get('subject') ?? ''),
    from: addresses(fields.get('from'))[0] ?? null,
    returnPath: returnPath === undefined ? null : returnPath.replace(/[<>]/g, '').trim(),
    to: addresses(fields.get('to')),
    autoSubmitted: fields.get('auto-submitted')?.toLowerCase() ?? null,
    contentType: type.split(';')[0]!.trim().toLowerCase(),
    reportType: parameter(type, 'report-type')?.toLowerCase() ?? null,
    text: (gathered.text ?? (gathered.html ?? '').replace(/<[^>]*>/g, '')).slice(0, 262_144),
    sections: gathered.sections,
    originalHeaders: gathered.headers,
  };
}

function gather(raw: string, into: Gathered, depth: number): void {
  const cut = raw.startsWith('\n') ? 0 : raw.indexOf('\n\n');
  const fields = headerFields(cut <= 0 ? (cut === 0 ? '' : raw) : raw.slice(0, cut));
  const body = cut < 0 ? '' : raw.slice(cut).replace(/^\n{1,2}/, '');
  const type = fields.get('content-type') ?? 'text/plain';
  const name = type.split(';')[0]!.trim().toLowerCase();
  const boundary = parameter(type, 'boundary');
  if (name.startsWith('multipart/') && boundary !== null && depth < 10) {
    const parts = `\n${body}`.split(`\n--${boundary}`).slice(1);
    for (const part of parts.filter((one) => !one.startsWith('--')))
      gather(part.replace(/^[ \t]*\n/, ''), into, depth + 1);
    return;
  }
  const content = decoded(body, fields.get('content-transfer-encoding') ?? '', parameter(type, 'charset'));
  if (name === 'message/rfc822') into.headers ??= content.trimStart().split('\n\n', 1)[0] ?? '';
  else if (name === 'text/rfc822-headers') into.headers ??= content;
  else if (name.startsWith('message/')) into.sections.push({ type: name, text: content.slice(0, 65_536) });
  else if (name === 'text/html') into.html ??= content;
  else if (name === 'text/plain') into.text ??= content;
}

function decoded(body: string, encoding: string, charset: string | null): string {
  const how = encoding.trim().toLowerCase();
  const plain =
    how === 'quoted-printable' ? body.replace(/=[ \t]*\n/g, '').replace(/=([0-9a-f]{2})/gi, character) : body;
  const bytes = how === 'base64' ? Buffer.from(body, 'base64') : Buffer.from(plain, 'latin1');
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

function character(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function parameter(value: string, name: string): string | null {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value);
  return found?.[1] ?? found?.[2] ?? null;
}

function addresses(value: string | undefined): MailAddress[] {
  return [...(value ?? '').matchAll(/(?:"?([^"<>,]*)"?\s*<([^<>]*)>|([^\s,<>"]+@[^\s,<>"]+))/g)].map(
    (one) => ({
      name: (one[1] ?? /\(([^)]*)\)/.exec(value ?? '')?.[1] ?? '').trim(),
      address: (one[2] ?? one[3] ?? '').trim(),
    }),
  );
}

function words(subject: string): string {
  return subject
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset: string, how: string, text: string) => {
      const quoted = text.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, character);
      return decoded(
        how.toLowerCase() === 'b' ? text : quoted,
        how.toLowerCase() === 'b' ? 'base64' : '',
        charset,
      );
    });
}
