import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import type { CongvanConfig } from '../../config/types.ts';

const BASE = `
agency: { code: "000.00.01.H99", name: UBND xã Mẫu, address: vanthu@mau.example.gov.vn, phone: "0200", place: Mẫu }
dataDir: data
staff: [{ id: vanthu, name: Văn thư, title: Văn thư, roles: [clerk] }]
issuing: { org: UBND }
`;
const folder = mkdtempSync(join(tmpdir(), 'congvan-config-signing-'));

function load(signing: string): CongvanConfig['signing'] {
  const file = join(folder, 'congvan.yaml');
  writeFileSync(file, BASE + signing);
  return loadConfig(file, { lang: 'en' }).signing;
}

describe('signing: in the configuration', () => {
  it('signs nothing unless told', () => {
    expect(load('')).toEqual({
      key: null,
      chain: [],
      issue: 'auto',
      notices: false,
      seal: null,
      timestamp: null,
    });
  });

  it('a key file, its password, seal and time-stamp server come as absolute paths and milliseconds', () => {
    const found = load(`
signing:
  key: { pkcs12: { file: secrets/key.p12, password: { file: secrets/key } } }
  notices: true
  seal: { file: seal.png, width: 36 }
  timestamp: { url: "http://tsa.example.gov.vn", timeout: 5s, unreachable: sign }
`);
    expect(found).toMatchObject({
      key: {
        kind: 'pkcs12',
        file: join(folder, 'secrets/key.p12'),
        password: { file: join(folder, 'secrets/key') },
      },
      notices: true,
      seal: { file: join(folder, 'seal.png'), width: 36 },
      timestamp: { url: 'http://tsa.example.gov.vn', timeoutMs: 5_000, unreachable: 'sign' },
    });
  });

  it('a token', () => {
    const found = load(`
signing: { key: { pkcs11: { module: /usr/lib/x.so, token: Khóa, id: "01", pin: { env: PIN } } } }
`);
    expect(found.key).toEqual({
      kind: 'pkcs11',
      module: '/usr/lib/x.so',
      token: 'Khóa',
      object: { id: '01' },
      pin: { env: 'PIN' },
      certificate: null,
      tool: 'pkcs11-tool',
      timeoutMs: 60_000,
    });
  });

  it.each([
    ['a password in the file', 'key: { pkcs12: { file: a, password: geheim } }', 'signing.key'],
    ['a PIN in the file', 'key: { pkcs11: { module: a, token: b, id: "01", pin: "1234" } }', 'signing.key'],
    [
      'a key by id and label',
      'key: { pkcs11: { module: a, token: b, id: "01", label: c, pin: { env: P } } }',
      'signing.key',
    ],
    ['notices without a key', 'notices: true', 'signing.notices'],
    ['a time-stamp server that is no HTTP', 'timestamp: { url: "ftp://x" }', 'signing.timestamp.url'],
    ['a seal as large as a page', 'seal: { file: a, width: 210 }', 'signing.seal.width'],
    ['an unknown key', 'sign: true', 'signing'],
  ])('%s is refused, naming the place', (_name, signing, place) => {
    expect(() => load(`signing: { ${signing} }\n`)).toThrow(place);
    expect(() => load(`signing: { ${signing} }\n`)).not.toThrow(/geheim|1234/);
  });
});
