import { describe, expect, it } from 'vitest';
import { parseAuthenticationResults } from '../../mail/authentication-results.ts';

describe('Authentication-Results (RFC 8601)', () => {
  it.each([
    ['example.org 1; none', 'example.org', []],
    [
      'example.com; spf=pass smtp.mailfrom=example.net',
      'example.com',
      [['spf', 'pass', { 'smtp.mailfrom': 'example.net' }]],
    ],
    [
      ' example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net',
      'example.com',
      [
        ['auth', 'pass', { 'smtp.auth': 'sender@example.net' }],
        ['spf', 'pass', { 'smtp.mailfrom': 'example.net' }],
      ],
    ],
    [
      "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
      'foo.example.net',
      [['dkim', 'fail', { 'policy.expired': '1362471462' }]],
    ],
    [
      'MX.Example.VN; dkim=pass reason="good; (really) \\"signature\\"" header.d=mau.example.gov.vn header.i=@mau.example.gov.vn',
      'mx.example.vn',
      [
        [
          'dkim',
          'pass',
          {
            reason: 'good; (really) "signature"',
            'header.d': 'mau.example.gov.vn',
            'header.i': '@mau.example.gov.vn',
          },
        ],
      ],
    ],
    [
      '"mx.example.vn"; dmarc=pass (p=none (nested) dis=none) header.from=a.vn;',
      'mx.example.vn',
      [['dmarc', 'pass', { 'header.from': 'a.vn' }]],
    ],
  ])('%j', (value, id, results) => {
    expect(parseAuthenticationResults(value)).toEqual({
      authservId: id,
      results: results.map(([method, result, properties]) => ({ method, result, properties })),
    });
  });

  it.each([
    '',
    ';',
    'example.org',
    'spf=pass smtp.mailfrom=x; dkim=pass',
    'example.org; spf',
    'example.org; spf=pass smtp.mailfrom',
    'example.org; spf=pass garbage here',
    `example.org; spf=pass (${'('.repeat(20_000)}`,
  ])('%j says nothing', (value) => {
    expect(parseAuthenticationResults(value)).toBeNull();
  });

  it('a comment that does not end hides what follows it', () => {
    expect(parseAuthenticationResults('a.vn; spf=fail (x; dkim=pass header.d=b.vn')?.results).toEqual([
      { method: 'spf', result: 'fail', properties: {} },
    ]);
  });

  it('a value made to be slow is read at once', () => {
    const before = performance.now();
    parseAuthenticationResults(`a.vn; ${'"'.repeat(8_000)}${'x '.repeat(4_000)}`);
    parseAuthenticationResults(`a.vn; spf=pass${' a.b=c'.repeat(2_000)} `);
    expect(performance.now() - before).toBeLessThan(500);
  });
});
