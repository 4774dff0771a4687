import { describe, expect, it } from 'vitest';
import type { RegulationId, SignatureClass } from '../../config/types.ts';
import { signatureClass, treatment } from '../../handlers/signature-class.ts';
import {
  LEADER_SIGNED,
  makeCheck,
  makeDocument,
  makeReport,
  makeRules,
  makeSigner,
  ORG_SIGNED,
} from '../support/facts.ts';

const STAMP = makeCheck(makeSigner('organisation', 'Trung tâm cấp dấu thời gian'), { kind: 'timestamp' });

describe('DOMAIN 1.5: signature classes', () => {
  const scan = makeDocument({ imageOnly: true });
  const copy = makeDocument({ imageOnly: true, copyLine: true });
  const digital = makeDocument();
  it.each([
    ['leader and agency', digital, makeReport([LEADER_SIGNED, ORG_SIGNED]), 'LEADER_AND_ORG'],
    ['scan with the agency and SAO Y', copy, makeReport([ORG_SIGNED]), 'SCAN_ORG_SIGNED'],
    ['scan with the agency', scan, makeReport([ORG_SIGNED]), 'SCAN_ORG_SIGNED_NO_COPY_LINE'],
    ['scan without', scan, makeReport([]), 'SCAN_UNSIGNED'],
    ['scan, not even looked at', scan, undefined, 'SCAN_UNSIGNED'],
    ['scan with nothing but a time stamp', scan, makeReport([STAMP], 'valid'), 'SCAN_UNSIGNED'],
    ['born digital, nothing but a time stamp', digital, makeReport([STAMP], 'valid'), 'NONE'],
    ['leader only', digital, makeReport([LEADER_SIGNED]), 'LEADER_ONLY'],
    ['agency only, born digital', digital, makeReport([ORG_SIGNED]), 'ORG_ONLY'],
    ['born digital, unsigned', digital, makeReport([]), 'NONE'],
    ['one bad signature spoils all', digital, makeReport([LEADER_SIGNED, ORG_SIGNED], 'invalid'), 'INVALID'],
    ['what cannot be concluded is neither', digital, makeReport([LEADER_SIGNED], 'untrusted'), 'UNKNOWN'],
    [
      'a holder that cannot be told proves nobody',
      digital,
      makeReport([makeCheck(makeSigner('unknown', 'X'))]),
      'UNKNOWN',
    ],
  ])('%s', (_name, document, report, expected) => {
    expect(signatureClass(document, report)).toBe(expected);
  });
});

describe('what each regulation does with each class (DOMAIN 1.5)', () => {
  const table: Record<SignatureClass, Record<RegulationId, string>> = {
    LEADER_AND_ORG: row(
      'equal-to-paper',
      'equal-to-paper',
      'equal-to-paper',
      'leader',
      'equal-to-paper',
      'equal-to-paper',
    ),
    SCAN_ORG_SIGNED: row(
      'accepted-copy',
      'equal-to-paper',
      'equal-to-paper',
      'leader',
      'equal-to-paper',
      'accepted-copy',
    ),
    SCAN_ORG_SIGNED_NO_COPY_LINE: row(
      'leader',
      'equal-to-paper',
      'equal-to-paper',
      'leader',
      'equal-to-paper',
      'processable',
    ),
    SCAN_UNSIGNED: row('return', 'processable', 'processable', 'reference-only', 'processable', 'leader'),
    LEADER_ONLY: row('leader', 'leader', 'leader', 'leader', 'processable', 'leader'),
    ORG_ONLY: row('leader', 'leader', 'leader', 'leader', 'processable', 'leader'),
    NONE: row('return', 'return', 'return', 'reference-only', 'leader', 'leader'),
    INVALID: row('return', 'return', 'return', 'return', 'leader', 'return'),
    UNKNOWN: row('inconclusive', 'inconclusive', 'inconclusive', 'inconclusive', 'leader', 'inconclusive'),
  };
  for (const [cls, expected] of Object.entries(table)) {
    it.each(Object.entries(expected))(`${cls} under %s: %s`, (regulation, treated) => {
      const { signature } = makeRules(regulation as RegulationId).regulation;
      expect(treatment(signature, cls as SignatureClass)).toBe(treated);
    });
  }
});

function row(
  nd30: string,
  la: string,
  qn: string,
  sl: string,
  lc: string,
  gl: string,
): Record<RegulationId, string> {
  return {
    'ND30-2020': nd30,
    'LA-36-2013': la,
    'QN-57-2014': qn,
    'SL-2588-2018': sl,
    'LC-48-2017': lc,
    'GL-443-2016': gl,
  };
}
