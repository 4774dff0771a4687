/**
 * The life of one message, on one page.
 *
 * Its bytes are kept before it gets here (gateway/intake). It is read and screened in a process of its own, arrival is
 * decided and recorded; then its signatures are judged (in a sandbox) and its documents read, and registration is decided
 * and recorded.
 * What is to be sent was written into the outbox by those same two transactions (gateway/outbox sends it).
 */
import { CongvanError } from '../config/error.ts';
import type { SecrecyMark } from '../documents/types.ts';
import { deemedReceived } from '../documents/working-time.ts';
import { decideArrival } from '../handlers/arrival.ts';
import { arrivalQuery } from '../handlers/evidence.ts';
import { RELEASED } from '../handlers/hold-acts.ts';
import { registrationQuery } from '../handlers/official-document.ts';
import { decideRegistration } from '../handlers/registration.ts';
import { nothing } from '../handlers/rules.ts';
import type {
  ArrivalFacts,
  MessageState,
  RawMessage,
  RegistrationFacts,
  Snapshot,
} from '../handlers/types.ts';
import { entryTime } from '../mail/entry-time.ts';
import type { MessageRow, StageFacts } from '../storage/types.ts';
import { indexLetter } from './indexing.ts';
import { asFacts, judgeLetter, keepProofs } from './judging/letter.ts';
import type { Service } from './service.ts';
import { trouble } from './trouble.ts';
import type { Turn } from './turnstile.ts';

/** States in which a decision is still to come. */
const OPEN: MessageState[] = ['kept', 'arrived', 'waiting'];

/** Never throws. False when a step failed and not even that could be written down. */
export async function live(listed: MessageRow, turn: Turn, service: Service): Promise<boolean> {
  const message = await fresh(listed, service);
  if (message === null) return true;
  try {
    const arrived = (await known(message, service)) ?? (await arrive(message, service));
    if (arrived !== null) await register(arrived, turn, service);
    return true;
  } catch (error) {
    return trouble(message, error, service);
  }
}

/** The row as it is now: the list that it came from may be older than what was done meanwhile. Null when it is settled. */
async function fresh(listed: MessageRow, service: Service): Promise<MessageRow | null> {
  const row = await service.storage.messages.get(listed.id).catch(() => null);
  if (row === null) return listed; // the database is away: the next step meets the same trouble, and tells it
  return OPEN.includes(row.state) ? row : null;
}

/** Arrival: read, authenticate, screen, decide. Null when the message goes no further. */
async function arrive(message: MessageRow, service: Service): Promise<ArrivalFacts | null> {
  const { storage, rules, config, readers, scan, clock } = service;
  const { origin } = message;
  const released = message.rule === RELEASED;

  const read = await readers.run({
    type: 'read',
    sha256: message.sha256,
    envelopeFrom: origin.envelopeFrom,
    // Over LMTP the client is our own mail server: its address says nothing about the sender (SPF).
    clientIp: origin.channel === 'smtp' ? origin.clientIp : null,
    clientHelo: origin.clientHelo,
    now: clock().toISOString(),
  });
  const virus = await scan(message.sha256, read.mail.parts);
  const enteredAt = entryTime(read.mail.received, config.sender.trustedReceivedBy, message.enteredAt);
  const facts: ArrivalFacts = {
    raw: message,
    mail: read.mail,
    sender: read.sender,
    screening: { virus, blocked: read.blocked, secrecy: released ? [] : read.secrecy },
    released,
    enteredAt,
    deemedReceivedAt: deemedReceived(enteredAt, service.calendar),
    calendarVersion: service.calendar.version,
  };

  await storage.transact(
    arrivalQuery(facts),
    (snapshot) => (awaits('arrival', snapshot) ? decideArrival(facts, rules, snapshot) : nothing()),
    unlessSecret(facts.screening.secrecy, { messageId: message.id, stage: 'arrival', facts }),
  );
  service.outboxChanged();
  return (await storage.messages.get(message.id))?.state === 'arrived' ? facts : null;
}

/** Registration: judge signatures, read documents, decide; in the order of receipt (INT-18). */
async function register(arrival: ArrivalFacts, turn: Turn, service: Service): Promise<void> {
  const { storage, rules, readers, judge, config } = service;
  const { subject, text, parts } = arrival.mail;
  const { sha256 } = arrival.raw;
  const at = arrival.enteredAt;
  const blocked = arrival.screening.blocked.map((b) => b.part);

  const reports = await judgeLetter({ sha256, parts, blocked, at }, judge, storage.bytes);
  if (reports.tryLater) waitForEvidence(arrival.raw, service);
  const { signatures, mailSignature } = asFacts(reports);
  const reading = await readers.run({ type: 'inspect', subject, text, parts, blocked, signatures });
  const lateSecrecy = arrival.released ? [] : reading.secrecy;
  const { revocation, sha1Until } = config.signatures;
  const proofRules = { at, revocation, sha1Until };
  const facts: RegistrationFacts = {
    ...arrival,
    kind: 'official-document',
    signatures,
    mailSignature,
    proofs: lateSecrecy.length === 0 ? await keepProofs(reports, proofRules, storage.bytes) : {},
    documents: reading.documents,
    unassigned: reading.unassigned,
    lateSecrecy,
  };

  await turn.mine();
  await storage.transact(
    registrationQuery(facts, rules),
    (snapshot) => (awaits('registration', snapshot) ? decideRegistration(facts, rules, snapshot) : nothing()),
    unlessSecret(facts.lateSecrecy, {
      messageId: arrival.raw.id,
      stage: 'registration',
      facts: { ...facts, mail: undefined },
    }),
  );
  service.outboxChanged();
  service.putAway(arrival.raw);
  indexLetter(service, facts, reading.texts);
}

/** A revocation answer that is not to be had now is asked for again, until the configured patience ends: then a person decides. */
function waitForEvidence({ keptAt }: RawMessage, { clock, config }: Service): void {
  const until = Date.parse(keptAt) + config.signatures.retryForMs;
  if (clock().getTime() < until)
    throw new CongvanError('EVIDENCE_LATER', 'a revocation answer is not to be had now', { temporary: true });
}

/** Of a letter with a secrecy mark nothing that it says is kept beside its frozen bytes (DOMAIN 8.2). */
function unlessSecret(secrecy: SecrecyMark[], facts: StageFacts): StageFacts | null {
  return secrecy.length === 0 ? facts : null;
}

/**
 * Whether this decision is still to be made, asked inside the transaction that records it: a list of what is due may be
 * older than what was done meanwhile, here or by a person, and no letter is decided twice (DESIGN, invariant 2).
 */
function awaits(decision: 'arrival' | 'registration', { message }: Snapshot): boolean {
  if (message === null || !OPEN.includes(message.state)) return false;
  return decision === 'arrival' ? message.kind === null : message.kind !== null;
}

/** Arrival was decided already (before a restart, or before a wait): its facts are kept, so that nobody is answered twice. */
async function known(message: MessageRow, service: Service): Promise<ArrivalFacts | null> {
  if (message.kind === null) return null;
  return (await service.storage.messages.facts(message.id, 'arrival')) as ArrivalFacts | null;
}
