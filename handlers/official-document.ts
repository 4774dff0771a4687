/** A letter that carries official documents: arrival (T1) and registration (number and T2, or a hold with reasons). */
import { beforeCutover, whyNoAnswer } from './answer.ts';
import { type Candidate, candidatesOf, withRegister } from './candidate.ts';
import { documentDoubts, mailDoubts } from './doubts.ts';
import { incomingEntry } from './entry.ts';
import { arrivalNotice, registeredNotice } from './notices.ts';
import { nothing, type Rules } from './rules.ts';
import type {
  ArrivalFacts,
  Decision,
  HoldDraft,
  HoldReason,
  RegistrationFacts,
  Snapshot,
  SnapshotQuery,
} from './types.ts';

/** ACK-01: says that the mail is here, before anybody has judged it; then registration follows. */
export function documentArrived(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): Decision {
  const silent = whyNoArrivalNotice(facts, rules, snapshot);
  return {
    ...nothing(),
    message: {
      id: facts.raw.id,
      state: 'arrived',
      kind: 'official-document',
      rule: facts.released ? 'released' : null,
    },
    sends: silent === null ? [arrivalNotice(facts, rules)] : [],
    journal: [
      {
        actor: 'machine',
        action: 'arrived',
        subject: `message:${facts.raw.id}`,
        data: { sha256: facts.raw.sha256, answered: silent === null, silent },
      },
    ],
  };
}

/** Its own reason besides the general ones: a released letter passes here again, and T1 goes out once (DOMAIN 7.3 (2)). */
function whyNoArrivalNotice(facts: ArrivalFacts, rules: Rules, snapshot: Snapshot): string | null {
  if (!rules.regulation.ack.arrival.send) return 'regulation';
  if (snapshot.message?.answers?.includes('T1')) return 'answered-before';
  return whyNoAnswer(facts, rules, snapshot);
}

/** What the register must be asked before registration can be decided. */
export function registrationQuery(facts: RegistrationFacts, rules: Rules): SnapshotQuery {
  const candidates = candidatesOf(facts, rules);
  return {
    messageId: facts.raw.id,
    rawSha256: facts.raw.sha256,
    messageIdHeader: facts.mail.messageId,
    documentKeys: candidates.flatMap((c) => (c.documentKey === null ? [] : [c.documentKey])),
    fileSha256: candidates.flatMap((c) => (c.mainFile === null ? [] : [c.mainFile])),
  };
}

/** INT-03, INT-05, INT-18: a number for a document in no doubt, otherwise a proposal for a person. */
export function documentRegistered(facts: RegistrationFacts, rules: Rules, snapshot: Snapshot): Decision {
  const candidates = withRegister(candidatesOf(facts, rules), snapshot);
  const doubts = [
    ...mailDoubts(facts, candidates, rules),
    ...candidates.flatMap((c) => documentDoubts(c, facts, rules, snapshot)),
    ...policyDoubts(rules, snapshot),
  ];
  const only = candidates.length === 1 ? candidates[0] : undefined;
  return doubts.length === 0 && only !== undefined
    ? register(only, facts, rules, snapshot)
    : hold(candidates, unique(doubts), facts, rules, snapshot);
}

function policyDoubts(rules: Rules, snapshot: Snapshot): HoldReason[] {
  const doubts: HoldReason[] = [];
  if (rules.register.automatic === 'off' || rules.regulation.register.automatic === 'off') {
    doubts.push({
      code: 'AUTOMATIC_OFF',
      sentence: 'Cơ quan không dùng chế độ tự động vào sổ; văn thư xác nhận.',
    });
  }
  if (snapshot.fenced) {
    doubts.push({
      code: 'FENCED',
      sentence: 'Hệ thống vừa được khôi phục từ bản sao lưu; tạm dừng cấp số cho đến khi quản trị xác nhận.',
    });
  }
  return doubts;
}

function register(
  candidate: Candidate,
  facts: RegistrationFacts,
  rules: Rules,
  snapshot: Snapshot,
): Decision {
  const entry = incomingEntry(candidate, facts, rules, snapshot);
  const silent = rules.regulation.ack.registered.send ? whyNoAnswer(facts, rules, snapshot) : 'regulation';
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'registered', kind: 'official-document', rule: null },
    entries: [entry],
    sends: silent === null ? [registeredNotice(entry, facts, rules, 0)] : [],
    journal: [
      {
        actor: 'machine',
        action: 'registered',
        subject: `message:${facts.raw.id}`,
        data: { class: candidate.class, treatment: candidate.treatment, answered: silent === null, silent },
      },
    ],
  };
}

function hold(
  candidates: Candidate[],
  reasons: HoldReason[],
  facts: RegistrationFacts,
  rules: Rules,
  snapshot: Snapshot,
): Decision {
  const draft: HoldDraft = {
    messageId: facts.raw.id,
    proposals: candidates.map((c) => incomingEntry(c, facts, rules, snapshot)),
    reasons,
    twoPersons: false,
    queue: candidates.some((c) => c.treatment === 'leader') ? 'leader' : 'clerk',
  };
  return {
    ...nothing(),
    message: { id: facts.raw.id, state: 'held', kind: 'official-document', rule: null },
    holds: [draft],
    journal: [
      {
        actor: 'machine',
        action: 'held',
        subject: `message:${facts.raw.id}`,
        data: { reasons: reasons.map((r) => r.code), beforeCutover: beforeCutover(facts, rules) },
      },
    ],
  };
}

function unique(reasons: HoldReason[]): HoldReason[] {
  return reasons.filter(
    (r, i) => reasons.findIndex((o) => o.code === r.code && o.sentence === r.sentence) === i,
  );
}
