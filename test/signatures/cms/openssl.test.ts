import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCmsFile } from '../../../signatures/cms/file.ts';
import type { FileFacts } from '../../../signatures/facts.ts';
import { readSmime } from '../../../signatures/smime/read.ts';
import {
  certify,
  cmsAuthority,
  curveKey,
  ecdsa,
  type KeyedCertificate,
  pss,
  rsa,
  rsaKey,
  type Scheme,
} from '../../support/cms-keys.ts';
import { signedBy } from '../../support/cms-signing.ts';
import { CLERK, clerk, LETTER, message, opaque, opaqueOver, signed } from '../../support/smime-message.ts';

function hasOpenssl(): boolean {
  try {
    return /^OpenSSL 3/.test(execFileSync('openssl', ['version'], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

const CONTENT = Buffer.from('Kính gửi: Sở Nội vụ tỉnh Mẫu\r\n');
const folders: string[] = [];
let folder = '';
const at = (name: string) => join(folder, name);
const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;

function openssl(...args: string[]): void {
  execFileSync('openssl', ['cms', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

function putSigner(name: string, { certificate, privateKey }: KeyedCertificate): void {
  writeFileSync(at(`${name}.pem`), pem(certificate));
  writeFileSync(at(`${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

function expectSound(facts: FileFacts, count: number): void {
  expect(facts.defects).toEqual([]);
  expect(facts.signatures.length).toBe(count);
  for (const one of facts.signatures)
    expect(one).toMatchObject({ intact: true, authentic: true, reasons: [], changes: [] });
}

describe.skipIf(!hasOpenssl())('beside openssl cms (skipped without OpenSSL 3)', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cms-'));
    folders.push(folder);
    writeFileSync(at('content'), CONTENT);
    writeFileSync(at('root.pem'), pem(cmsAuthority.certificate));
    putSigner('rsa', certify(rsaKey, { emails: [CLERK] }));
    putSigner('ec', certify(curveKey('P-384')));
    writeFileSync(at('part'), Buffer.from(LETTER, 'latin1'));
  });
  afterAll(() => {
    for (const one of folders) rmSync(one, { recursive: true });
  });

  const inFile = ['-binary', '-in', 'content', '-outform', 'DER', '-out', 'made'];

  it.each<[string, string[], number, boolean]>([
    ['the content inside', ['-nodetach', '-signer', 'rsa'], 1, false],
    ['detached', ['-signer', 'rsa'], 1, true],
    ['streamed, in BER', ['-nodetach', '-stream', '-signer', 'rsa'], 1, false],
    ['two signers', ['-nodetach', '-signer', 'rsa', '-signer', 'ec'], 2, false],
    ['by key identifier', ['-nodetach', '-keyid', '-signer', 'ec'], 1, false],
    ['with SHA-512', ['-nodetach', '-md', 'sha512', '-signer', 'rsa'], 1, false],
    ['with PSS', ['-nodetach', '-signer', 'rsa', '-keyopt', 'rsa_padding_mode:pss'], 1, false],
    [
      'with PSS, its mask another digest',
      ['-nodetach', '-signer', 'rsa', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_mgf1_md:sha1'],
      1,
      false,
    ],
    ['without attributes', ['-nodetach', '-noattr', '-signer', 'rsa'], 1, false],
    ['as CAdES', ['-nodetach', '-cades', '-signer', 'rsa'], 1, false],
  ])('what it made holds for us: %s', async (_, options, count, detached) => {
    const placed = options.flatMap((one, index) =>
      options[index - 1] === '-signer' ? [at(`${one}.pem`), '-inkey', at(`${one}.key`)] : [one],
    );
    const files = inFile.map((one) => (one === 'content' || one === 'made' ? at(one) : one));
    openssl('-sign', ...files, ...placed);
    const bytes = readFileSync(at('made'));
    expectSound(await readCmsFile(bytes, { pool: [], detached: detached ? CONTENT : null }), count);
    const other = Buffer.from('another content');
    const facts = await readCmsFile(bytes, { pool: [], detached: other });
    for (const one of facts.signatures) expect(one.intact).toBe(false);
  });

  it.each<[string, string[]]>([
    ['clear', []],
    ['opaque', ['-nodetach']],
  ])('a message that it made holds for us: %s', async (_, options) => {
    const who = ['-signer', at('rsa.pem'), '-inkey', at('rsa.key'), '-from', CLERK, '-to', 'x@y.example'];
    openssl('-sign', '-text', '-in', at('content'), '-out', at('mail'), ...who, ...options);
    const facts = await readSmime(readFileSync(at('mail')), { pool: [] });
    expectSound(facts, 1);
    expect(facts.senderMatches).toBe(true);
  });

  const verify = (form: string, ...more: string[]) =>
    openssl(
      '-verify',
      ...(form === 'DER' ? ['-binary'] : []),
      '-inform',
      form,
      '-in',
      at('ours'),
      '-CAfile',
      at('root.pem'),
      '-out',
      at('out'),
      ...more,
    );

  it.each<[string, () => KeyedCertificate, Scheme]>([
    ['RSA', () => certify(rsaKey), rsa('sha256')],
    ['PSS', () => certify(rsaKey), pss('sha256')],
    ['ECDSA', () => certify(curveKey('P-256')), ecdsa('sha256')],
  ])('what we made holds for it: %s', (_, by, scheme) => {
    for (const form of [{ content: null }, {}, { ber: true }]) {
      writeFileSync(at('ours'), signedBy({ by: by(), scheme }, CONTENT, form));
      verify('DER', ...(form.content === null ? ['-content', at('content')] : []));
      expect(readFileSync(at('out'))).toEqual(CONTENT);
    }
  });

  it.each<[string, () => Buffer]>([
    ['clear', () => message(signed(LETTER))],
    ['opaque', () => message(opaque(opaqueOver(LETTER)))],
  ])('a message that we made holds for it: %s', (_, make) => {
    writeFileSync(at('ours'), make());
    verify('SMIME');
    expect(readFileSync(at('out')).toString('latin1')).toBe(LETTER);
  });

  it('it and we agree on an altered message', async () => {
    const altered = Buffer.from(message(signed(LETTER)).toString('latin1').replace('UBND', 'UBNE'), 'latin1');
    writeFileSync(at('ours'), altered);
    expect(() => verify('SMIME')).toThrow();
    expect((await readSmime(altered, { pool: [] })).signatures[0]!.intact).toBe(false);
    expect(clerk.certificate.length).toBeGreaterThan(0);
  });
});
