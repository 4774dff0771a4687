/** xmlsec1, the peer: what we sign with our canonicalisation it verifies, and what it signs we verify. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Signer } from '../../../scripts/province/certificates.ts';
import { readXml } from '../../../signatures/xml/read.ts';
import { serverSuite } from '../../support/require.ts';
import {
  ALGORITHM,
  HERE,
  type SignXmlOptions,
  signXml,
  transform,
  type XmlKey,
  xmlSigner,
} from '../../support/xml-signing.ts';

const PEER = 'xmlsec1';
const available = spawnSync(PEER, ['--version']).status === 0;

serverSuite('xmlsec1 beside us', available, 'apt-get install xmlsec1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'congvan-xmlsec-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
  const TEMPLATE = `<?xml version="1.0"?><?note a?><l:letter xmlns:l="urn:mau" xmlns="urn:d" xmlns:u="urn:u" xml:lang="vi"><!--c--><body Id="content" u:b="1" a="&#9;2">Về <l:x/><![CDATA[<việc>]]>\r\n họp</body>${HERE}</l:letter>`;

  function accepts(signed: Uint8Array, signer: Signer): boolean {
    const certificate = file('signer.der', signer.certificate);
    const { status } = spawnSync(PEER, [
      ...['--verify', '--pubkey-cert-der', certificate, '--enabled-key-data', 'key-name'],
      ...['--id-attr:Id', 'body', '--id-attr:Id', 'Object', file('signed.xml', signed)],
    ]);
    return status === 0;
  }

  const whole = (uri: string): SignXmlOptions => ({
    references: [{ uri: '', transforms: [transform(ALGORITHM.enveloped), transform(uri)] }],
    canonicalization: uri,
  });
  const part = (uri: string, inside = ''): SignXmlOptions => ({
    references: [{ uri: '#content', transforms: [transform(uri, inside)] }],
    canonicalization: uri,
  });
  const prefixes = `<p:InclusiveNamespaces xmlns:p="${ALGORITHM.exclusive}" PrefixList="u #default"/>`;
  const CASES: [string, SignXmlOptions, XmlKey?][] = [
    ['C14N 1.0 of all', whole(ALGORITHM.c14n)],
    ['C14N 1.0 with comments of all', whole(ALGORITHM.c14nComments)],
    ['C14N 1.1 of all', whole(ALGORITHM.c14n11)],
    ['exclusive of all', whole(ALGORITHM.exclusive)],
    ['C14N 1.0 of a part', part(ALGORITHM.c14n)],
    ['C14N 1.1 of a part', part(ALGORITHM.c14n11)],
    ['exclusive of a part', part(ALGORITHM.exclusive)],
    ['exclusive with prefixes of a part', part(ALGORITHM.exclusive, prefixes)],
    ['RSA with SHA-512', { ...whole(ALGORITHM.c14n), method: { uri: `${MORE}rsa-sha512` } }],
    ['ECDSA P-256', whole(ALGORITHM.c14n), 'P-256'],
    [
      'ECDSA P-384 with SHA-384',
      { ...whole(ALGORITHM.c14n), method: { uri: `${MORE}ecdsa-sha384` } },
      'P-384',
    ],
    [
      'ECDSA P-521 with SHA-512',
      { ...whole(ALGORITHM.c14n), method: { uri: `${MORE}ecdsa-sha512` } },
      'P-521',
    ],
  ];

  it.each(CASES)('verifies what we make with %s, and refuses it altered', (_, options, key = 'rsa') => {
    const signer = xmlSigner(key);
    const signed = signXml(TEMPLATE, signer, { ...options, keyInfo: '<ds:KeyName>x</ds:KeyName>' });
    expect(accepts(signed, signer)).toBe(true);
    expect(accepts(Buffer.from(signed.toString().replace('họp', 'hợp')), signer)).toBe(false);
  });

  it.each<[string, SignXmlOptions]>([
    ...CASES.slice(0, 9).map(([name, options]): [string, SignXmlOptions] => [name, options]),
  ])('makes with %s what we verify', async (_, options) => {
    const signer = xmlSigner();
    const empty = signXml(TEMPLATE, signer, options)
      .toString()
      .replace(/(<ds:(?:DigestValue|SignatureValue)>)[^<]*/g, '$1');
    const key = file('key.pem', signer.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    const output = join(folder, 'output.xml');
    const { status } = spawnSync(PEER, [
      ...['--sign', '--privkey-pem', key, '--output', output, '--id-attr:Id', 'body'],
      ...['--enabled-key-data', 'key-name', file('empty.xml', empty)],
    ]);
    expect(status).toBe(0);
    const { signatures } = await readXml(readFileSync(output), { pool: [] });
    expect(signatures.map((one) => [one.intact, one.authentic])).toEqual([[true, true]]);
  });
});
