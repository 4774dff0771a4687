import { createVerify, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningConfig, SigningKeySource } from '../../../config/types.ts';
import { openIdentity } from '../../../gateway/signing/identity.ts';
import type { Signer } from '../../../scripts/province/certificates.ts';
import { schemeOfCertificate } from '../../../signatures/signing/signed-data.ts';
import { hasCommand, runCommand } from '../../support/command.ts';
import { makePfx } from '../../support/pfx.ts';
import { serverSuite } from '../../support/require.ts';
import { authority, ourAgency, pem } from '../../support/signing.ts';
import { HOW_TO_GET_SOFTHSM, hasSoftHsm, makeToken, TOKEN_PIN } from '../../support/softhsm.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
const rsa = ourAgency();
const ec = ourAgency({ key: 'ec' });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-keys-'));
  await writeFile(at('wrong'), 'khác\n');
  await writeFile(at('chain.pem'), rsa.chain.map(pem).join(''));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function config(key: SigningKeySource | null, chain: string[] = []): SigningConfig {
  return { key, chain, issue: 'auto', notices: false, seal: null, timestamp: null };
}

/** The identity signs, and what it gives verifies with the certificate that it shows. */
async function signsRight(key: SigningKeySource, chain: string[] = []) {
  const identity = (await openIdentity(config(key, chain)))!;
  const scheme = schemeOfCertificate(identity.certificate);
  const bytes = Buffer.from('nội dung ký thử');
  const signature = await identity.sign(bytes, scheme);
  const verifier = createVerify(scheme.digest).update(bytes);
  expect(verifier.verify(new X509Certificate(identity.certificate).publicKey, signature)).toBe(true);
  return identity;
}

serverSuite('PKCS #12 files of OpenSSL', hasCommand('openssl'), 'apt-get install openssl', () => {
  it.each<[string, Signer, string[]]>([
    ['modern: PBES2, AES-256, SHA-256', rsa, []],
    ['old: RC2-40 and 3DES', rsa, ['-legacy']],
    ['3DES for both', rsa, ['-legacy', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES']],
    ['an EC key', ec, []],
    ['an EC key, old encryption', ec, ['-legacy']],
  ])('%s', async (_name, signer, how) => {
    const identity = await signsRight(await makePfx(folder, 'key.p12', signer, how));
    // Byte for byte what was issued: a certificate written anew would have another fingerprint.
    expect(Buffer.from(identity.certificate)).toEqual(signer.certificate);
    expect(identity.chain.map((der) => Buffer.from(der))).toEqual([authority.certificate]);
  });

  it('a wrong password is told by the name of the file, never with the password', async () => {
    const key = await makePfx(folder, 'key.p12', rsa);
    const wrong = { ...key, password: { file: at('wrong') } } as SigningKeySource;
    const error = await openIdentity(config(wrong)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'SIGNING_PASSWORD', temporary: false });
    expect(String((error as Error).message)).toContain('key.p12');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('khác');
  });

  it.each([
    ['a file that is no PKCS #12', 'wrong'],
    ['a file that is not there', 'khong-co.p12'],
  ])('%s is refused in words', async (_name, file) => {
    const key: SigningKeySource = { kind: 'pkcs12', file: at(file), password: { file: at('wrong') } };
    await expect(openIdentity(config(key))).rejects.toMatchObject({ code: 'SIGNING_KEY_FILE' });
  });

  it('a file without the certificate of its key is refused', async () => {
    await makePfx(folder, 'key.p12', rsa);
    const files = ['-inkey', at('key.p12.key'), '-nocerts', '-in', at('key.p12.key'), '-out', at('bare.p12')];
    runCommand('openssl', ['pkcs12', '-export', ...files, '-passout', `file:${at('key.p12.password')}`]);
    const key: SigningKeySource = {
      kind: 'pkcs12',
      file: at('bare.p12'),
      password: { file: at('key.p12.password') },
    };
    await expect(openIdentity(config(key))).rejects.toMatchObject({ code: 'SIGNING_KEY_MISMATCH' });
  });
});

describe('no key', () => {
  it('signs nothing', async () => {
    expect(await openIdentity(config(null))).toBeNull();
  });
});

serverSuite('PKCS #11 tokens (SoftHSM 2)', hasSoftHsm, HOW_TO_GET_SOFTHSM, () => {
  it('an RSA key on a token signs; certificate from the token, chain from a file', async () => {
    const token = await makeToken(await mkdtemp(at('rsa-')), rsa);
    const identity = await signsRight(token, [at('chain.pem')]);
    expect(Buffer.from(identity.certificate)).toEqual(rsa.certificate);
    expect(identity.chain).toHaveLength(1);
  });

  it('an EC key on a token signs; certificate from a file', async () => {
    const token = await makeToken(await mkdtemp(at('ec-')), ec);
    await writeFile(at('ec.der'), ec.certificate);
    await signsRight({ ...token, certificate: at('ec.der') });
  });

  it('several at once wait for each other', async () => {
    const token = await makeToken(await mkdtemp(at('many-')), rsa);
    await Promise.all([signsRight(token), signsRight(token), signsRight(token)]);
  });

  it('a wrong PIN is shown to the token once only', async () => {
    const token = await makeToken(await mkdtemp(at('pin-')), rsa);
    await writeFile(at('pin-wrong'), '99999999\n');
    const calls = at('calls');
    await writeFile(
      at('tool'),
      `#!/bin/sh\ncase "$*" in *--sign*) echo "$@" >> ${calls};; esac\nexec pkcs11-tool "$@"\n`,
      {
        mode: 0o755,
      },
    );
    const wrong = { ...token, token: token.token, tool: at('tool'), pin: { file: at('pin-wrong') } };
    for (let n = 0; n < 3; n += 1) {
      await expect(signsRight(wrong)).rejects.toMatchObject({ code: 'TOKEN_PIN', temporary: false });
    }
    const said = await readFile(calls, 'utf8');
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).not.toContain('99999999');
    expect(said).not.toContain(TOKEN_PIN);
    // The right PIN is another one, and is tried.
    await signsRight(token);
  });

  it.each<[string, Partial<Extract<SigningKeySource, { kind: 'pkcs11' }>>, string]>([
    ['a token that is not in', { token: 'Khong co' }, 'TOKEN_FAILED'],
    ['a key that is not on it', { object: { label: 'khong co' } }, 'TOKEN_FAILED'],
    ['the tool not installed', { tool: 'khong-co-pkcs11-tool' }, 'TOKEN_TOOL'],
    ['a library that is not there', { module: '/khong/co.so' }, 'TOKEN_FAILED'],
  ])('%s is told in words', async (_name, change, code) => {
    const token = await makeToken(await mkdtemp(at('bad-')), rsa);
    await expect(signsRight({ ...token, ...change })).rejects.toMatchObject({ code });
  });

  it('a token that does not answer is left after its time', async () => {
    await writeFile(at('slow'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
    const token = await makeToken(await mkdtemp(at('slow-')), rsa);
    const began = performance.now();
    const slow = { ...token, tool: at('slow'), timeoutMs: 300 };
    await expect(signsRight(slow)).rejects.toMatchObject({ code: 'TOKEN_FAILED', temporary: true });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
