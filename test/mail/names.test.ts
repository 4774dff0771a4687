import { describe, expect, it } from 'vitest';
import { safeName } from '../../mail/names.ts';

describe('file names made safe (VAL-06)', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Van thu\\Công văn.pdf', 'Công văn.pdf'],
    ['a\0b\r\nc.pdf', 'abc.pdf'],
    ['bao cao\u202efdp.exe', 'bao caofdp.exe'],
    ['Co\u0302ng va\u0306n.pdf', 'Công văn.pdf'],
    ['...', 'x'],
    ['', 'x'],
    ['con.pdf', '_con.pdf'],
    ['a<b>:c?.pdf', 'a_b__c_.pdf'],
  ])('%j becomes %j', (raw, safe) => {
    expect(safeName(raw, 'x')).toBe(safe);
  });

  it('a name of more than 500 bytes keeps its extension and fits a file system', () => {
    const name = safeName(`${'Báo cáo tổng hợp '.repeat(40)}.pdf`, 'x');
    expect(name).toMatch(/^Báo cáo tổng hợp .*\.pdf$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(240);
  });
});
