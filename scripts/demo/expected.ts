/**
 * What must become of each letter of the demo under each regulation: `R` = registered by itself, `H` = held, with the
 * reasons that must be among those given; kinds and states that no regulation changes stand alone.
 * docs/outcomes.md is made from this table (`node scripts/demo/outcomes-page.ts`).
 */
import type { RegulationId } from '../../config/types.ts';
import type { MessageKind, MessageState } from '../../handlers/types.ts';

export interface Expected {
  kind: MessageKind;
  state: MessageState;
  reasons: string[];
  /** Kinds of notices that the sender gets. */
  answers: string[];
}

type Cell = 'R' | string;
type Row = Record<RegulationId, Cell>;

const LETTERS: Record<string, Row> = {
  //                                  ND30                  LA                QN                SL                          LC                GL
  'ky-du': /*               */ row('R', 'R', 'R', 'CHANNEL,LEADER_DECIDES', 'R', 'R'),
  'scan-co-quan': /*        */ row('LEADER_DECIDES', 'R', 'R', 'CHANNEL,LEADER_DECIDES', 'R', 'R'),
  'scan-khong-ky': /*       */ row(
    'PROPOSE_RETURN',
    'R',
    'R',
    'CHANNEL,REFERENCE_ONLY',
    'R',
    'LEADER_DECIDES',
  ),
  'sua-sau-ky': /*          */ row(
    'PROPOSE_RETURN',
    'PROPOSE_RETURN',
    'PROPOSE_RETURN',
    'CHANNEL,PROPOSE_RETURN',
    'LEADER_DECIDES',
    'PROPOSE_RETURN',
  ),
  'chung-thu-het-han': /*   */ row(
    'SIGNATURE_UNKNOWN',
    'SIGNATURE_UNKNOWN',
    'SIGNATURE_UNKNOWN',
    'CHANNEL,SIGNATURE_UNKNOWN',
    'LEADER_DECIDES',
    'SIGNATURE_UNKNOWN',
  ),
  'ca-la': /*               */ row(
    'SIGNATURE_UNKNOWN',
    'SIGNATURE_UNKNOWN',
    'SIGNATURE_UNKNOWN',
    'CHANNEL,SIGNATURE_UNKNOWN',
    'LEADER_DECIDES',
    'SIGNATURE_UNKNOWN',
  ),
  'hai-van-ban': /*         */ row(
    'SEVERAL_DOCUMENTS',
    'SEVERAL_DOCUMENTS',
    'SEVERAL_DOCUMENTS',
    'CHANNEL,SEVERAL_DOCUMENTS',
    'SEVERAL_DOCUMENTS',
    'SEVERAL_DOCUMENTS',
  ),
  'phu-luc': /*             */ row('R', 'R', 'R', 'CHANNEL,LEADER_DECIDES', 'R', 'R'),
  winmail: /*               */ row('R', 'R', 'R', 'CHANNEL,LEADER_DECIDES', 'R', 'R'),
  'thu-long-thu': /*        */ row(
    'FORWARDED',
    'FORWARDED',
    'FORWARDED',
    'CHANNEL,FORWARDED',
    'FORWARDED',
    'FORWARDED',
  ),
  'windows-1258': /*        */ row('R', 'R', 'R', 'CHANNEL,LEADER_DECIDES', 'R', 'R'),
  'gui-lai-thu-moi': /*     */ row(
    'DUPLICATE',
    'DUPLICATE',
    'DUPLICATE',
    'CHANNEL,LEADER_DECIDES',
    'DUPLICATE',
    'DUPLICATE',
  ),
  'trung-message-id': /*    */ row('R', 'R', 'R', 'CHANNEL,LEADER_DECIDES', 'R', 'R'),
  'gia-mao': /*             */ row(
    'SENDER_FORGED',
    'SENDER_FORGED',
    'SENDER_FORGED',
    'SENDER_FORGED,CHANNEL',
    'SENDER_FORGED',
    'SENDER_FORGED',
  ),
  'thuc-thi': /*            */ row(
    'BLOCKED_FILE',
    'BLOCKED_FILE',
    'BLOCKED_FILE',
    'CHANNEL,BLOCKED_FILE',
    'BLOCKED_FILE',
    'BLOCKED_FILE',
  ),
  'mime-hong': /*           */ row(
    'INCOMPLETE',
    'INCOMPLETE',
    'INCOMPLETE',
    'CHANNEL,INCOMPLETE',
    'INCOMPLETE',
    'INCOMPLETE',
  ),
};

/** Letters whose fate no regulation changes. */
const FIXED: Record<string, Expected> = {
  'cong-dan': { kind: 'citizen-letter', state: 'held', reasons: ['CITIZEN'], answers: [] },
  'vang-mat': { kind: 'auto-reply', state: 'ignored', reasons: [], answers: [] },
  'thu-tra-lai': { kind: 'delivery-report', state: 'noted', reasons: [], answers: [] },
  'hoi-bao': { kind: 'receipt', state: 'noted', reasons: [], answers: [] },
  mat: { kind: 'official-document', state: 'frozen', reasons: ['SECRECY_MARK'], answers: [] },
};

/** Letters that are answered by nobody though they are held as letters of an agency. */
const UNANSWERED = new Set(['gia-mao']);

/** What each letter is, for the page. */
export const LETTER_TITLES: Record<string, string> = {
  'ky-du': 'Signed by leader and agency',
  'scan-co-quan': 'Scan with the agency’s signature',
  'scan-khong-ky': 'Scan without a signature',
  'sua-sau-ky': 'Altered after signing',
  'chung-thu-het-han': 'Certificate ended, no time stamp',
  'ca-la': 'Unknown certificate authority',
  'hai-van-ban': 'Two documents in one mail',
  'phu-luc': 'Document with appendix (xlsx) and zip',
  winmail: 'winmail.dat',
  'thu-long-thu': 'Letter inside a letter',
  'windows-1258': 'Subject in windows-1258',
  'gui-lai-thu-moi': 'The same document in another mail',
  'trung-message-id': 'The same Message-ID with another PDF',
  'gia-mao': 'Forged sender',
  'thuc-thi': 'With an executable file',
  'mime-hong': 'Broken MIME',
  'cong-dan': 'Mail of a citizen',
  'vang-mat': 'Out-of-office answer',
  'thu-tra-lai': 'Bounce of something we sent',
  'hoi-bao': 'T2 of the recipient’s gateway',
  mat: 'Marked MẬT',
};

/** Names of all letters whose outcome stands in the table, in its order. */
export const LETTER_NAMES = [...Object.keys(LETTERS), ...Object.keys(FIXED)];

export function expectedOf(name: string, regulation: RegulationId): Expected {
  const fixed = FIXED[name];
  if (fixed) return fixed;
  // The very same bytes are no second message: what is shown is the first one.
  const cell = LETTERS[name === 'gui-lai-y-nguyen' ? 'ky-du' : name]?.[regulation];
  if (cell === undefined) throw new Error(`no expectation for ${name}`);
  if (cell === 'R')
    return { kind: 'official-document', state: 'registered', reasons: [], answers: ['T1', 'T2'] };
  return {
    kind: 'official-document',
    state: 'held',
    reasons: cell.split(','),
    answers: UNANSWERED.has(name) ? [] : ['T1'],
  };
}

function row(nd30: Cell, la: Cell, qn: Cell, sl: Cell, lc: Cell, gl: Cell): Row {
  return {
    'ND30-2020': nd30,
    'LA-36-2013': la,
    'QN-57-2014': qn,
    'SL-2588-2018': sl,
    'LC-48-2017': lc,
    'GL-443-2016': gl,
  };
}
