/** One document of a letter with all that decides about it: its signature class, its key, whether its issuer signed it. */
import type { DirectoryAgency, SignatureClass } from '../config/types.ts';
import { agencyKey, sameAgency } from '../documents/agency-name.ts';
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
  /** A valid signature of the agency that issued the document, which stands in the directory (SIG-07). */
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
  const agency = rules.directory.agencies.find((a) => a.name === issuer);
  const isIssuer = (holder: SignerCertificate) =>
    agency === undefined
      ? issuer !== null && sameAgency(holder.commonName, issuer)
      : isCertificateOf(agency, holder);
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
    issuerSigned: agency !== undefined && organisations.some(isIssuer),
    otherAgency: issuer === null ? null : (organisations.find((o) => !isIssuer(o))?.commonName ?? null),
  };
}

/**
 * SIG-07. The holder is who CN names. QUIRK: O and OU of real certificates name the agency above (CN=SỞ NỘI VỤ,
 * O=ỦY BAN NHÂN DÂN TỈNH …), so they never make the holder that agency; and as every province has a Sở Nội vụ, a short
 * name in CN counts only where O or OU tells the same place as the directory's full name does.
 */
function isCertificateOf(agency: DirectoryAgency, { commonName, organisation }: SignerCertificate): boolean {
  if (sameAgency(commonName, agency.name)) return true;
  if (!agency.shortNames.some((short) => sameAgency(commonName, short))) return false;
  const [full, short] = [agencyKey(agency.name), agencyKey(commonName)];
  const place = full.startsWith(`${short} `) ? full.slice(short.length) : null;
  return organisation.some(
    (above) => sameAgency(above, agency.name) || (place !== null && ` ${agencyKey(above)}`.endsWith(place)),
  );
}

function validOrganisations(report: SignatureReport | undefined): SignerCertificate[] {
  return (report?.signatures ?? [])
    .filter((s) => s.conclusion === 'valid' && s.kind !== 'timestamp' && s.signer?.holder === 'organisation')
    .map((s) => s.signer!);
}
