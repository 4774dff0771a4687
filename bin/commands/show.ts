import { CongvanError } from '../../config/error.ts';
import type { HoldRef } from '../../handlers/types.ts';
import type { EntryRow, JournalLine, MessageRow, Storage, TransmissionRow } from '../../storage/types.ts';
import { type Command, readArguments, usage, withHouse } from '../command.ts';
import type { Output } from '../output.ts';
import { vietnamTime } from '../output.ts';

/** `congvan show`: everything known about one thing, by its id. */
export const command: Command = {
  help: {
    vi: `
congvan show MÃ… [--json]

MÃ là mã của thư, dòng sổ, văn bản chờ hoặc lượt gửi. In mọi điều đã biết cùng các dòng nhật ký.
Thư nghi chứa bí mật nhà nước: chỉ in trạng thái, thời điểm, hộp thư và địa chỉ gửi, không in nội dung.
`,
    en: `
congvan show ID… [--json]

ID of a message, register entry, hold or transmission. Prints all that is known, with its lines of the journal.
Of a message that may be a state secret: state, time, mailbox and sender only, never content.
`,
  },
  run: async (call) => {
    const { values, positionals } = readArguments(call, {});
    if (positionals.length === 0) throw usage(call.lang, 'Cần ít nhất một mã', 'Needs at least one id');
    return withHouse(call, values.config, async (house) => {
      let failed = 0;
      for (const id of positionals) {
        const found = await findById(house.storage, id);
        if (found === null) {
          failed += 1;
          call.out.record({ id, error: 'NOT_FOUND' });
          call.out.note(notFound(id).message);
          continue;
        }
        call.out.record(found);
        if (!call.out.json) print(found, call.out);
      }
      return failed === 0 ? 0 : 1;
    });
  },
};

/** What stands behind an id. */
export interface Shown {
  id: string;
  what: 'message' | 'entry' | 'hold' | 'transmission';
  message: Partial<MessageRow> | null;
  arrival: unknown;
  registration: unknown;
  entries: EntryRow[];
  holds: Partial<HoldRef>[];
  transmissions: TransmissionRow[];
  journal: JournalLine[];
}

function notFound(id: string): CongvanError {
  return new CongvanError('NOT_FOUND', `Không tìm thấy mã «${id}».`, { temporary: false, fields: { id } });
}

/** Tries message, entry, hold and transmission; null when none has the id. */
export async function findById(storage: Storage, id: string): Promise<Shown | null> {
  const message = await storage.messages.get(id);
  if (message !== null) return ofMessage(storage, id, message);
  const entry = await storage.register.get(id);
  if (entry !== null) return ofEntry(storage, id, entry);
  const hold = await storage.holds.get(id);
  if (hold !== null) {
    const about = await storage.messages.get(hold.messageId);
    const hidden = about === null || isHidden(about, [hold]);
    return {
      ...empty(id, 'hold'),
      message: about === null ? null : hidden ? withoutContent(about) : about,
      holds: [hidden ? withoutProposals(hold) : hold],
      journal: await storage.journal.list({ subject: `hold:${id}` }),
    };
  }
  const transmission = await storage.outbox.get(id);
  if (transmission === null) return null;
  const about = transmission.entryId === null ? null : await storage.register.get(transmission.entryId);
  return {
    ...empty(id, 'transmission'),
    entries: about === null ? [] : [about],
    transmissions: [transmission],
    journal: await storage.journal.list({ subject: `transmission:${id}` }),
  };
}

function empty(id: string, what: Shown['what']): Shown {
  const none = { message: null, arrival: null, registration: null };
  return { id, what, ...none, entries: [], holds: [], transmissions: [], journal: [] };
}

async function ofMessage(storage: Storage, id: string, message: MessageRow): Promise<Shown> {
  const holds = await holdsOf(storage, id);
  const journal = await storage.journal.list({ subject: `message:${id}` });
  if (isHidden(message, holds)) {
    return {
      ...empty(id, 'message'),
      message: withoutContent(message),
      holds: holds.map(withoutProposals),
      journal,
    };
  }
  return {
    ...empty(id, 'message'),
    message,
    arrival: await storage.messages.facts(id, 'arrival'),
    registration: await storage.messages.facts(id, 'registration'),
    entries: await storage.register.ofMessage(id),
    holds,
    transmissions: await storage.outbox.list({ aboutMessage: id }),
    journal,
  };
}

async function ofEntry(storage: Storage, id: string, entry: EntryRow): Promise<Shown> {
  return {
    ...empty(id, 'entry'),
    entries: [entry],
    transmissions: await storage.outbox.list({ entryId: id }),
    journal: await storage.journal.list({ subject: `entry:${id}` }),
  };
}

/** Open and closed holds of one message; there are never many. */
async function holdsOf(storage: Storage, messageId: string): Promise<HoldRef[]> {
  return (await storage.holds.list({ limit: 100_000 })).filter((hold) => hold.messageId === messageId);
}

/** DOMAIN 8.2: frozen until two persons have released it. */
function isHidden(message: MessageRow, holds: HoldRef[]): boolean {
  return message.state === 'frozen' || holds.some((hold) => hold.open && hold.queue === 'secrets');
}

/** Time, mailbox, sender, state: no subject, no file names, no content. */
function withoutContent(message: MessageRow): Partial<MessageRow> {
  const { id, size, origin, enteredAt, keptAt, state, kind, rule, fromAddress } = message;
  return { id, size, origin, enteredAt, keptAt, state, kind, rule, fromAddress };
}

function withoutProposals(hold: HoldRef): Partial<HoldRef> {
  const { proposals: _, ...rest } = hold;
  return rest;
}

function print(shown: Shown, out: Output): void {
  out.line(`${shown.what} ${shown.id}`);
  if (shown.message !== null) block(out, 'message', shown.message);
  if (shown.arrival !== null) block(out, 'arrival', shown.arrival);
  if (shown.registration !== null) block(out, 'registration', shown.registration);
  for (const entry of shown.entries) block(out, `entry ${entry.id}`, entry);
  for (const hold of shown.holds) block(out, `hold ${hold.id}`, hold);
  for (const transmission of shown.transmissions) block(out, `transmission ${transmission.id}`, transmission);
  out.line('journal');
  for (const line of shown.journal) {
    out.line(`  ${vietnamTime(line.at)}  ${line.actor}  ${line.action}  ${JSON.stringify(line.data)}`);
  }
  out.line();
}

/** Values as an indented outline; empty ones are left out. */
function block(out: Output, title: string, value: unknown, indent = ''): void {
  out.line(`${indent}${title}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === null || member === '' || (Array.isArray(member) && member.length === 0)) continue;
    if (typeof member === 'object') block(out, key, member, `${indent}  `);
    else out.line(`${indent}  ${key}: ${String(member)}`);
  }
}
