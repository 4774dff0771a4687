import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceFetch } from '../../../config/types.ts';
import { isPublicAddress, listed } from '../../../gateway/evidence/allowed.ts';
import { type FetchPorts, fetchEvidence } from '../../../gateway/evidence/fetch.ts';
import { extension, issue, makeAuthority } from '../../../scripts/province/certificates.ts';
import { freePort } from '../../../scripts/province/free-port.ts';
import { element, sequence } from '../../../signatures/der-write.ts';
import type { EvidenceRequest } from '../../../signatures/types.ts';
import { type HttpScript, startHttp, startProxy } from '../../support/http-script.ts';

const HERE: EvidenceFetch = { hosts: ['127.0.0.1'], issuers: true, timeoutSeconds: 5, proxy: null };
const MB = 1024 * 1024;

const get = (url: string, kind: EvidenceRequest['kind'] = 'crl'): EvidenceRequest => ({
  kind,
  url,
  body: null,
});
const asks = (
  request: EvidenceRequest,
  config: Partial<EvidenceFetch> = {},
  ports?: FetchPorts,
): Promise<string> =>
  fetchEvidence(request, { ...HERE, ...config }, ports).then((bytes) => Buffer.from(bytes).toString('utf8'));

/** The code and words of the refusal. */
async function refused(promise: Promise<string>): Promise<string> {
  return promise.then(
    (bytes) => `answered ${bytes.length} bytes`,
    (error: { code?: string; message: string }) => `${error.code}: ${error.message}`,
  );
}

let server: HttpScript;
let elsewhere: HttpScript;
beforeAll(async () => {
  elsewhere = await startHttp((_asked, response) => void response.end('from elsewhere'));
  server = await startHttp(async ({ target }, response) => {
    const to = (status: number, location: string) => void response.writeHead(status, { location }).end();
    if (target === '/moved') to(301, '/list');
    else if (target === '/moved-far') to(302, `http://localhost:${elsewhere.port}/list`);
    else if (target === '/moved-ldap') to(302, 'ldap://127.0.0.1/list');
    else if (target === '/round') to(302, '/round');
    else if (target === '/nowhere') response.writeHead(302).end();
    else if (target === '/missing') response.writeHead(404).end('not here');
    else if (target === '/broken') response.writeHead(503).end();
    else if (target === '/large') response.writeHead(200, { 'Content-Length': 21 * MB }).end();
    else if (target === '/unsaid')
      for (let i = 0; i < 30 && !response.destroyed; i += 1) {
        await new Promise<void>((go) => void response.write(Buffer.alloc(MB), () => go()));
      }
    else if (target === '/silent') return;
    else if (target === '/slow') response.write('a');
    else if (target === '/cut') {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('half', () => response.destroy());
    } else response.end('list');
  });
});
afterAll(async () => {
  await server.stop();
  await elsewhere.stop();
});

describe('a host is asked only where it is listed', () => {
  it.each<[string, string, string[], string | null]>([
    ['itself', 'ocsp.ca.example', ['ocsp.ca.example'], 'literally'],
    ['below a domain', 'ocsp.ca.example', ['*.ca.example'], 'domain'],
    ['deep below a domain', 'a.b.ca.example', ['*.ca.example'], 'domain'],
    ['the domain itself is not below itself', 'ca.example', ['*.ca.example'], null],
    ['a name that only ends alike', 'evilca.example', ['*.ca.example', 'ca.example'], null],
    ['an address below a domain of digits', '10.0.0.1', ['*.0.1'], null],
    ['nobody', 'ocsp.ca.example', [], null],
  ])('%s', (_name, host, hosts, expected) => {
    expect(listed(host, hosts)).toBe(expected);
  });

  it.each<[string, EvidenceRequest, Partial<EvidenceFetch>, RegExp]>([
    [
      'not listed',
      get('http://ocsp.ca.example/'),
      {},
      /NOT_ALLOWED.*add "ocsp.ca.example" to signatures.fetch.hosts/,
    ],
    ['empty list', get('http://127.0.0.1/'), { hosts: [] }, /NOT_ALLOWED.*add "127.0.0.1"/],
    ['another scheme', get('ldap://127.0.0.1/cn=x'), {}, /NOT_ALLOWED.*only http and https/],
    ['a file', get('file:///etc/passwd'), {}, /NOT_ALLOWED.*only http and https/],
    ['no address at all', get('nowhere'), {}, /NOT_ALLOWED.*malformed/],
    [
      'issuers where they are not wanted',
      get('http://127.0.0.1/', 'issuer'),
      { issuers: false },
      /NOT_ALLOWED.*issuers: true/,
    ],
    [
      'a name in the place of a password',
      get('http://ok.example@evil.example/'),
      { hosts: ['ok.example'] },
      /NOT_ALLOWED.*evil/,
    ],
  ])('%s is refused', async (_name, request, config, words) => {
    expect(await refused(asks(request, config))).toMatch(words);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
  ])('%s is no public address', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['203.162.0.181', '8.8.8.8', '172.32.0.1', '2001:dc8::1', '::ffff:8.8.8.8'])(
    '%s is one',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  const inside: FetchPorts = { resolve: async () => ['127.0.0.1'] };
  it('a private address behind a domain is refused, behind a host listed by its name it is asked', async () => {
    const request = get(`http://crl.ca.example:${server.port}/list`);
    expect(await refused(asks(request, { hosts: ['*.ca.example'] }, inside))).toMatch(
      /NOT_ALLOWED.*private; list "crl.ca.example" itself/,
    );
    expect(await asks(request, { hosts: ['crl.ca.example'] }, inside)).toBe('list');
    expect(server.asked.at(-1)!.headers.host).toBe(`crl.ca.example:${server.port}`);
  });

  it('one private address among public ones is enough to refuse', async () => {
    const mixed: FetchPorts = { resolve: async () => ['203.162.0.181', '127.0.0.1'] };
    const request = get(`http://crl.ca.example:${server.port}/list`);
    expect(await refused(asks(request, { hosts: ['*.ca.example'] }, mixed))).toMatch(/NOT_ALLOWED.*private/);
  });
});

describe('what a server may do to us', () => {
  it.each<[string, string, RegExp]>([
    ['a redirection to a host that is not listed', '/moved-far', /NOT_ALLOWED.*add "localhost"/],
    ['a redirection to another scheme', '/moved-ldap', /NOT_ALLOWED.*only http/],
    ['redirections in a circle', '/round', /STATUS.*302/],
    ['a redirection to nowhere', '/nowhere', /STATUS.*302/],
    ['404', '/missing', /STATUS.*404/],
    ['503', '/broken', /STATUS.*503/],
    ['more than the limit, said at once', '/large', /TOO_LARGE.*20971520/],
    ['more than the limit, never said', '/unsaid', /TOO_LARGE/],
    ['a line that breaks in the middle', '/cut', /UNREACHABLE/],
  ])('%s is refused', async (_name, path, words) => {
    expect(await refused(asks(get(`${server.url}${path}`)))).toMatch(words);
  });

  it.each([
    ['no answer', '/silent'],
    ['an answer that never ends', '/slow'],
  ])('%s ends in time', async (_name, path) => {
    const began = performance.now();
    expect(await refused(asks(get(`${server.url}${path}`), { timeoutSeconds: 0.3 }))).toMatch(
      /EVIDENCE_TIMEOUT.*no whole answer within 0.3 s/,
    );
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('a name service that hangs ends in time', async () => {
    const hangs: FetchPorts = { resolve: () => new Promise(() => {}) };
    expect(
      await refused(asks(get('http://ca.example/'), { hosts: ['ca.example'], timeoutSeconds: 0.2 }, hangs)),
    ).toMatch(/TIMEOUT/);
  });

  it('a name that does not exist, and a port where nobody listens, are unreachable', async () => {
    const unknown: FetchPorts = {
      resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
    };
    expect(await refused(asks(get('http://ca.example/'), { hosts: ['ca.example'] }, unknown))).toMatch(
      /UNREACHABLE.*ENOTFOUND/,
    );
    expect(await refused(asks(get(`http://127.0.0.1:${await freePort()}/`)))).toMatch(
      /UNREACHABLE.*ECONNREFUSED/,
    );
  });

  it('the limit of a response is smaller than that of a list', async () => {
    const big = await startHttp((_asked, response) => void response.end(Buffer.alloc(101 * 1024)));
    expect(await refused(asks(get(big.url)))).toBe(`answered ${101 * 1024} bytes`);
    expect(await refused(asks({ kind: 'ocsp', url: big.url, body: Buffer.from('x') }))).toMatch(
      /TOO_LARGE.*102400/,
    );
    expect(await refused(asks(get(big.url, 'issuer')))).toMatch(/TOO_LARGE/);
    await big.stop();
  });
});

describe('an answer comes', () => {
  it('after a redirection within the list', async () => {
    expect(await asks(get(`${server.url}/moved`))).toBe('list');
    expect(await asks(get(`${server.url}/moved-far`), { hosts: ['127.0.0.1', 'localhost'] })).toBe(
      'from elsewhere',
    );
  });

  it('to a POST, with its body and type', async () => {
    await asks({ kind: 'ocsp', url: `${server.url}/ocsp`, body: Buffer.from('question') });
    const { method, headers, body } = server.asked.at(-1)!;
    expect([method, headers['content-type'], body.toString()]).toEqual([
      'POST',
      'application/ocsp-request',
      'question',
    ]);
  });

  it('without name and password of the address going out', async () => {
    await asks(get(`http://user:pass@127.0.0.1:${server.port}/list`));
    expect(server.asked.at(-1)!.headers.authorization).toBeUndefined();
  });
});

describe('through a proxy', () => {
  const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
  const root = makeAuthority('Gốc máy chủ', LONG);
  const name = extension('2.5.29.17', false, sequence(element(0x82, Buffer.from('crl.ca.example'))));
  const fields = { ...LONG, commonName: 'crl.ca.example', organisation: [], holder: 'organisation' as const };
  const site = issue(root, { ...fields, key: 'ec', extensions: [name] });
  const pem = (der: Buffer) =>
    `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
  const tls = {
    key: site.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(site.certificate),
  };

  it('an http address goes out whole, and the name is left to the proxy', async () => {
    const proxy = await startProxy();
    const url = `http://crl.ca.example:${server.port}/list`;
    expect(await asks(get(url), { hosts: ['*.ca.example'], proxy: proxy.url })).toBe('list');
    expect(proxy.lines).toEqual([`GET ${url}`]);
    expect(await refused(asks(get(url), { hosts: [], proxy: proxy.url }))).toMatch(/NOT_ALLOWED/);
    expect(proxy.lines).toHaveLength(1);
    await proxy.stop();
  });

  it('an https address goes through a tunnel, and the server must be who it says', async () => {
    const proxy = await startProxy();
    const secure = await startHttp((_asked, response) => void response.end('secure list'), tls);
    const url = `https://crl.ca.example:${secure.port}/list`;
    const config = { hosts: ['crl.ca.example'], proxy: proxy.url };
    expect(await asks(get(url), config, { ca: pem(root.certificate) })).toBe('secure list');
    expect(proxy.lines).toEqual([`CONNECT crl.ca.example:${secure.port}`]);
    expect(await refused(asks(get(url), config))).toMatch(/UNREACHABLE.*(CERT|ISSUER|SIGNATURE)/);
    const wrong = `https://other.ca.example:${secure.port}/list`;
    expect(
      await refused(asks(get(wrong), { ...config, hosts: ['*.ca.example'] }, { ca: pem(root.certificate) })),
    ).toMatch(/UNREACHABLE.*ALTNAME/);
    await secure.stop();
    await proxy.stop();
  });

  it('https without a proxy as well', async () => {
    const secure = await startHttp((_asked, response) => void response.end('secure list'), tls);
    const url = `https://crl.ca.example:${secure.port}/list`;
    const ports = { resolve: async () => ['127.0.0.1'], ca: pem(root.certificate) };
    expect(await asks(get(url), { hosts: ['crl.ca.example'] }, ports)).toBe('secure list');
    await secure.stop();
  });

  it('a proxy that refuses is told with its own name', async () => {
    const proxy = await startProxy(true);
    const config = { hosts: ['ca.example'], proxy: proxy.url };
    expect(await refused(asks(get('http://ca.example/x'), config))).toMatch(/STATUS.*403/);
    expect(await refused(asks(get('https://ca.example/x'), config))).toMatch(/STATUS: 127.0.0.1.*403/);
    await proxy.stop();
  });
});
