import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkSigning } from '../../bin/checks/signing.ts';
import { makeConfig } from '../../config/make.ts';
import type { SigningConfig, SigningKeySource } from '../../config/types.ts';
import { issueTimestampServer } from '../../scripts/province/certificates.ts';
import { hasCommand } from '../support/command.ts';
import { makePfx } from '../support/pfx.ts';
import { serverSuite } from '../support/require.ts';
import { authority, OUR_ADDRESS, OUR_NAME, ourAgency, sealPng } from '../support/signing.ts';
import { startTsa, type Tsa } from '../support/tsa.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
const NOW = new Date('2026-11-20T02:00:00.000Z');

serverSuite('congvan check: signing ours', hasCommand('openssl'), 'apt-get install openssl', () => {
  let folder: string;
  let tsa: Tsa;
  let good: SigningKeySource;
  const agency = { ...makeConfig().agency, name: OUR_NAME, address: OUR_ADDRESS };
  const at = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'congvan-check-sign-'));
    tsa = await startTsa(folder, issueTimestampServer(authority, 'Máy chủ dấu thời gian', LONG));
    good = await makePfx(folder, 'good.p12', ourAgency());
    await writeFile(at('seal.png'), sealPng());
    await writeFile(at('opaque.png'), sealPng({ colourType: 2 }));
    await writeFile(at('seal.gif'), 'GIF89a');
    await writeFile(at('wrong'), 'khac\n', { mode: 0o600 });
  });
  afterAll(async () => {
    await tsa.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function check(part: Partial<SigningConfig>): Promise<Record<string, string>> {
    const timestamp = { url: tsa.url, timeoutMs: 5_000, unreachable: 'refuse' as const };
    const signing = { ...makeConfig().signing, key: good, timestamp, ...part };
    const findings = await checkSigning({ agency, signing }, NOW);
    return Object.fromEntries(findings.map(({ what, mark }) => [what, mark]));
  }

  it('without a key nothing is said', async () => {
    expect(await check({ key: null })).toEqual({});
  });

  it('all is well', async () => {
    expect(await check({ seal: { file: at('seal.png'), width: 36 }, notices: true })).toEqual({
      'signing-key': 'ok',
      'signing-certificate': 'ok',
      seal: 'ok',
      timestamp: 'ok',
    });
  });

  it.each<[string, () => Promise<Partial<SigningConfig>>, Record<string, string>]>([
    [
      'a wrong password',
      async () => ({ key: { ...good, password: { file: at('wrong') } } as SigningKeySource }),
      { 'signing-key': 'wrong' },
    ],
    [
      'a certificate that ends within 30 days',
      async () => ({
        key: await makePfx(folder, 'soon.p12', ourAgency({ notAfter: '2026-12-10T00:00:00Z' })),
      }),
      { 'signing-certificate': 'warning' },
    ],
    [
      'a certificate that has ended',
      async () => ({
        key: await makePfx(folder, 'old.p12', ourAgency({ notAfter: '2026-11-01T00:00:00Z' })),
      }),
      { 'signing-certificate': 'wrong' },
    ],
    [
      'a certificate that is not for signing',
      async () => ({
        key: await makePfx(folder, 'ca.p12', { ...authority, kind: 'rsa', chain: authority.above }),
      }),
      { 'signing-certificate': 'wrong' },
    ],
    [
      'a certificate of another agency',
      async () => ({
        key: await makePfx(
          folder,
          'other.p12',
          ourAgency({ commonName: 'Sở Tài chính', organisation: ['Tỉnh Khác'] }),
        ),
      }),
      { 'signing-holder': 'warning' },
    ],
    [
      'notices with a certificate of another mailbox',
      async () => ({
        notices: true,
        key: await makePfx(folder, 'mailbox.p12', ourAgency({ email: 'khac@mau.example.gov.vn' })),
      }),
      { 'signing-notices': 'wrong' },
    ],
    ['no time-stamp server', async () => ({ timestamp: null }), { timestamp: 'warning' }],
    [
      'a time-stamp server that does not answer',
      async () => ({
        timestamp: { url: 'http://127.0.0.1:9/', timeoutMs: 2_000, unreachable: 'sign' as const },
      }),
      { timestamp: 'wrong' },
    ],
    [
      'a seal that is not transparent',
      async () => ({ seal: { file: at('opaque.png'), width: null } }),
      { seal: 'warning' },
    ],
    [
      'a seal that is no PNG',
      async () => ({ seal: { file: at('seal.gif'), width: null } }),
      { seal: 'wrong' },
    ],
  ])('%s is said', async (_name, part, expected) => {
    expect(await check(await part())).toMatchObject(expected);
  });

  it('a password that others may read is said', async () => {
    const key = await makePfx(folder, 'open.p12', ourAgency());
    await chmod(at('open.p12.password'), 0o644);
    expect(await check({ key })).toMatchObject({ 'secret:signing': 'warning' });
  });
});
