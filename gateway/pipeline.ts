/**
 * The life of one message, on one page.
 *
 * Its bytes are kept before it gets here (gateway/intake). It is read and screened in a process of its own, arrival is
 * decided and recorded; then its signatures are judged and its documents read, and registration is decided and recorded.
 * What is to be sent was written into the outbox by those same two transactions (gateway/outbox sends it).
 */
import { deemedReceived } from '../documents/working-time.ts';
import { RELEASED } from '../handlers/acts.ts';
import { decideArrival } from '../handlers/arrival.ts';
import { arrivalQuery } from '../handlers/evidence.ts';
import { registrationQuery } from '../handlers/official-document.ts';
import { decideRegistration } from '../handlers/registration.ts';
import type { ArrivalFacts, RegistrationFacts } from '../handlers/types.ts';
import { entryTime } from '../mail/entry-time.ts';
import type { MessageRow } from '../storage/types.ts';
import { trouble } from './trouble.ts';
import type { Service } from './service.ts';
import type { Turn } from './turnstile.ts';

export async function live(message: MessageRow, turn: Turn, service: Service): Promise<void> {
  try {
    const arrived = (await known(message, service)) ?? (await arrive(message, service));
    if (arrived !== null) await register(arrived, turn, service);
  } catch (error) {
    await trouble(message, error, service);
  }
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

  await storage.messages.saveFacts(message.id, 'arrival', kept(facts));
  await storage.transact(arrivalQuery(facts), (snapshot) => decideArrival(facts, rules, snapshot));
  service.outboxChanged();
  return (await storage.messages.get(message.id))?.state === 'arrived' ? facts : null;
}

/** Registration: judge signatures, read documents, decide; in the order of receipt (INT-18). */
async function register(arrival: ArrivalFacts, turn: Turn, service: Service): Promise<void> {
  const { storage, rules, readers } = service;
  const inspected = await readers.run({
    type: 'inspect',
    subject: arrival.mail.subject,
    text: arrival.mail.text,
    parts: arrival.mail.parts,
    blocked: arrival.screening.blocked.map((b) => b.part),
    at: arrival.enteredAt,
  });
  const facts: RegistrationFacts = {
    ...arrival,
    kind: 'official-document',
    signatures: inspected.signatures,
    documents: inspected.reading.documents,
    unassigned: inspected.reading.unassigned,
    lateSecrecy: arrival.released ? [] : inspected.reading.secrecy,
  };

  await turn.mine();
  if (facts.lateSecrecy.length === 0) {
    await storage.messages.saveFacts(arrival.raw.id, 'registration', { ...facts, mail: undefined });
  }
  await storage.transact(registrationQuery(facts, rules), (snapshot) => decideRegistration(facts, rules, snapshot));
  service.outboxChanged();
  void service.putAway(arrival.raw);
}

/** Arrival was decided already (before a restart, or before a wait): its facts are kept, so that nobody is answered twice. */
async function known(message: MessageRow, service: Service): Promise<ArrivalFacts | null> {
  if (message.kind === null) return null;
  return (await service.storage.messages.facts(message.id, 'arrival')) as ArrivalFacts | null;
}

/** Of a letter with a secrecy mark, nothing that it says is kept beside its frozen bytes (DOMAIN 8.2). */
function kept(facts: ArrivalFacts): unknown {
  if (facts.screening.secrecy.length === 0) return facts;
  return { raw: facts.raw, enteredAt: facts.enteredAt, deemedReceivedAt: facts.deemedReceivedAt, frozen: true };
}
