/** Makes docs/outcomes.md from the table of expectations: `node scripts/demo/outcomes-page.ts > docs/outcomes.md`. */
import type { RegulationId } from '../../config/types.ts';
import { expectedOf, LETTER_NAMES, LETTER_TITLES } from './expected.ts';

export const REGULATIONS: RegulationId[] = [
  'ND30-2020',
  'LA-36-2013',
  'QN-57-2014',
  'SL-2588-2018',
  'LC-48-2017',
  'GL-443-2016',
];

const STATES: Record<string, string> = {
  registered: '**registered**',
  frozen: 'frozen',
  noted: 'taken note of',
  ignored: 'ignored',
};

export function outcomesPage(): string {
  const cell = (name: string, regulation: RegulationId): string => {
    const { state, reasons, answers } = expectedOf(name, regulation);
    const what = STATES[state] ?? `held: ${reasons.join(', ')}`;
    return answers.length === 0 ? what : `${what} (${answers.join(', ')})`;
  };
  const rows = LETTER_NAMES.map((name) => [
    LETTER_TITLES[name] ?? name,
    ...REGULATIONS.map((r) => cell(name, r)),
  ]);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# What becomes of which letter',
    '',
    'Each letter of `npm run demo` under each regulation: registered by itself, or held for a person with these reasons among',
    'the ones given; in brackets the notices that the sender gets. Made from `scripts/demo/expected.ts`, which',
    '`test/demo/outcomes.test.ts` proves.',
    '',
    line(['Letter', ...REGULATIONS]),
    line(['---', ...REGULATIONS.map(() => '---')]),
    ...rows.map(line),
    '',
    'Every reason that a letter can be held for:',
    '',
    '| Reason | Meaning |',
    '|---|---|',
    ...Object.entries(REASONS).map(([code, meaning]) => line([`\`${code}\``, meaning])),
    '',
  ].join('\n');
}

const REASONS: Record<string, string> = {
  LEADER_DECIDES: 'the regulation gives this class of signature to the leader (INT-05, DOMAIN 1.5)',
  PROPOSE_RETURN: 'the regulation lets the agency return it; a person decides (ACK-03)',
  REFERENCE_ONLY: 'for information only (SL 4.2), may be refused (SL 5.4)',
  SIGNATURE_UNKNOWN: 'the signature cannot be concluded: never valid, never refused for it (invariant 7)',
  CHANNEL: 'the regulation knows mail only as the exception',
  SEVERAL_DOCUMENTS: 'each document gets a số đến of its own when the clerk accepts (INT-03)',
  FORWARDED: 'the document lies in a letter inside the letter',
  DUPLICATE: 'the same document has a số đến already (INT-10)',
  SENDER_FORGED: 'DMARC says that the sender is not who it claims to be (VAL-01); nobody is answered',
  BLOCKED_FILE: 'executable content (VAL-06)',
  INCOMPLETE: 'not everything that was sent is here (VAL-03)',
  CITIZEN: 'a citizen or enterprise: a queue of its own (INT-14)',
  SECRECY_MARK: 'a suspected secret: not opened, not answered, decided by two persons (DOMAIN 8.2)',
  SENDER_UNPROVEN:
    'neither the path (SPF, DKIM) nor the issuer’s signature proves where it comes from (VAL-01)',
  UNKNOWN_SENDER: 'an office that is not in the directory',
  OWN_ADDRESS: 'sent from our own mailbox',
  ISSUER_NOT_SENDER: 'another agency’s document that only the mail around it describes',
  OTHER_AGENCY_SIGNED: 'a valid signature of an agency that is not the issuer (SIG-07)',
  OTHER_SIGNER: 'a valid signature of a person who is not the printed signer',
  ANNEX_SIGNATURE: 'a signature of an appendix is false or cannot be concluded',
  ANCHOR_GROUP: 'a certificate of another kind than the regulation asks for (SIG-02)',
  FIELDS_UNSURE: 'an obligatory field was not read surely (REG-01)',
  FIELD_CONFLICT: 'two sources disagree about a field',
  DATE_INCONSISTENT: 'dated after the mail came (VAL-13)',
  NO_DOCUMENT: 'no document was found',
  UNASSIGNED_FILE: 'a file that belongs to no document',
  NOT_SCANNED: 'too large for the virus scanner',
  BEFORE_CUTOVER: 'entered before the cut-over date',
  AUTOMATIC_OFF: 'the agency registers nothing by itself',
  FENCED: 'restored from a backup, and nobody has looked yet',
  REPORT_WITH_DOCUMENT: 'a report that fits nothing of ours, but brings files',
  RETURNED_TO_US: 'a letter of ours was returned',
  RECALL: 'the issuer recalls a letter',
  VIRUS: 'the scanner found a virus: isolated',
  UNREADABLE: 'nothing could be read; the bytes are kept',
};

if (import.meta.main) process.stdout.write(outcomesPage());
