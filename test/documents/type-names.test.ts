import { describe, expect, test } from 'vitest';
import { typeByAbbreviation, typeByName, typeByNameLine } from '../../documents/type-names.ts';

describe('DOMAIN 4.3: the line that names the type', () => {
  test.each([
    ['QUYẾT ĐỊNH', 'Quyết định'],
    ['QUY CHÉ', 'Quy chế'],
    ['** TỜ TRÌNH **', 'Tờ trình'],
    ['Q U Y Ế T  Đ Ị N H', 'Quyết định'],
    ['THÔNGBÁO', 'Thông báo'],
    ['GIẤY UỶ QUYỀN', 'Giấy ủy quyền'],
    ['NGHỊ ĐỊNH'.normalize('NFD'), 'Nghị định'],
  ])('%s is %s', (line, name) => {
    expect(typeByNameLine(line)?.name).toBe(name);
  });

  test.each(['QUYẾT ĐỊNH:', 'Quyết định', 'QUYẾT ĐỊNH BAN HÀNH', 'ỦY BAN NHÂN DÂN', '', '- '])(
    '%j names none',
    (line) => {
      expect(typeByNameLine(line)).toBeNull();
    },
  );
});

describe('NĐ 30/2020 PL III: abbreviations', () => {
  test.each([
    ['QĐ', 'Quyết định'],
    ['ctr', 'Chương trình'],
    ['QYĐ', 'Quy định'],
    ['HD', 'Hướng dẫn'],
    ['HĐ', 'Hợp đồng'],
    ['DA', 'Dự án'],
    ['ĐA', 'Đề án'],
    ['SY', 'Bản sao y'],
    ['NĐ', 'Nghị định'],
    ['TT', 'Thông tư'],
  ])('%s is %s', (abbr, name) => {
    expect(typeByAbbreviation(abbr)?.name).toBe(name);
  });

  test('an unknown one is none, and a name is found in any case', () => {
    expect(typeByAbbreviation('XYZ')).toBeNull();
    expect(typeByName('tờ trình')?.abbr).toBe('TTr');
  });
});
