/** What a named person does, from the command line or (later) the console: each act is one transaction. */
import { CongvanError } from '../config/error.ts';
import type { StaffMember } from '../config/types.ts';
import * as entries from '../handlers/entry-acts.ts';
import * as holds from '../handlers/hold-acts.ts';
import * as transmissions from '../handlers/transmission-acts.ts';
import type { ArrivalFacts, HoldRef, Recorded } from '../handlers/types.ts';
import type { House } from './house.ts';

/** Throws `STAFF_UNKNOWN` with the names that would be right. */
export function personOf(house: House, by: string): StaffMember {
  const person = house.config.staff.find((s) => s.id === by);
  if (person) return person;
  const known = house.config.staff.map((s) => s.id).join(', ');
  throw new CongvanError(
    'STAFF_UNKNOWN',
    `Không có người dùng “${by}” trong cấu hình. Những người đã khai báo: ${known || '(chưa có)'}.`,
    {
      temporary: false,
    },
  );
}

export async function acceptHold(
  house: House,
  holdId: string,
  act: { by: string; changes: Record<string, string>; note: string | null },
): Promise<Recorded> {
  const by = personOf(house, act.by);
  const open = await holdOf(house, holdId);
  if (open.proposals.length === 0) {
    return house.storage.transact({ holdId, messageId: open.messageId }, (snapshot) =>
      holds.settleHold({ ...act, by }, snapshot),
    );
  }
  const { hold, facts } = await holdAndFacts(house, holdId);
  const keys = holds
    .correctedProposals(hold, act.changes, by.id)
    .flatMap((e) => (e.documentKey ? [e.documentKey] : []));
  return house.storage.transact({ holdId, documentKeys: keys, messageId: hold.messageId }, (snapshot) =>
    holds.acceptHold({ ...act, by }, facts, house.rules, snapshot),
  );
}

export async function returnHold(
  house: House,
  holdId: string,
  act: { by: string; reasons: { code: string; detail: string | null }[]; note: string | null },
): Promise<Recorded> {
  const by = personOf(house, act.by);
  const { facts } = await holdAndFacts(house, holdId);
  return house.storage.transact({ holdId }, (snapshot) =>
    holds.returnHold({ ...act, by }, facts, house.rules, snapshot),
  );
}

export async function releaseHold(
  house: House,
  holdId: string,
  act: { by: string; note: string | null },
): Promise<Recorded> {
  const by = personOf(house, act.by);
  return house.storage.transact({ holdId }, (snapshot) =>
    holds.releaseHold(by, act.note, house.config.staff, snapshot),
  );
}

export async function cancelEntry(
  house: House,
  entryId: string,
  act: { by: string; why: string },
): Promise<Recorded> {
  const by = personOf(house, act.by);
  return house.storage.transact({ entryId }, (snapshot) =>
    entries.cancelEntry(entryId, by, act.why, snapshot),
  );
}

export async function correctEntry(
  house: House,
  entryId: string,
  act: { field: string; value: string; by: string; why: string },
): Promise<Recorded> {
  const by = personOf(house, act.by);
  return house.storage.transact({ entryId }, (snapshot) =>
    entries.correctEntry(entryId, { ...act, by }, snapshot),
  );
}

export async function settleTransmission(
  house: House,
  id: string,
  act: { sent: boolean; by: string; note: string | null },
): Promise<Recorded> {
  const by = personOf(house, act.by);
  return house.storage.transact({ transmissionId: id }, (snapshot) =>
    transmissions.settleTransmission(id, act.sent, by, act.note, snapshot),
  );
}

export async function resendTransmission(house: House, id: string, act: { by: string }): Promise<Recorded> {
  const by = personOf(house, act.by);
  return house.storage.transact({ transmissionId: id }, (snapshot) =>
    transmissions.resendTransmission(id, by, snapshot),
  );
}

/** Throws `HOLD_UNKNOWN`, and `HOLD_SECRET` for what is frozen: of that nothing is even looked up. */
async function holdOf(house: House, holdId: string): Promise<HoldRef> {
  const hold = await house.storage.holds.get(holdId);
  if (hold === null)
    throw new CongvanError('HOLD_UNKNOWN', `Không có mục chờ xử lý ${holdId}.`, { temporary: false });
  if (hold.twoPersons) {
    throw new CongvanError(
      'HOLD_SECRET',
      'Thư bị cách ly: không vào sổ, không trả lại; chỉ hai người có thẩm quyền mới được giải tỏa.',
      {
        temporary: false,
      },
    );
  }
  return hold;
}

async function holdAndFacts(house: House, holdId: string): Promise<{ hold: HoldRef; facts: ArrivalFacts }> {
  const hold = await holdOf(house, holdId);
  const facts = (await house.storage.messages.facts(hold.messageId, 'arrival')) as ArrivalFacts | null;
  if (facts === null) {
    throw new CongvanError(
      'HOLD_NO_FACTS',
      'Thư này chưa đọc được nên chưa thể vào sổ hoặc trả lại tự động.',
      { temporary: false },
    );
  }
  return { hold, facts };
}
