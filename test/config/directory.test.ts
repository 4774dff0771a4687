import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findAgency, loadDirectory, resolveRecipients } from '../../config/directory.ts';

function write(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'congvan-directory-')), 'agencies.yaml');
  writeFileSync(file, text);
  return file;
}

const TEXT = `
agencies:
  - { code: "000.00.11.H99", name: Sở Nội vụ tỉnh Mẫu, shortNames: [SNV], addresses: [SNV@mau.example.gov.vn, vt.snv@mau.example.gov.vn], groups: [so-nganh] }
  - { code: "000.00.12.H99", name: Sở Tài chính tỉnh Mẫu, shortNames: [STC, Sở], addresses: [stc@mau.example.gov.vn], groups: [so-nganh] }
  - { code: "000.00.13.H99", name: Sở Y tế tỉnh Mẫu, shortNames: [Sở], groups: [so-nganh] }
  - { code: "000.00.01.H99", name: UBND huyện Mẫu, addresses: [cu@mau.example.gov.vn], validTo: "2025-06-30" }
  - { code: "000.00.01.H99", name: UBND xã Mẫu, addresses: [cu@mau.example.gov.vn], validFrom: "2025-07-01" }
`;
const directory = { agencies: loadDirectory(write(TEXT)) };

describe('the agency directory', () => {
  it('keeps addresses in lower case', () => {
    expect(directory.agencies[0]!.addresses[0]).toBe('snv@mau.example.gov.vn');
  });

  it.each([
    ['snv@mau.example.gov.vn', null, 'Sở Nội vụ tỉnh Mẫu'],
    ['VT.SNV@MAU.example.gov.vn', null, 'Sở Nội vụ tỉnh Mẫu'],
    ['snv+cv.abc@mau.example.gov.vn', null, 'Sở Nội vụ tỉnh Mẫu'],
    ['cu@mau.example.gov.vn', '2025-06-30', 'UBND huyện Mẫu'],
    ['cu@mau.example.gov.vn', '2025-07-01', 'UBND xã Mẫu'],
    ['la@mau.example.gov.vn', null, null],
    ['', null, null],
  ])('ID-05: %s on %s belongs to %s', (address, on, name) => {
    expect(findAgency(directory, address, on)?.name ?? null).toBe(name);
  });

  it.each([
    ['a code', ['000.00.11.H99'], ['snv@mau.example.gov.vn']],
    ['a name, whatever its case and spacing', ['sở  nội vụ TỈNH MẪU'], ['snv@mau.example.gov.vn']],
    ['a decomposed name', ['Sở Nội vụ tỉnh Mẫu'.normalize('NFD')], ['snv@mau.example.gov.vn']],
    ['a short name', ['STC'], ['stc@mau.example.gov.vn']],
    ['one of its addresses', ['vt.snv@mau.example.gov.vn'], ['vt.snv@mau.example.gov.vn']],
    ['an address of nobody', ['ai@noi.example'], ['ai@noi.example']],
    ['the same twice', ['SNV', '000.00.11.H99'], ['snv@mau.example.gov.vn']],
  ])('ISS-03: recipients by %s', (_name, names, addresses) => {
    expect(resolveRecipients(directory, names).map((agency) => agency.addresses[0])).toEqual(addresses);
  });

  it('ISS-03: a group gives all its members, also the one without an address, for the caller to refuse', () => {
    expect(resolveRecipients(directory, ['so-nganh']).map((agency) => agency.name)).toEqual([
      'Sở Nội vụ tỉnh Mẫu',
      'Sở Tài chính tỉnh Mẫu',
      'Sở Y tế tỉnh Mẫu',
    ]);
  });

  it('ISS-03: all that lead nowhere or to several are named in one refusal', () => {
    expect(() => resolveRecipients(directory, ['SNV', 'Sở Lạ', 'Sở', 'x@y'])).toThrowError(
      expect.objectContaining({ code: 'RECIPIENT_UNKNOWN', temporary: false, fields: { count: 3 } }),
    );
    expect(() => resolveRecipients(directory, ['Sở'])).toThrowError(/Sở Tài chính.*Sở Y tế/);
  });

  it.each([
    ['a bad address', '- { code: A, name: A, addresses: [khong-phai] }', /mail address such as/, 3],
    [
      'one address twice',
      '- { code: A, name: A, addresses: [a@x.example] }\n  - { code: B, name: B, addresses: [A@X.example] }',
      /already belongs to "A"/,
      4,
    ],
    ['one code twice', '- { code: A, name: A }\n  - { code: A, name: B }', /already belongs to "A"/, 4],
    [
      'an unknown key',
      '- { code: A, name: A, email: a@x.example }',
      /no key "email"; allowed here: code, name/,
      3,
    ],
    [
      'an end before its beginning',
      '- { code: A, name: A, validFrom: "2026-01-01", validTo: "2025-01-01" }',
      /not be before validFrom/,
      3,
    ],
  ])('refuses %s, with its line', (_name, rows, words, line) => {
    const file = write(`# danh bạ\nagencies:\n  ${rows}\n`);
    expect(() => loadDirectory(file, 'en')).toThrowError(words);
    expect(() => loadDirectory(file, 'en')).toThrowError(`agencies.yaml:${line}:`);
  });
});
