/** One document of a letter with all that decides about it: its signature class, its key, whether its issuer signed it. */
import type { SignatureClass } from '../config/types.ts';
import { sameAgency } from '../documents/agency-name.ts';
import { documentKey } from '../documents/document-key.ts';
import type { OfficialDocument } from '../documents/types.ts';
import type { SignatureReport, SignerCertificate } from '../signatures/types.ts';
import { issuerName } from './issuer.ts';
import type { Rules } from './rules.ts';
import { signatureClass, type Treatment, treatment } from './signature-class.ts';
import type { EntryRef, RegistrationFacts, Snapshot } from './types.ts';

export interface Candidate {
  document: OfficialDocument;
  /** SHA-256 of the file that is the document; null when the part is gone. */
  mainFile: string | null;
  report: SignatureReport | undefined;
  class: SignatureClass;
  treatment: Treatment;
  /** The issuing agency, by its full name where the directory knows it. */
  issuer: string | null;
  /** INT-10; null when number, date or issuer is missing. */
  documentKey: string | null;
  /** A valid signature of the agency that issued the document (SIG-07). */
  issuerSigned: boolean;
  /** Name in a valid organisation's certificate that is not the issuing agency; null when none. */
  otherAgency: string | null;
  /** Entries of ours whose main file has the same bytes. */
  knownEntries: string[];
}

export function candidatesOf(facts: RegistrationFacts, rules: Rules): Omit<Candidate, 'knownEntries'>[] {
  return facts.documents.map((document) => candidate(document, facts, rules));
}

/** Adds what the register knows about the files of each candidate. */
export function withRegister(candidates: Omit<Candidate, 'knownEntries'>[], snapshot: Snapshot): Candidate[] {
  return candidates.map((c) => ({ ...c, knownEntries: sameFile(c, snapshot.entriesByFile) }));
}

function sameFile(candidate: Omit<Candidate, 'knownEntries'>, entries: EntryRef[]): string[] {
  return entries.filter((e) => e.mainFile !== null && e.mainFile === candidate.mainFile).map((e) => e.id);
}

function candidate(
  document: OfficialDocument,
  facts: RegistrationFacts,
  rules: Rules,
): Omit<Candidate, 'knownEntries'> {
  const report = facts.signatures[document.main];
  const cls = signatureClass(document, report);
  const issuer = issuerName(document.issuingAgency.value, facts.mail.from?.address ?? null, rules);
  const organisations = validOrganisations(report);
  const names = issuerNames(issuer, rules);
  const isIssuer = (holder: SignerCertificate) =>
    certificateNames(holder).some((name) => names.some((known) => sameAgency(name, known)));
  return {
    document,
    mainFile: facts.mail.parts.find((p) => p.path === document.main)?.sha256 ?? null,
    report,
    issuer,
    class: cls,
    treatment: treatment(rules.regulation.signature, cls),
    documentKey: documentKey({
      issuer,
      number: document.numberAndSymbol.value,
      date: document.date.value,
    }),
    issuerSigned: organisations.some(isIssuer),
    otherAgency: issuer === null ? null : (organisations.find((o) => !isIssuer(o))?.commonName ?? null),
  };
}

/** All names of the agency that issued the document, for comparing with a certificate. */
function issuerNames(issuer: string | null, rules: Rules): string[] {
  if (issuer === null) return [];
  const known = rules.directory.agencies.find((a) => a.name === issuer);
  return known ? [issuer, ...known.shortNames] : [issuer];
}

function validOrganisations(report: SignatureReport | undefined): SignerCertificate[] {
  return (report?.signatures ?? [])
    .filter((s) => s.verdict === 'VALID' && s.kind !== 'timestamp' && s.signer?.holder === 'organisation')
    .map((s) => s.signer!);
}

function certificateNames(holder: SignerCertificate): string[] {
  return [holder.commonName, ...holder.organisation];
}
