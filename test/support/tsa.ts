/** A time-stamp server: `openssl ts` behind HTTP, and what bad servers do in its stead. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Signer } from '../../scripts/province/certificates.ts';
import { pem } from './signing.ts';

const run = promisify(execFile);

export interface Tsa {
  url: string;
  /** What the next answers are; `honest` = of openssl. */
  behaviour:
    | 'honest'
    | 'silent'
    | 'garbage'
    | 'http-500'
    | 'refusing'
    | 'endless'
    | 'old-answer'
    | { redirect: string };
  /** How many were asked. */
  asked: number;
  close(): Promise<void>;
}

const CONFIG = (folder: string) => `
[ tsa ]
default_tsa = one
[ one ]
dir = ${folder}
serial = ${folder}/serial
crypto_device = builtin
signer_cert = ${folder}/tsa.pem
certs = ${folder}/tsa-chain.pem
signer_key = ${folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** PKIStatusInfo rejection (2), nothing else. */
const REJECTED = Buffer.from('30053003020102', 'hex');

export async function startTsa(folder: string, server: Signer): Promise<Tsa> {
  await writeFile(join(folder, 'tsa.cnf'), CONFIG(folder));
  await writeFile(join(folder, 'tsa.pem'), pem(server.certificate));
  await writeFile(join(folder, 'tsa-chain.pem'), server.chain.map(pem).join(''));
  await writeFile(join(folder, 'tsa.key'), server.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(folder, 'serial'), '01\n');
  let last: Buffer | null = null;
  const honest = async (query: Buffer): Promise<Buffer> => {
    const name = join(folder, randomUUID());
    await writeFile(`${name}.tsq`, query);
    await run('openssl', [
      ...['ts', '-reply', '-config', join(folder, 'tsa.cnf'), '-section', 'one'],
      ...['-queryfile', `${name}.tsq`, '-out', `${name}.tsr`],
    ]);
    last = await readFile(`${name}.tsr`);
    return last;
  };
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      tsa.asked += 1;
      void answer(Buffer.concat(parts)).catch(() => response.destroy());
    });
    const answer = async (query: Buffer): Promise<void> => {
      const { behaviour } = tsa;
      if (behaviour === 'silent') return;
      if (typeof behaviour === 'object') {
        response.writeHead(307, { Location: behaviour.redirect }).end();
        return;
      }
      if (behaviour === 'endless') {
        response.writeHead(200);
        const drip = setInterval(() => response.write(Buffer.alloc(64 * 1024)), 2);
        response.on('close', () => clearInterval(drip));
        return;
      }
      const status = behaviour === 'http-500' ? 500 : 200;
      const body =
        behaviour === 'garbage'
          ? Buffer.from('<html>')
          : behaviour === 'refusing'
            ? REJECTED
            : behaviour === 'old-answer' && last !== null
              ? last
              : await honest(query);
      response.writeHead(status, { 'Content-Type': 'application/timestamp-reply' }).end(body);
    };
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const tsa: Tsa = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/tsa`,
    behaviour: 'honest',
    asked: 0,
    close: () => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  return tsa;
}
