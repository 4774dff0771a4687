import { describe, expect, test } from 'vitest';
import { parseYaml } from '../../config/parse-yaml.ts';
import { loadRegulation, mergeRegulation } from '../../config/regulations.ts';
import type { RegulationId, SignatureClass } from '../../config/types.ts';

const IDS: RegulationId[] = [
  'ND30-2020',
  'LA-36-2013',
  'QN-57-2014',
  'SL-2588-2018',
  'LC-48-2017',
  'GL-443-2016',
];
const CLASSES: SignatureClass[] = [
  'LEADER_AND_ORG',
  'SCAN_ORG_SIGNED',
  'SCAN_ORG_SIGNED_NO_COPY_LINE',
  'SCAN_UNSIGNED',
  'LEADER_ONLY',
  'ORG_ONLY',
  'NONE',
  'INVALID',
];

/** What becomes of a class, the first list that names it. */
function outcome(id: RegulationId, of: SignatureClass): string {
  const { signature } = loadRegulation(id);
  if (signature.equalToPaper.includes(of)) return 'equal';
  if (signature.acceptedCopy.includes(of)) return 'copy';
  if (signature.processable.includes(of)) return 'process';
  if (signature.referenceOnly.includes(of)) return 'reference';
  if (signature.holdForLeader.includes(of)) return 'hold';
  if (signature.returnWithReason.includes(of)) return 'return';
  return 'none';
}

describe('SIG, DOMAIN 1.5: what each regulation does with a signature class', () => {
  test.each([
    ['LEADER_AND_ORG', 'equal equal equal equal equal equal'],
    ['SCAN_ORG_SIGNED', 'copy equal equal equal equal copy'],
    ['SCAN_ORG_SIGNED_NO_COPY_LINE', 'hold equal equal equal equal process'],
    ['SCAN_UNSIGNED', 'return process process reference process hold'],
    ['LEADER_ONLY', 'hold hold hold hold process hold'],
    ['ORG_ONLY', 'hold hold hold hold process hold'],
    ['NONE', 'return return return reference hold hold'],
    ['INVALID', 'return return return return hold return'],
  ] as [SignatureClass, string][])('%s: ND30 LA QN SL LC GL = %s', (of, expected) => {
    expect(IDS.map((id) => outcome(id, of)).join(' ')).toBe(expected);
  });

  test.each(IDS)('%s has an answer for every class', (id) => {
    for (const of of CLASSES) expect(outcome(id, of)).not.toBe('none');
  });

  test('SIG-08: only SL says something else for mail', () => {
    expect(IDS.filter((id) => loadRegulation(id).signature.equalToPaperByMail !== null)).toEqual([
      'SL-2588-2018',
    ]);
    expect(loadRegulation('SL-2588-2018').signature.equalToPaperByMail).toEqual([]);
  });

  test('ACK-03: LC gives văn thư no power to refuse', () => {
    expect(loadRegulation('LC-48-2017').signature.returnWithReason).toEqual([]);
  });
});

describe('DOMAIN 1.10: where the regulations differ', () => {
  test.each([
    ['ND30-2020', 'allowed', 'allowed', 'endOfNextWorkingDay', 'leavesOriginatorSystem'],
    ['LA-36-2013', 'allowed', 'allowed', 'endOfNextWorkingDay', 'entersSystemAndDeliveryConfirmed'],
    ['QN-57-2014', 'allowed', 'allowed', 'endOfNextWorkingDay', 'leavesOriginatorControl'],
    [
      'SL-2588-2018',
      'fallbackOnly',
      'fallbackOnly',
      'endOfMorningOfNextWorkingDay',
      'sentSuccessfullyOnIssuerSystem',
    ],
    ['LC-48-2017', 'allowed', 'fallbackOnly', 'endOfNextWorkingDay', null],
    ['GL-443-2016', 'allowed', 'fallbackOnly', 'endOfNextWorkingDay', null],
  ] as const)('%s: mail in %s, out %s, dispatch %s, sent at %s', (id, mailIn, mailOut, dispatch, sentAt) => {
    const profile = loadRegulation(id);
    expect(profile.channels).toEqual({ mailIn, mailOut });
    expect(profile.time).toMatchObject({ dispatch, sentAt, outOfHours: 'nextOfficeStart' });
  });

  test.each([
    ['ND30-2020', 'required', 'required', true],
    ['LA-36-2013', 'optional', 'optional', false],
    ['QN-57-2014', 'optional', 'optional', true],
    ['SL-2588-2018', 'required', 'required', true],
    ['LC-48-2017', 'optional', 'required', true],
    ['GL-443-2016', 'required', 'required', false],
  ] as const)('ISS-04 %s: leader %s, agency %s, PDF only %s', (id, leader, org, pdfOnly) => {
    expect(loadRegulation(id).signature.outgoing).toEqual({ leader, org, pdfOnly });
  });
});

describe('REG-01, DOMAIN 1.6: obligatory fields', () => {
  test.each([
    [
      'LA-36-2013',
      ['maHoSo', 'doMat', 'soTo', 'yKienPhanPhoi'],
      ['linhVuc', 'nguoiKy', 'noiGui', 'donViNhan'],
    ],
    ['QN-57-2014', ['linhVuc', 'nguoiKy', 'chucVuNguoiKy', 'donViNhan', 'ghiChu'], ['maHoSo', 'noiGui']],
    ['SL-2588-2018', ['noiGui', 'linhVuc', 'nguoiKy', 'noiLuu'], ['tacGia', 'maHoSo', 'soTo', 'tep']],
    ['LC-48-2017', ['tacGia', 'nguoiKy'], ['linhVuc', 'noiGui']],
    ['GL-443-2016', ['tacGia', 'nguoiKy'], ['linhVuc', 'noiGui']],
  ] as [RegulationId, string[], string[]][])('%s incoming has %j and not %j', (id, has, hasNot) => {
    const { requiredIncoming } = loadRegulation(id).register;
    expect(requiredIncoming).toEqual(
      expect.arrayContaining([...has, 'soDen', 'ngayDen', 'soKyHieu', 'ngayVanBan', 'tenLoai', 'trichYeu']),
    );
    for (const key of hasNot) expect(requiredIncoming).not.toContain(key);
  });

  test.each(IDS)('%s outgoing names what stands on the document, each once', (id) => {
    const { requiredOutgoing, requiredIncoming } = loadRegulation(id).register;
    expect(requiredOutgoing).toEqual(
      expect.arrayContaining(['soKyHieu', 'ngayVanBan', 'tenLoai', 'trichYeu', 'nguoiKy', 'noiNhan']),
    );
    expect(new Set(requiredOutgoing).size).toBe(requiredOutgoing.length);
    expect(new Set(requiredIncoming).size).toBe(requiredIncoming.length);
  });
});

describe('loading', () => {
  test.each(IDS)('%s is what it says, deep-frozen', (id) => {
    const profile = loadRegulation(id);
    expect(profile.id).toBe(id);
    expect(profile.scan.dpiMin).toBe(200);
    expect(Object.isFrozen(profile.signature.equalToPaper)).toBe(true);
  });

  const read = (text: string, file = 'mau.yaml') => ({ file, ...parseYaml(text, file) });
  const baseline = {
    file: 'ND30-2020.yaml',
    value: structuredClone(loadRegulation('ND30-2020')),
    lineOf: () => null,
  };

  test('an absent key is inherited, null and lists replace', () => {
    const own = read('id: LA-36-2013\ntime: {dispatch: null}\nsignature: {equalToPaper: []}\n');
    const profile = mergeRegulation(baseline, own);
    expect(profile.time).toMatchObject({ dispatch: null, present: 'endOfNextWorkingDay' });
    expect(profile.signature.equalToPaper).toEqual([]);
    expect(profile.signature.acceptedCopy).toEqual(['SCAN_ORG_SIGNED']);
  });

  test.each([
    ['an unknown key', 'id: LA-36-2013\ntime:\n  dispach: null\n', 'mau.yaml:3:', 'dispach'],
    [
      'an unknown class',
      'id: LA-36-2013\nsignature:\n  processable: [SCANNED]\n',
      'mau.yaml:3:',
      'SCAN_UNSIGNED',
    ],
    ['an unknown field', 'id: LA-36-2013\nregister:\n  requiredIncoming: [soden]\n', 'mau.yaml:3:', 'soDen'],
    ['a list for a map', 'id: LA-36-2013\nack: [x]\n', 'mau.yaml:2:', 'ack'],
  ])('%s is refused with file, line and key', (_name, text, place, word) => {
    const merge = () => mergeRegulation(baseline, read(text));
    expect(merge).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', temporary: false }));
    expect(merge).toThrow(place);
    expect(merge).toThrow(word);
  });
});
