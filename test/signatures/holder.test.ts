import { describe, expect, it } from 'vitest';
import { oid, sequence, setOf, utf8 } from '../../scripts/province/der-writer.ts';
import { holderOf } from '../../signatures/certificates/holder.ts';
import { NAME_OID, nameText, readName } from '../../signatures/certificates/names.ts';
import { readDer } from '../../signatures/der.ts';

const subject = (parts: [string, string][]) =>
  readName(readDer(sequence(...parts.map(([type, text]) => setOf(sequence(oid(type), utf8(text)))))));
const named = (commonName: string) => subject([[NAME_OID.commonName, commonName]]);

describe('whether a certificate is of a person or of an organisation (SIG-07)', () => {
  it.each([
    ['Nguyễn Văn Mẫu', 'person'],
    ['Ủy ban nhân dân xã Mẫu Một', 'organisation'],
    ['SỞ NỘI VỤ', 'organisation'],
    ['Văn phòng UBND tỉnh Mẫu', 'organisation'],
    ['CÔNG TY TNHH MẪU', 'organisation'],
    ['Hạt Kiểm Lâm Mẫu', 'organisation'],
    ['Đài Truyền Hình Mẫu', 'organisation'],
    ['Đoàn Văn Mẫu', 'person'],
    ['mau-server-01', 'unknown'],
    ['', 'unknown'],
  ] as const)('%s: %s', (commonName, holder) => {
    expect(holderOf(named(commonName))).toBe(holder);
  });

  it('a personal number decides before the name does', () => {
    expect(
      holderOf(
        subject([
          [NAME_OID.userId, 'CCCD:001000000000'],
          [NAME_OID.commonName, 'Ban Văn Mẫu'],
        ]),
      ),
    ).toBe('person');
  });

  it('writes names as RFC 4514 has them, innermost first, specials escaped', () => {
    expect(
      nameText(
        subject([
          ['2.5.4.10', 'Mẫu, tỉnh'],
          [NAME_OID.commonName, '#1 A+B'],
        ]),
      ),
    ).toBe('CN=\\#1 A\\+B,O=Mẫu\\, tỉnh');
  });
});
