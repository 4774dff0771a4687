import { mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CongvanError } from '../../../config/error.ts';
import type { EvidenceFetch } from '../../../config/types.ts';
import { openCache } from '../../../gateway/evidence/cache.ts';
import { contentOf } from '../../../gateway/evidence/content.ts';
import { type EvidencePorts, openEvidence } from '../../../gateway/evidence/evidence.ts';
import { issue, makeAuthority } from '../../../scripts/province/certificates.ts';
import { readCertificate } from '../../../signatures/certificates/x509.ts';
import { context, integer, oid, sequence, setOf } from '../../../signatures/der-write.ts';
import { ocspRequest } from '../../../signatures/revocation/ocsp-request.ts';
import type { EvidenceRequest } from '../../../signatures/types.ts';
import { startHttp } from '../../support/http-script.ts';
import {
  basicResponse,
  failedResponse,
  listOf,
  nonceExtension,
  single,
  wholeResponse,
} from '../../support/ocsp-answers.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
const NOW = Date.parse('2026-09-08T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const instant = (ms: number) => new Date(ms).toISOString();

const authority = makeAuthority('CA thử nghiệm', LONG);
const signer = issue(authority, { ...LONG, commonName: 'x', organisation: [], holder: 'person', key: 'ec' });
const config: EvidenceFetch = { hosts: ['ca.example'], issuers: true, timeoutSeconds: 5, proxy: null };

const list = (nextUpdate: number | null, count = 0) =>
  listOf(authority, instant(NOW - HOUR), nextUpdate === null ? null : instant(nextUpdate), count);
const said = (nextUpdate: number | null) =>
  single({
    certificate: signer.certificate,
    issuer: authority.certificate,
    thisUpdate: instant(NOW - HOUR),
    nextUpdate: nextUpdate === null ? null : instant(nextUpdate),
  });
const response = (nextUpdate: number | null, extensions: Buffer[] = []) =>
  wholeResponse(
    basicResponse({
      singles: [said(nextUpdate)],
      signer: authority,
      producedAt: instant(NOW - HOUR),
      extensions,
    }),
  );
const certificates = [readCertificate(signer.certificate), readCertificate(authority.certificate)] as const;

const crl = (url = 'http://ca.example/list.crl'): EvidenceRequest => ({ kind: 'crl', url, body: null });
const ocsp = (nonce?: Uint8Array): EvidenceRequest => ({
  kind: 'ocsp',
  url: 'http://ca.example/ocsp',
  body: ocspRequest(...certificates, nonce),
});
const issuer: EvidenceRequest = { kind: 'issuer', url: 'http://ca.example/ca.cer', body: null };

/** Evidence over a scripted network and a clock that the test turns. */
function opened(
  answer: (request: EvidenceRequest) => Uint8Array | Promise<Uint8Array>,
  ports: Partial<EvidencePorts> = {},
) {
  const asked: EvidenceRequest[] = [];
  const time = { now: NOW };
  const dataDir = mkdtempSync(join(tmpdir(), 'congvan-evidence-'));
  const all: EvidencePorts = {
    config,
    dataDir,
    clock: () => new Date(time.now),
    fetch: async (request) => {
      asked.push(request);
      return answer(request);
    },
    ...ports,
  };
  return { asked, time, dataDir: all.dataDir, evidence: openEvidence(all), again: () => openEvidence(all) };
}

const down = () => {
  throw new CongvanError('EVIDENCE_UNREACHABLE', 'down');
};

describe('an answer is kept for as long as the responder says that it holds', () => {
  it.each<[string, EvidenceRequest, Uint8Array, number]>([
    ['a list until its nextUpdate', crl(), list(NOW + 2 * DAY), 2 * DAY],
    ['a list at most seven days', crl(), list(NOW + 30 * DAY), 7 * DAY],
    ['a list that ended already, for a burst', crl(), list(NOW - 1000), 5 * 60_000],
    ['a list without an end, for a burst', crl(), list(null), 5 * 60_000],
    ['a response until its nextUpdate', ocsp(), response(NOW + 10 * HOUR), 10 * HOUR],
    ['a response that ends in a minute, a minute', ocsp(), response(NOW + 60_000), 60_000],
    ['a response without an end, for a burst', ocsp(), response(null), 5 * 60_000],
    ['a certificate seven days', issuer, authority.certificate, 7 * DAY],
  ])('%s', async (_name, request, bytes, keptMs) => {
    const { asked, time, evidence, again } = opened(() => bytes);
    const first = await evidence.fetchAll([request]);
    expect(Object.values(first).flat()).toEqual([Buffer.from(bytes)]);
    time.now = NOW + keptMs - 1000;
    // Another process, after a restart: what is kept lies on the disk.
    expect(await again().fetchAll([request])).toEqual(first);
    expect(asked).toHaveLength(1);
    time.now = NOW + keptMs + 1000;
    await evidence.fetchAll([request]);
    expect(asked).toHaveLength(2);
  });

  it('in files that only the service reads, named by SHA-256', async () => {
    const { dataDir, evidence } = opened(() => list(NOW + DAY));
    await evidence.fetchAll([crl()]);
    const [name] = readdirSync(join(dataDir, 'evidence'));
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(dataDir, 'evidence', name!)).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'evidence')).mode & 0o777).toBe(0o700);
  });

  it('another body is another question', async () => {
    const { asked, evidence } = opened(() => response(NOW + DAY));
    await evidence.fetchAll([ocsp(), { ...ocsp(), body: ocspRequest(certificates[1], certificates[1]) }]);
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['cut short', Buffer.from('2026-')],
    ['emptied', Buffer.alloc(0)],
    ['overwritten', Buffer.alloc(500, 1)],
  ])('a kept file that was %s is asked for again', async (_name, content) => {
    const { asked, dataDir, evidence } = opened(() => list(NOW + DAY));
    await evidence.fetchAll([crl()]);
    const file = join(dataDir, 'evidence', readdirSync(join(dataDir, 'evidence'))[0]!);
    writeFileSync(file, content);
    expect((await evidence.fetchAll([crl()])).crls).toHaveLength(1);
    expect(asked).toHaveLength(2);
    expect(readFileSync(file).length).toBeGreaterThan(400);
  });

  it('a disk that does not take it is told, and the answer is had all the same', async () => {
    const troubles: unknown[] = [];
    const file = join(mkdtempSync(join(tmpdir(), 'congvan-evidence-')), 'file');
    writeFileSync(file, '');
    const { evidence } = opened(() => list(NOW + DAY), {
      dataDir: file,
      onTrouble: (error) => troubles.push(error),
    });
    expect((await evidence.fetchAll([crl()])).crls).toHaveLength(1);
    expect(troubles).toHaveLength(1);
  });

  it('what was kept from a host that is no longer listed is not used', async () => {
    const { dataDir, evidence } = opened(() => list(NOW + DAY));
    await evidence.fetchAll([crl()]);
    const stricter = opened(() => list(NOW + DAY), { dataDir, config: { ...config, hosts: [] } });
    expect(await stricter.evidence.fetchAll([crl()])).toMatchObject({
      crls: [],
      failures: [
        { kind: 'crl', url: 'http://ca.example/list.crl', code: 'EVIDENCE_NOT_ALLOWED', temporary: false },
      ],
    });
  });
});

describe('the same thing is asked once', () => {
  it('however many letters want it at the moment', async () => {
    const { asked, evidence } = opened(async () => {
      await new Promise((go) => setTimeout(go, 50));
      return list(NOW + DAY);
    });
    const all = await Promise.all(Array.from({ length: 10 }, () => evidence.fetchAll([crl(), crl()])));
    expect(all.map(({ crls }) => crls.length)).toEqual(Array.from({ length: 10 }, () => 1));
    expect(asked).toHaveLength(1);
  });

  it('a failure is remembered for five minutes, not longer', async () => {
    const { asked, time, evidence } = opened(down);
    for (const minutes of [0, 1, 4]) {
      time.now = NOW + minutes * 60_000;
      expect((await evidence.fetchAll([crl()])).failures).toMatchObject([
        { code: 'EVIDENCE_UNREACHABLE', detail: 'down', temporary: true },
      ]);
    }
    expect(asked).toHaveLength(1);
    time.now = NOW + 5 * 60_000 + 1;
    await evidence.fetchAll([crl()]);
    expect(asked).toHaveLength(2);
  });

  it('no more than four answers are waited for at once', async () => {
    const slow = await startHttp(
      (_asked, answer) => void setTimeout(() => answer.end(list(Date.now() + DAY)), 60),
    );
    const real = openEvidence({
      config: { ...config, hosts: ['127.0.0.1'] },
      clock: () => new Date(),
      dataDir: mkdtempSync(join(tmpdir(), 'congvan-evidence-')),
    });
    const wanted = Array.from({ length: 12 }, (_, index) => crl(`${slow.url}/${index}`));
    expect((await real.fetchAll(wanted)).crls).toHaveLength(12);
    expect(slow.most()).toBe(4);
    await slow.stop();
  });

  it('one letter does not ask for hundreds', async () => {
    const { asked, evidence } = opened(() => list(NOW + DAY));
    const wanted = Array.from({ length: 200 }, (_, index) => crl(`http://ca.example/${index}`));
    const { crls, failures } = await evidence.fetchAll(wanted);
    expect([asked.length, crls.length, failures.length]).toEqual([60, 60, 140]);
    expect(failures[0]!.code).toBe('EVIDENCE_TOO_MANY');
  });
});

describe('nothing is asked by default', () => {
  it.each<[string, EvidenceRequest, Partial<EvidenceFetch>]>([
    ['a list', crl(), { hosts: [] }],
    ['a response', ocsp(), { hosts: ['other.example'] }],
    ['an issuer', issuer, { issuers: false }],
  ])('%s', async (_name, request, part) => {
    const { asked, evidence } = opened(() => list(NOW + DAY), { config: { ...config, ...part } });
    expect((await evidence.fetchAll([request])).failures).toMatchObject([{ code: 'EVIDENCE_NOT_ALLOWED' }]);
    expect(asked).toEqual([]);
  });
});

/** A degenerate SignedData with certificates only (`.p7c`). */
function bag(...ders: Uint8Array[]): Buffer {
  const data = sequence(
    integer(1),
    setOf(),
    sequence(oid('1.2.840.113549.1.7.1')),
    context(0, ...ders),
    setOf(),
  );
  return sequence(oid('1.2.840.113549.1.7.2'), context(0, data));
}
const pem = (label: string, der: Buffer) =>
  Buffer.from(
    `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END ${label}-----\n`,
  );

describe('what came is what was asked for', () => {
  it.each<[string, EvidenceRequest, Buffer, Buffer[]]>([
    ['a list', crl(), list(NOW), [list(NOW)]],
    ['a list as PEM', crl(), pem('X509 CRL', list(NOW)), [list(NOW)]],
    ['a certificate', issuer, authority.certificate, [authority.certificate]],
    ['a certificate as PEM', issuer, pem('CERTIFICATE', authority.certificate), [authority.certificate]],
    [
      'a bag of certificates',
      issuer,
      bag(signer.certificate, authority.certificate),
      [signer.certificate, authority.certificate],
    ],
    ['a response', ocsp(), response(NOW), [response(NOW)]],
    [
      'a response to our nonce',
      ocsp(Buffer.from('ab')),
      response(NOW, [nonceExtension(Buffer.from('ab'))]),
      [response(NOW, [nonceExtension(Buffer.from('ab'))])],
    ],
    ['a response made beforehand, without a nonce', ocsp(Buffer.from('ab')), response(NOW), [response(NOW)]],
  ])('%s', (_name, request, bytes, pieces) => {
    expect(contentOf(request, bytes).pieces.map((piece) => Buffer.from(piece).toString('hex'))).toEqual(
      pieces.map((piece) => piece.toString('hex')),
    );
  });

  const html = Buffer.from('<html>Chào mừng</html>');
  it.each<[string, EvidenceRequest, Buffer, RegExp]>([
    ['a page instead of a list', crl(), html, /not a revocation list/],
    ['a page instead of a certificate', issuer, html, /not a certificate/],
    ['a page instead of a response', ocsp(), html, /malformed/],
    ['a certificate instead of a list', crl(), authority.certificate, /not a revocation list/],
    ['an empty bag', issuer, bag(), /not a certificate/],
    [
      'a list of indefinite length',
      crl(),
      Buffer.concat([Buffer.from('3080', 'hex'), list(NOW).subarray(4), Buffer.alloc(2)]),
      /not a revocation/,
    ],
    ['a responder that asks to come later', ocsp(), failedResponse(3), /tryLater/],
    [
      'a response to somebody else’s nonce',
      ocsp(Buffer.from('ab')),
      response(NOW, [nonceExtension(Buffer.from('cd'))]),
      /nonce/,
    ],
  ])('%s is refused', (_name, request, bytes, words) => {
    expect(() => contentOf(request, bytes)).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_UNUSABLE' }),
    );
    expect(() => contentOf(request, bytes)).toThrowError(words);
  });

  it.each<[string, Buffer, string | null]>([
    ['of nobody', list(NOW), instant(NOW)],
    ['of nobody, without an end', list(null), null],
    ['of thousands', list(NOW, 5_000), instant(NOW)],
    ['of thousands, without an end', list(null, 5_000), null],
  ])('the end of a list %s is read from its first fields', (_name, bytes, until) => {
    expect(contentOf(crl(), bytes).until).toBe(until);
  });

  it('a response is kept no longer than its shortest answer, and one without an end ends it all', () => {
    const until = (...ends: (number | null)[]) =>
      contentOf(
        ocsp(),
        wholeResponse(
          basicResponse({ singles: ends.map(said), signer: authority, producedAt: instant(NOW - HOUR) }),
        ),
      ).until;
    expect(until(NOW + 2 * HOUR, NOW + HOUR)).toBe(instant(NOW + HOUR));
    expect(until(NOW + HOUR, null)).toBeNull();
  });

  it('20 MB of indefinite length are not walked through', () => {
    const wide = Buffer.alloc(20 * 1024 * 1024, Buffer.from('0500', 'hex'));
    wide.fill(0, wide.length - 4);
    for (const head of ['3080', '3084013ffffa3080']) {
      wide.set(Buffer.from(head, 'hex'));
      const began = performance.now();
      expect(() => contentOf(crl(), wide)).toThrow();
      expect(performance.now() - began).toBeLessThan(300);
    }
  });
});

describe('the cache is bounded', () => {
  const name = (index: number) => index.toString(16).padStart(64, '0');
  const LATER = instant(NOW + DAY);

  it('the oldest answers go first, and what was half written goes at once', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'congvan-cache-')), 'evidence');
    const clock = () => new Date(NOW);
    const cache = openCache(folder, clock, 10_000);
    for (let index = 0; index < 8; index += 1) {
      await cache.write(name(index), Buffer.alloc(1_000), LATER);
      utimesSync(join(folder, name(index)), NOW / 1000 + index, NOW / 1000 + index);
    }
    writeFileSync(join(folder, `${name(99)}.7`), 'half');
    const next = openCache(folder, clock, 5_000);
    await next.write(name(8), Buffer.alloc(1_000), LATER);
    expect(readdirSync(folder).sort()).toEqual([5, 6, 7, 8].map(name));
    expect(await next.read(name(0))).toBeNull();
    expect((await next.read(name(8)))!.length).toBe(1_000);
  });

  it('grows no further while the service runs', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'congvan-cache-')), 'evidence');
    const cache = openCache(folder, () => new Date(NOW), 5_000);
    for (let index = 0; index < 30; index += 1) await cache.write(name(index), Buffer.alloc(1_000), LATER);
    const total = readdirSync(folder).reduce((sum, one) => sum + statSync(join(folder, one)).size, 0);
    expect(total).toBeLessThanOrEqual(5_000);
    expect(readdirSync(folder).length).toBeGreaterThan(2);
  });

  it('an answer that ended is removed when it is met', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'congvan-cache-')), 'evidence');
    const time = { now: NOW };
    const cache = openCache(folder, () => new Date(time.now));
    await cache.write(name(1), Buffer.alloc(10), LATER);
    time.now = NOW + 2 * DAY;
    expect(await cache.read(name(1))).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });
});
