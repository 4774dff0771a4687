/** Which mail server wrote a report: by its machine part and header first, by its words where those say nothing. */
import { allFields, firstField, type HeaderField } from '../header-fields.ts';
import { splitNotice } from './original.ts';
import { DIALECTS } from './wordings.ts';

interface ServerMark {
  name: string;
  /** On a line `name: value`: of the header, or of Reporting-MTA and the X- fields of the machine part. */
  line: RegExp;
}

/**
 * The first match counts: surest marks first. A Reporting-MTA of a cloud service outweighs the marks that its engine
 * leaves, since the same engine also runs in offices.
 */
const SERVER_MARKS: readonly ServerMark[] = [
  {
    name: 'amazonses',
    line: /^(?:reporting-mta|from|message-id): .{0,200}(?:amazonses\.com|@(?:[\w-]+\.)*sns\.amazonaws\.com)/i,
  },
  { name: 'gmail', line: /^(?:reporting-mta|from): .{0,200}google(?:mail)?\.com/i },
  { name: 'postfix', line: /^x-postfix-|^received: by \S{1,255} \(Postfix\)/i },
  {
    name: 'office365',
    line: /^reporting-mta: .{0,200}(?:\.outlook\.com|onmicrosoft\.com)|^x-ms-office365-/i,
  },
  {
    name: 'exim',
    line: /^x-exim-|^received: .{0,300}with local \(Exim|^message-id: <E1[\w-]{14,24}@|^x-failed-recipients:/i,
  },
  { name: 'exchange2007', line: /^x-ms-exchange-message-is-ndr:|^x-ms-exchange-organization-/i },
  { name: 'exchange2003', line: /^x-mailer: Internet Mail Service|^x-dsncontext:/i },
  { name: 'yahoo', line: /^(?:reporting-mta|from): .{0,200}\byahoo\.(?:com|co)\b/i },
  { name: 'mdaemon', line: /^x-mdaemon-|^x-mailer: MDaemon/i },
  { name: 'imail', line: /^x-mailer: <SMTP32/i },
  { name: 'domino', line: /^x-mailer: .{0,60}(?:Lotus|Domino)|^x-mimetrack:/i },
  { name: 'zimbra', line: /^x-mailer: Zimbra/i },
];

const HEADER_NAMES = /^(?:from|message-id|x-[\w-]{1,60})$/;
const MACHINE_LINES = /^(?:reporting-mta|x-[\w-]{1,60}) ?:.*/gim;
const MAX_LINE = 600;
const MAX_MACHINE = 8_192;

/** Null when nothing tells a known server. `machine`: texts of the delivery-status parts. */
export function serverOf(fields: HeaderField[], machine: string[], text: string): string | null {
  const lines = [...headerLines(fields), ...machine.flatMap(machineLines)].map((one) =>
    one.replace(/\s+/g, ' ').slice(0, MAX_LINE),
  );
  const byLine = SERVER_MARKS.find(({ line }) => lines.some((one) => line.test(one)));
  return byLine?.name ?? byWords(splitNotice(text).notice, firstField(fields, 'from') ?? '');
}

/** Of the Received lines only the oldest: it is the reporting server's own. Those above are of servers on the way. */
function headerLines(fields: HeaderField[]): string[] {
  const told = fields.filter(({ name }) => HEADER_NAMES.test(name));
  const oldest = allFields(fields, 'received').at(-1);
  return [
    ...told.map(({ name, value }) => `${name}: ${value}`),
    ...(oldest === undefined ? [] : [`received: ${oldest}`]),
  ];
}

function machineLines(text: string): string[] {
  return text.slice(0, MAX_MACHINE).match(MACHINE_LINES) ?? [];
}

function byWords(notice: string, from: string): string | null {
  const words = notice.slice(0, MAX_MACHINE * 4);
  const found = DIALECTS.find(
    (one) => one.common !== true && one.opening.test(words) && (one.from?.test(from) ?? true),
  );
  return found?.name ?? null;
}
