import { X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { loadTrust } from '../../config/load-trust.ts';
import { KNOWN_ANCHORS, readCertificates } from '../../config/trust.ts';

const dir = mkdtempSync(join(tmpdir(), 'congvan-trust-'));
const [first, second] = rootCertificates as [string, string];

function file(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

describe('files of trusted certificates', () => {
  it('a PEM bundle gives every certificate, named by SHA-256', () => {
    const read = readCertificates(file('bundle.pem', `# hai chứng thư\n${first}\n${second}\n`));
    expect(read.map((one) => one.fingerprint)).toEqual(
      [first, second].map((pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', '')),
    );
    expect(read[0]!.notAfter).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(read[0]!.known).toBeNull();
  });

  it('a DER file gives the same as its PEM', () => {
    const { raw } = new X509Certificate(first);
    const trust = loadTrust({
      anchors: [{ file: file('one.cer', raw), group: 'PUBLIC' }],
      intermediates: [file('i.pem', second)],
    });
    expect(Buffer.from(trust.anchors[0]!.der).equals(raw)).toBe(true);
    expect(trust.anchors[0]!.group).toBe('PUBLIC');
    expect(trust.intermediates).toHaveLength(1);
  });

  it('an anchor keeps its end and whether it vouches for time stamps', () => {
    const path = file('ends.pem', first);
    const { anchors } = loadTrust({
      anchors: [
        { file: path, group: 'PUBLIC' },
        { file: path, group: 'PUBLIC', until: '2027-01-01T00:00:00.000Z', timestamps: false },
      ],
      intermediates: [],
    });
    expect(anchors.map(({ until, timestamps }) => ({ until, timestamps }))).toEqual([
      { until: null, timestamps: true },
      { until: '2027-01-01T00:00:00.000Z', timestamps: false },
    ]);
  });

  it.each([
    ['nothing inside', '', /is empty/],
    ['plain text', 'chứng thư', /cannot be read; wanted is PEM or DER/],
    [
      'a private key',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
      /private key never belongs here/,
    ],
    [
      'another kind of PEM',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n',
      /holds no certificate/,
    ],
    [
      'a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /certificate 1 cannot be read/,
    ],
  ])('refuses %s, naming the file', (_name, content, words) => {
    const path = file('bad.pem', content);
    expect(() => readCertificates(path)).toThrowError(words);
    expect(() => readCertificates(path)).toThrowError(path);
  });

  it('the official anchors are known by fingerprint only', () => {
    expect(Object.keys(KNOWN_ANCHORS).every((fingerprint) => /^[0-9A-F]{64}$/.test(fingerprint))).toBe(true);
    expect(
      Object.values(KNOWN_ANCHORS)
        .map((one) => one.group)
        .sort(),
    ).toEqual(['BAN_CO_YEU', 'BAN_CO_YEU', 'PUBLIC', 'PUBLIC']);
  });
});
