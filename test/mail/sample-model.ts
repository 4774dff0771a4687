/** What the projects of the samples say is in a message, out of their own files: JSON of one, XML of the other. */
import { readFileSync } from 'node:fs';

/** Null = the file says nothing that can be compared. */
export interface Model {
  subject: string | null;
  from: string | null;
  /** File names of the outer message, in order. */
  names: string[] | null;
}

export function readModel(path: string): Model {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? ofJson(JSON.parse(text) as Parsed) : ofXml(text);
}

interface Attribute {
  name: string;
  value: string;
}
interface Parsed {
  attachments: number[];
  parts: { headers: { name: unknown; value: unknown }[] }[];
}

function ofJson({ parts, attachments }: Parsed): Model {
  const value = (part: number, name: string) => parts[part]?.headers.find((one) => one.name === name)?.value;
  const attributes = (part: number, name: string): Attribute[] =>
    (value(part, name) as { ContentType?: { attributes: Attribute[] | null } } | undefined)?.ContentType
      ?.attributes ?? [];
  const named = (part: number) =>
    attributes(part, 'content_disposition').find(({ name }) => name === 'filename')?.value ??
    attributes(part, 'content_type').find(({ name }) => name === 'name')?.value;
  const subject = (value(0, 'subject') as { Text?: string } | undefined)?.Text ?? null;
  const from = value(0, 'from') as { Address?: { List?: { address: string | null }[] } } | undefined;
  return {
    // U+FFFD: raw bytes that the project gives up and we decode by the charset of the body.
    subject: subject?.includes('\ufffd') ? null : subject,
    from: from?.Address?.List?.[0]?.address ?? null,
    names: attachments.flatMap((part) => named(part) ?? []),
  };
}

/** The XML keeps header fields as they came; encoded ones are left out here. */
function ofXml(xml: string): Model {
  const fields = (xml.split('</header>', 1)[0] ?? '').matchAll(/<field>\s*([\w-]+): ?([\s\S]*?)<\/field>/g);
  const header = new Map(
    [...fields].map(([, name, value]) => [name!.toLowerCase(), unescaped(value!).trim()]),
  );
  const subject = header.get('subject') ?? null;
  const parts = [...xml.matchAll(/<header>([\s\S]*?)<\/header>/g)];
  const names = parts.flatMap(([, fields]) => fileName(unescaped(fields!.replaceAll('</field>', ''))) ?? []);
  const comparable = xml.split('<message>').length === 2 && !names.some((name) => name.includes('=?'));
  return {
    subject:
      subject === null || /=\?|[\r\n]|[^\x20-\x7e]/.test(subject) ? null : subject.replace(/\s+/g, ' '),
    from: /<([^<>\s]+@[^<>\s]+)>/.exec(header.get('from') ?? '')?.[1] ?? null,
    names: comparable ? names : null,
  };
}

function fileName(fields: string): string | null {
  const found = ['filename', 'name']
    .map((name) => new RegExp(`[;\\s]${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(fields))
    .find((match) => match !== null);
  return found?.[1] ?? found?.[2] ?? null;
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
