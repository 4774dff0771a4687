/** A public key infrastructure made by OpenSSL: an implementation that is not ours says what is right. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HttpScript, startHttp } from './http-script.ts';

export const HOW_TO_GET_OPENSSL = 'install OpenSSL 3 (apt-get install openssl)';

export function opensslAvailable(): boolean {
  const { status, stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
  return status === 0 && /^OpenSSL [3-9]/.test(stdout);
}

const execute = promisify(execFile);

/** What a certificate is for: sections of the configuration below. */
type Purpose = 'authority' | 'signer' | 'responder' | 'nocheck' | 'timestamps' | 'mail' | 'encipher';

export interface OpensslCertificate {
  name: string;
  certFile: string;
  keyFile: string;
  der: Buffer;
}

interface IssueOptions {
  purpose?: Purpose;
  /** `YYYYMMDDHHMMSSZ`; default: from yesterday on for ten years. */
  from?: string;
  to?: string;
}

/** Addresses that issued certificates name. */
export interface Addresses {
  ocsp: string;
  crl: string;
  issuer: string;
}

const configuration = (folder: string, { ocsp, crl, issuer }: Addresses) => `
[req]
distinguished_name = name
prompt = no
[name]
[authority_self]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ca]
default_ca = this
[this]
database = ${folder}/index.txt
serial = ${folder}/serial
crlnumber = ${folder}/crlnumber
new_certs_dir = ${folder}
certificate = ${folder}/root.pem
private_key = ${folder}/root.key
default_md = sha256
default_days = 3650
default_crl_days = 7
unique_subject = no
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
[signer]
keyUsage = critical,digitalSignature,nonRepudiation
authorityInfoAccess = OCSP;URI:${ocsp},caIssuers;URI:${issuer}
crlDistributionPoints = URI:${crl}
[responder]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
[nocheck]
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[timestamps]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityInfoAccess = OCSP;URI:${ocsp},caIssuers;URI:${issuer}
crlDistributionPoints = URI:${crl}
[mail]
keyUsage = critical,digitalSignature
extendedKeyUsage = emailProtection
[encipher]
keyUsage = critical,keyEncipherment
extendedKeyUsage = OCSPSigning
[tsa]
default_tsa = tsa_here
[tsa_here]
serial = ${folder}/tsa-serial
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
`;

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const day = (offset: number) =>
  `${new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;

function pemToDer(file: string): Buffer {
  const block = /-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END /.exec(readFileSync(file, 'latin1'));
  return Buffer.from(block![1]!, 'base64');
}

/** One certificate authority with its folder, and what OpenSSL's servers answer for it. */
export interface OpensslPki {
  folder: string;
  root: OpensslCertificate;
  issue(name: string, options?: IssueOptions): Promise<OpensslCertificate>;
  /** Writes a revocation into the authority's index; `at` = any instant, also a past one. */
  revoke(certificate: OpensslCertificate, at: Date, reason?: string): void;
  /** The current list, DER. */
  crl(): Promise<Buffer>;
  /** `openssl ocsp` answers one request from the index. */
  answer(request: Uint8Array, by: AnswerBy): Promise<Buffer>;
  /** `openssl ocsp -port`, a responder of its own. */
  startResponder(by: OpensslCertificate): Promise<{ url: string; stop(): Promise<void> }>;
  /** A time-stamp server over HTTP (RFC 3161 3.4). */
  startTimestamps(by: OpensslCertificate): Promise<HttpScript>;
  remove(): void;
}

interface AnswerBy {
  signer: OpensslCertificate;
  /** Minutes until nextUpdate; absent = without one. */
  minutes?: number;
}

export async function openOpensslPki(name: string, addresses: Addresses): Promise<OpensslPki> {
  const folder = mkdtempSync(join(tmpdir(), 'congvan-pki-'));
  const file = (one: string) => join(folder, one);
  const openssl = async (...given: string[]) => execute('openssl', given, { cwd: folder, timeout: 30_000 });
  writeFileSync(file('openssl.cnf'), configuration(folder, addresses));
  writeFileSync(file('index.txt'), '');
  for (const counter of ['serial', 'crlnumber', 'tsa-serial']) writeFileSync(file(counter), '1000\n');
  const config = ['-config', file('openssl.cnf')];
  const certificate = (one: string): OpensslCertificate => ({
    name: one,
    certFile: file(`${one}.pem`),
    keyFile: file(`${one}.key`),
    der: pemToDer(file(`${one}.pem`)),
  });
  const request = (one: string, subject: string, more: string[], out: string) =>
    openssl(
      'req',
      ...config,
      ...EC_KEY,
      '-keyout',
      file(`${one}.key`),
      '-subj',
      subject,
      ...more,
      '-out',
      file(out),
    );
  await request(
    'root',
    `/CN=${name}`,
    ['-x509', '-days', '3650', '-extensions', 'authority_self'],
    'root.pem',
  );
  let counted = 0;
  return {
    folder,
    root: certificate('root'),
    issue: async (one, { purpose = 'signer', from = day(-1), to = day(3650) } = {}) => {
      await request(one, `/CN=${one}`, [], `${one}.csr`);
      const dates = ['-startdate', from, '-enddate', to];
      const files = ['-in', file(`${one}.csr`), '-out', file(`${one}.pem`)];
      await openssl('ca', ...config, '-batch', '-notext', '-extensions', purpose, ...dates, ...files);
      return certificate(one);
    },
    revoke: ({ name: one }, at, reason) => {
      const stamp = `${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
      const lines = readFileSync(file('index.txt'), 'utf8').split('\n');
      const revoked = lines.map((line) => {
        const fields = line.split('\t');
        if (fields.at(-1) !== `/CN=${one}`) return line;
        return ['R', fields[1], reason === undefined ? stamp : `${stamp},${reason}`, ...fields.slice(3)].join(
          '\t',
        );
      });
      writeFileSync(file('index.txt'), revoked.join('\n'));
    },
    crl: async () => {
      await openssl('ca', ...config, '-gencrl', '-out', file('list.pem'));
      return pemToDer(file('list.pem'));
    },
    answer: async (bytes, { signer, minutes }) => {
      counted += 1;
      const [asked, said] = [file(`${counted}.req`), file(`${counted}.resp`)];
      writeFileSync(asked, bytes);
      const end = minutes === undefined ? [] : ['-nmin', String(minutes)];
      const keys = ['-rsigner', signer.certFile, '-rkey', signer.keyFile];
      const from = ['-index', file('index.txt'), '-CA', file('root.pem'), '-reqin', asked];
      await openssl('ocsp', ...from, ...keys, ...end, '-respout', said);
      return readFileSync(said);
    },
    startResponder: (by) => startResponder(folder, by),
    startTimestamps: (by) =>
      startHttp(async ({ body }, response) => {
        counted += 1;
        const [asked, said] = [file(`${counted}.tsq`), file(`${counted}.tsr`)];
        writeFileSync(asked, body);
        const keys = ['-signer', by.certFile, '-inkey', by.keyFile, '-chain', file('root.pem')];
        await openssl(
          'ts',
          '-reply',
          ...config,
          '-section',
          'tsa_here',
          ...keys,
          '-queryfile',
          asked,
          '-out',
          said,
        );
        response.writeHead(200, { 'Content-Type': 'application/timestamp-reply' }).end(readFileSync(said));
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The port stands in its first line. QUIRK: a connection that asks nothing makes it hang, so it is never probed. */
async function startResponder(folder: string, by: OpensslCertificate) {
  const keys = ['-rsigner', by.certFile, '-rkey', by.keyFile];
  const from = ['-index', join(folder, 'index.txt'), '-CA', join(folder, 'root.pem')];
  const given = ['ocsp', '-port', '0', ...from, ...keys, '-nmin', '60', '-ignore_err'];
  const child = spawn('openssl', given, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      const accepting = /ACCEPT .*:(\d+) PID/.exec(said);
      if (accepting !== null) resolve(Number(accepting[1]));
    });
    child.once('exit', () => reject(new Error(`openssl ocsp ended: ${said}`)));
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A `.p7c` of these certificates. */
export async function certificateBag(pki: OpensslPki, certificates: OpensslCertificate[]): Promise<Buffer> {
  const files = certificates.flatMap(({ certFile }) => ['-certfile', certFile]);
  const out = join(pki.folder, 'bag.p7c');
  await execute('openssl', ['crl2pkcs7', '-nocrl', ...files, '-outform', 'DER', '-out', out]);
  return readFileSync(out);
}

/** A time-stamp query over these bytes (SHA-256, with the request for certificates). */
export async function timestampQuery(pki: OpensslPki, bytes: Uint8Array): Promise<Buffer> {
  const [data, out] = [join(pki.folder, 'stamped'), join(pki.folder, 'query.tsq')];
  writeFileSync(data, bytes);
  await execute('openssl', ['ts', '-query', '-data', data, '-sha256', '-cert', '-out', out]);
  return readFileSync(out);
}
