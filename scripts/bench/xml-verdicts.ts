/**
 * An XML file of 1 MB with one enveloped RSA-2048 signature, chain of three: our verdict in this process beside xmlsec1 as a
 * process, in one run. `node scripts/bench/xml-verdicts.ts [--rounds 20]` prints one JSON object; exits with 2 without xmlsec1.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrustMaterial } from '../../signatures/types.ts';
import { verifyFile } from '../../signatures/verify.ts';
import { issue, makeAuthority } from '../province/certificates.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const BYTES = 1024 * 1024;
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';

if (spawnSync('xmlsec1', ['--version']).error !== undefined) {
  console.error('xml-verdicts: xmlsec1 is not installed (scripts/install-test-servers.sh)');
  process.exit(2);
}

const at = new Date().toISOString();
const dates = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
const root = makeAuthority('CA gốc đo tốc độ', dates);
const middle = makeAuthority('CA đo tốc độ', { ...dates, parent: root });
const fields = {
  commonName: 'Sở Nội vụ tỉnh Mẫu',
  organisation: ['Tỉnh Mẫu'],
  holder: 'organisation' as const,
};
const signer = issue(middle, { ...fields, ...dates });
const pem = (der: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

const folder = mkdtempSync(join(tmpdir(), 'congvan-bench-xml-'));
const path = (name: string) => join(folder, name);
try {
  writeFileSync(path('key.pem'), signer.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(path('leaf.pem'), pem(signer.certificate));
  writeFileSync(path('root.pem'), pem(root.certificate));
  writeFileSync(path('middle.pem'), pem(middle.certificate));
  writeFileSync(path('template.xml'), template());
  execFileSync('xmlsec1', [
    ...['--sign', '--privkey-pem', `${path('key.pem')},${path('leaf.pem')},${path('middle.pem')}`],
    ...['--output', path('signed.xml'), path('template.xml')],
  ]);
  const bytes = readFileSync(path('signed.xml'));
  const trust: TrustMaterial = { anchors: [{ der: root.certificate, group: 'PUBLIC' }], intermediates: [] };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const ours = await median(Number(values.rounds), async () => {
    const { conclusion, sentence } = await verifyFile(bytes, { trust, at, sha256 });
    if (conclusion !== 'valid') throw new Error(`found ${conclusion}: ${sentence}`);
  });
  const theirs = await median(Number(values.rounds), async () => {
    execFileSync('xmlsec1', ['--verify', '--trusted-pem', path('root.pem'), path('signed.xml')], {
      stdio: 'pipe',
    });
  });
  const round = (ms: number) => Math.round(ms * 100) / 100;
  const result = {
    bytes: bytes.length,
    inProcessMedianMs: round(ours),
    xmlsec1MedianMs: round(theirs),
    ratio: round(ours / theirs),
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A signature without values, which xmlsec1 fills in. */
function template(): string {
  const body = '<dong>Đề nghị quý cơ quan phối hợp thực hiện theo văn bản này.</dong>\n';
  const filled = body.repeat(Math.ceil(BYTES / Buffer.byteLength(body)));
  const algorithm = (name: string, id: string) => `<${name} Algorithm="${id}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<vanban>${filled}<Signature xmlns="${DSIG}"><SignedInfo>${algorithm('CanonicalizationMethod', C14N)}${algorithm('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}<Reference URI=""><Transforms>${algorithm('Transform', `${DSIG}enveloped-signature`)}${algorithm('Transform', C14N)}</Transforms>${algorithm('DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha256')}<DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature></vanban>`;
}

async function median(rounds: number, act: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = -5; i < rounds; i += 1) {
    const began = performance.now();
    await act();
    if (i >= 0) times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
