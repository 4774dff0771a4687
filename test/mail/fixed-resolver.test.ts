import { describe, expect, it } from 'vitest';
import { fixedResolver } from '../../mail/fixed-resolver.ts';

const resolve = fixedResolver({
  'Mau.Example.GOV.vn': {
    TXT: ['v=spf1 -all'],
    MX: [{ exchange: 'mx.mau.example.gov.vn', priority: 10 }],
    A: ['192.0.2.1'],
  },
  'hong.example': { TXT: 'SERVFAIL', A: 'TIMEOUT' },
});

describe('fixed DNS answers', () => {
  it.each([
    ['mau.example.gov.vn', 'TXT', [['v=spf1 -all']]],
    ['MAU.example.gov.vn.', 'txt', [['v=spf1 -all']]],
    ['mau.example.gov.vn', 'A', ['192.0.2.1']],
    ['mau.example.gov.vn', 'MX', [{ exchange: 'mx.mau.example.gov.vn', priority: 10 }]],
  ])('%s %s', async (name, type, answer) => {
    expect(await resolve(name, type)).toEqual(answer);
  });

  it.each([
    ['khac.example', 'TXT', 'ENOTFOUND'],
    ['mau.example.gov.vn', 'AAAA', 'ENODATA'],
    ['hong.example', 'TXT', 'ESERVFAIL'],
    ['hong.example', 'A', 'ETIMEOUT'],
  ])('%s %s fails with %s', async (name, type, code) => {
    await expect(resolve(name, type)).rejects.toMatchObject({ code });
  });

  it.each([
    [null],
    [[]],
    [{ a: null }],
    [{ a: { TXT: 'gi do' } }],
    [{ a: { TXT: [1] } }],
    [{ a: { MX: ['x'] } }],
  ])('a zone like %j is refused', (zone) => {
    expect(() => fixedResolver(zone)).toThrow(
      expect.objectContaining({ code: 'ZONE_INVALID', temporary: false }),
    );
  });
});
