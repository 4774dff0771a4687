/**
 * Who sent this message, and how sure that is (VAL-01): SPF, DKIM, ARC and DMARC, checked by ourselves as far as the way
 * the message came lets us, and by the header of a relay that the configuration trusts where it does not. Mail fetched
 * over IMAP shows no client address, so its SPF can be known from the relay only.
 */
import { BlockList, isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { domainOf, speaksFor } from './alignment.ts';
import { believedResults, type StatedResult, signedBy, statedFor } from './authentication-results.ts';
import { type GatedMessage, gateMessage } from './header-gate.ts';
import {
  type DmarcResult,
  type OwnResults,
  type SpfResult,
  verifyDmarc,
  verifySignatures,
  verifySpf,
} from './mailauth-adapter.ts';
import type { AuthResult, DnsResolver, IncomingMessage, SenderCheck } from './types.ts';

export interface SenderQuestion {
  /** Opens the raw bytes; read once, in pieces. */
  raw: () => Readable;
  mail: Pick<IncomingMessage, 'from'>;
  /** '' = null return path; null = not known (IMAP, folder). */
  envelopeFrom: string | null;
  clientIp: string | null;
  helo: string | null;
  /** Null = no check of our own, only what a trusted relay states. */
  resolver: DnsResolver | null;
  trustedAuthservIds: string[];
  now: Date;
}

/** Everything found out, before it is judged. */
interface Findings {
  /** Domain in From. */
  author: string;
  own: OwnResults | null;
  spf: SpfResult | null;
  relay: StatedResult[];
  notes: string[];
}

/** Never throws for what a message or a name server says; throws what reading the bytes throws. */
export async function checkSender(question: SenderQuestion): Promise<SenderCheck> {
  const raw = question.raw();
  const source: Source = { broken: false };
  try {
    const gated = await gateMessage(watched(raw, source));
    return gated === null ? unproven(question, 'header-block-too-large') : await check(question, gated);
  } catch (error) {
    if (source.broken) throw error;
    // A message that the library cannot digest proves nothing; it must not stop the letter either.
    return unproven(question, 'check-failed');
  } finally {
    raw.destroy();
  }
}

interface Source {
  broken: boolean;
}

/** Tells a disk that fails from a message that the library chokes on; a stream closed too early has no `errored`. */
async function* watched(raw: Readable, source: Source): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of raw) yield chunk as Uint8Array;
  } catch (error) {
    source.broken = true;
    throw error;
  }
}

async function check(question: SenderQuestion, gated: GatedMessage): Promise<SenderCheck> {
  const resolver = question.resolver === null ? null : sparing(question.resolver);
  const believed = believedResults(gated.headers, question.trustedAuthservIds);
  const own = resolver === null ? null : await verifySignatures(gated.message, resolver, question.now);
  const spf = resolver === null ? null : await ownSpf(question, resolver);
  // A client from outside that speaks to us directly has no relay between: what its header says is its own word.
  const border = own !== null && question.clientIp !== null && !isOurNetwork(question.clientIp);
  const findings: Findings = {
    author: domainOf(question.mail.from?.address ?? null),
    own,
    spf: border && believed.results.length > 0 && spf?.result !== 'pass' ? null : spf,
    relay: border ? [] : believed.results,
    notes: believed.ignored > 0 ? ['authentication-results-ignored'] : [],
  };
  return judge(question, findings, resolver);
}

/** SPF of our own, where the client's address says anything: our own relay's address can prove but not disprove. */
async function ownSpf(question: SenderQuestion, resolver: DnsResolver): Promise<SpfResult | null> {
  if (question.clientIp === null || isIP(question.clientIp) === 0) return null;
  const { clientIp: ip, helo, envelopeFrom } = question;
  const found = await verifySpf({ ip, helo, envelopeFrom }, resolver);
  return found.result === 'pass' || !isOurNetwork(ip) ? found : null;
}

async function judge(
  question: SenderQuestion,
  found: Findings,
  resolver: DnsResolver | null,
): Promise<SenderCheck> {
  const spf = found.spf ?? relaySpf(found.relay);
  const signers = [...new Set([...goodSigners(found.own), ...signedBy(found.relay)])];
  const dkim = signers.length > 0 ? 'pass' : (ownDkim(found.own) ?? statedFor(found.relay, 'dkim') ?? 'none');
  const passed = { spf: spf?.result === 'pass' ? [spf.domain] : [], dkim: signers };
  const asked = await askDmarc(found, passed, resolver);
  const dmarc = dmarcVerdict(asked, found, { spf, dkim });
  const aligned = [...passed.spf, ...passed.dkim].some((domain) => speaksFor(domain, found.author));

  const notes = [...found.notes, ...readingNotes(found), ...dmarcNotes(asked, dmarc)];
  const oneAuthor =
    found.author !== '' && !notes.includes('from-read-differently') && !notes.includes('no-single-author');
  const outcome = outcomeOf(dmarc, aligned, oneAuthor);
  const arc = found.own?.arc ?? statedFor(found.relay, 'arc') ?? 'none';
  return {
    from: question.mail.from?.address ?? null,
    envelopeFrom: question.envelopeFrom,
    basis: found.relay.length > 0 ? 'trusted-relay' : found.own === null ? 'none' : 'own',
    spf: spf?.result ?? 'none',
    dkim,
    dmarc,
    arc,
    dkimDomains: signers,
    outcome,
    temporary: outcome !== 'authenticated' && [spf?.result, dkim, dmarc, arc].includes('temperror'),
    notes,
  };
}

function outcomeOf(dmarc: AuthResult, aligned: boolean, oneAuthor: boolean): SenderCheck['outcome'] {
  if (dmarc === 'fail') return 'forged';
  if (!oneAuthor) return 'unproven';
  return dmarc === 'pass' || (dmarc === 'none' && aligned) ? 'authenticated' : 'unproven';
}

function goodSigners(own: OwnResults | null): string[] {
  return (own?.signatures ?? []).filter((one) => one.result === 'pass' && one.whole).map((one) => one.domain);
}

/** A pass that does not cover the whole mail counts as neutral. */
function ownDkim(own: OwnResults | null): AuthResult | null {
  const results = (own?.signatures ?? []).map((one) => (one.result === 'pass' ? 'neutral' : one.result));
  return results.find((result) => result === 'temperror') ?? results[0] ?? null;
}

function relaySpf(relay: StatedResult[]): SpfResult | null {
  const stated = relay.find((one) => one.method === 'spf');
  if (stated === undefined) return null;
  const identity = stated.properties['smtp.mailfrom'] ?? stated.properties['smtp.helo'] ?? '';
  return {
    result: statedFor(relay, 'spf') ?? 'none',
    domain: domainOf(identity.includes('@') ? identity : `@${identity}`),
  };
}

/** `undefined` = not asked, for want of a resolver; null = From names no single author domain. */
async function askDmarc(
  found: Findings,
  passed: { spf: string[]; dkim: string[] },
  resolver: DnsResolver | null,
): Promise<DmarcResult | null | undefined> {
  if (found.own === null || resolver === null) return undefined;
  return verifyDmarc({ addresses: found.own.fromAddresses, fields: found.own.fromFields }, passed, resolver);
}

/**
 * DMARC as far as it can be known. A failure counts only when SPF was known and no name server stayed silent: a letter
 * fetched over IMAP that carries no DKIM signature is unproven, not forged.
 */
function dmarcVerdict(
  asked: DmarcResult | null | undefined,
  found: Findings,
  known: { spf: SpfResult | null; dkim: AuthResult },
): AuthResult {
  const stated = relayDmarc(found);
  if (asked === null) return 'none';
  if (asked === undefined) return stated ?? 'none';
  if (asked.result === 'pass' || stated === 'pass') return 'pass';
  if (stated === 'fail') return 'fail';
  if (asked.result !== 'fail') return asked.result;
  if (known.spf?.result === 'temperror' || known.dkim === 'temperror') return 'temperror';
  return known.spf === null ? 'neutral' : 'fail';
}

/** The relay's verdict, if it is about the domain that our reader shows. */
function relayDmarc(found: Findings): AuthResult | null {
  const about = found.relay.find((one) => one.method === 'dmarc')?.properties['header.from'];
  const domain = about === undefined ? found.author : domainOf(about.includes('@') ? about : `@${about}`);
  return domain === found.author ? statedFor(found.relay, 'dmarc') : null;
}

function readingNotes(found: Findings): string[] {
  const notes: string[] = [];
  if (found.own !== null) {
    const domains = new Set(found.own.fromAddresses.map(domainOf));
    if (found.own.fromFields > 1 || domains.size > 1) notes.push('no-single-author');
    else if (!domains.has(found.author)) notes.push('from-read-differently');
    if (found.own.signatures.some((one) => one.result === 'pass' && !one.whole))
      notes.push('signature-not-whole');
  }
  if (found.own !== null && found.spf === null && relaySpf(found.relay) === null)
    notes.push('spf-not-checkable');
  return notes;
}

function dmarcNotes(asked: DmarcResult | null | undefined, verdict: AuthResult): string[] {
  if (asked?.policy && verdict === 'fail') return [`dmarc-policy-${asked.policy}`];
  return asked?.result === 'none' ? ['no-dmarc-record'] : [];
}

const OUR_NETWORK = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  OUR_NETWORK.addSubnet(net, bits, 'ipv4');
}
OUR_NETWORK.addAddress('::1', 'ipv6');
OUR_NETWORK.addSubnet('fc00::', 7, 'ipv6');
OUR_NETWORK.addSubnet('fe80::', 10, 'ipv6');

/** An address that no stranger on the Internet can have: our own mail server stands between. */
function isOurNetwork(ip: string): boolean {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) !== 0 && OUR_NETWORK.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** DNS questions that one message may cause. */
const MAX_QUESTIONS = 120;

/** Asks each question once, and stops answering a message that wants too much. */
function sparing(resolver: DnsResolver): DnsResolver {
  const asked = new Map<string, ReturnType<DnsResolver>>();
  return (name, type) => {
    const key = `${type} ${name.toLowerCase()}`;
    const known = asked.get(key);
    if (known) return known;
    const answer =
      asked.size < MAX_QUESTIONS
        ? resolver(name, type)
        : Promise.reject(
            Object.assign(new Error('too many DNS questions for one message'), { code: 'ECANCELLED' }),
          );
    asked.set(key, answer);
    return answer;
  };
}

function unproven(question: SenderQuestion, note: string): SenderCheck {
  return {
    from: question.mail.from?.address ?? null,
    envelopeFrom: question.envelopeFrom,
    basis: 'none',
    spf: 'none',
    dkim: 'none',
    dmarc: 'none',
    arc: 'none',
    dkimDomains: [],
    outcome: 'unproven',
    temporary: false,
    notes: [note],
  };
}
