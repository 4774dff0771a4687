/** A software token (SoftHSM 2) with one key and its certificate, as an office's USB token is. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKeySource } from '../../config/types.ts';
import type { Signer } from '../../scripts/province/certificates.ts';
import { hasCommand, runCommand } from './command.ts';

const MODULES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'];
const softhsmModule = MODULES.find((path) => existsSync(path)) ?? null;
export const hasSoftHsm = softhsmModule !== null && hasCommand('softhsm2-util') && hasCommand('pkcs11-tool');
export const HOW_TO_GET_SOFTHSM = 'apt-get install softhsm2 opensc (scripts/install-test-servers.sh)';

const TOKEN_LABEL = 'Thu nghiem';
export const TOKEN_PIN = '24681357';

type TokenKey = Extract<SigningKeySource, { kind: 'pkcs11' }>;

/** Makes the token in `folder`; from then on this process sees it through SOFTHSM2_CONF. */
export async function makeToken(folder: string, signer: Signer): Promise<TokenKey> {
  const [tokens, config] = [join(folder, 'tokens'), join(folder, 'softhsm2.conf')];
  await mkdir(tokens, { recursive: true });
  await writeFile(
    config,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = config;
  const [keyFile, certificateFile, pinFile] = ['key.pem', 'certificate.der', 'pin'].map((n) =>
    join(folder, n),
  ) as [string, string, string];
  await writeFile(keyFile, signer.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(certificateFile, signer.certificate);
  await writeFile(pinFile, `${TOKEN_PIN}\n`);
  const label = ['--label', TOKEN_LABEL];
  runCommand('softhsm2-util', [
    '--init-token',
    '--free',
    ...label,
    '--so-pin',
    '11112222',
    '--pin',
    TOKEN_PIN,
  ]);
  const key = [
    '--import',
    keyFile,
    '--token',
    TOKEN_LABEL,
    '--label',
    'khoa',
    '--id',
    '01',
    '--pin',
    TOKEN_PIN,
  ];
  runCommand('softhsm2-util', key);
  const place = ['--module', softhsmModule!, '--token-label', TOKEN_LABEL, '--login', '--pin', TOKEN_PIN];
  const object = ['--write-object', certificateFile, '--type', 'cert', '--id', '01', '--label', 'khoa'];
  runCommand('pkcs11-tool', [...place, ...object]);
  return {
    kind: 'pkcs11',
    module: softhsmModule!,
    token: TOKEN_LABEL,
    object: { id: '01' },
    pin: { file: pinFile },
    certificate: null,
    tool: 'pkcs11-tool',
    timeoutMs: 20_000,
  };
}
