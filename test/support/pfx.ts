/** A PKCS #12 file made by OpenSSL, as a certificate's issuer hands it out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKeySource } from '../../config/types.ts';
import type { Signer } from '../../scripts/province/certificates.ts';
import { runCommand } from './command.ts';
import { pem } from './signing.ts';

const PFX_PASSWORD = 'mật khẩu thử 1234';

/** `how`: more arguments of `openssl pkcs12 -export`. Names in `folder`: `name`, `name.password`. */
export async function makePfx(
  folder: string,
  name: string,
  signer: Signer,
  how: string[] = [],
): Promise<Extract<SigningKeySource, { kind: 'pkcs12' }>> {
  const at = (suffix: string): string => join(folder, `${name}${suffix}`);
  await writeFile(at('.password'), `${PFX_PASSWORD}\n`, { mode: 0o600 });
  await writeFile(at('.key'), signer.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(at('.own'), pem(signer.certificate));
  await writeFile(at('.chain'), signer.chain.map(pem).join(''));
  const files = ['-inkey', at('.key'), '-in', at('.own'), '-certfile', at('.chain'), '-out', at('')];
  runCommand('openssl', ['pkcs12', '-export', ...files, '-passout', `file:${at('.password')}`, ...how]);
  return { kind: 'pkcs12', file: at(''), password: { file: at('.password') } };
}
