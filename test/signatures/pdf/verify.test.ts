import { beforeAll, describe, expect, it } from 'vitest';
import { type KeyKind, makeAuthority } from '../../../scripts/province/certificates.ts';
import { alterAfterSigning, appendRevision, signPdf } from '../../../scripts/province/pdf-signing.ts';
import {
  AGENCY,
  agency,
  authority,
  codes,
  ENTRY,
  LEADER,
  LONG,
  letter,
  person,
  root,
  timestampServer,
  trust,
  verify,
} from '../province.ts';

let plain: Buffer;
let byLeader: Buffer;
let byBoth: Buffer;

beforeAll(async () => {
  plain = await letter();
  byLeader = signPdf(plain, person(), LEADER);
  byBoth = signPdf(byLeader, agency(), { ...AGENCY, subFilter: 'ETSI.CAdES.detached' });
});

describe('a letter signed by leader and agency', () => {
  it('is valid, with the leader as person and the agency as organisation', async () => {
    const report = await verify(byBoth);
    expect(report.conclusion).toBe('valid');
    expect(report.signatures.map((check) => [check.name, check.signer?.holder])).toEqual([
      ['Lanh dao', 'person'],
      ['Co quan', 'organisation'],
    ]);
    expect(report.signatures.map((check) => check.coverage.wholeFile)).toEqual([false, true]);
    expect(report.signatures[0]!.anchorGroup).toBe('BAN_CO_YEU');
    expect(report.signatures[0]!.chain).toHaveLength(3);
  });

  it('keeps the bytes that the leader signed (SIG-05, SIG-06)', () => {
    expect(byBoth.subarray(0, byLeader.length).equals(byLeader)).toBe(true);
  });

  it('is judged at the entry without time stamp, at the stamped time with one (SIG-04)', async () => {
    const stamped = signPdf(plain, person(), {
      ...LEADER,
      timestamp: { server: timestampServer, genTime: '2026-09-07T03:00:00Z' },
    });
    expect((await verify(byLeader)).signatures[0]).toMatchObject({ judgedAt: ENTRY, timeSource: 'entry' });
    expect((await verify(stamped)).signatures[0]).toMatchObject({
      judgedAt: '2026-09-07T03:00:00.000Z',
      timeSource: 'timestamp',
    });
  });

  it('says that revocation is not known where no evidence was at hand', async () => {
    expect((await verify(byLeader)).signatures[0]!.revocation).toBe('unknown');
  });
});

describe('algorithms', () => {
  it.each<[KeyKind, string[]]>([
    ['rsa', []],
    ['rsa-pss', []],
    ['ec', []],
    ['rsa-weak', ['RSA-1024']],
  ])('%s signatures are valid, weak: %j', async (key, weak) => {
    const report = await verify(signPdf(plain, person({ key }), LEADER));
    expect(report).toMatchObject({ conclusion: 'valid', signatures: [{ weak }] });
  });

  it('SHA-1 passes and is marked weak', async () => {
    const report = await verify(signPdf(plain, person(), { ...LEADER, hash: 'sha1' }));
    expect(report).toMatchObject({ conclusion: 'valid', signatures: [{ weak: ['SHA-1'] }] });
    expect(report.sentence).toContain('thuật toán cũ');
  });
});

describe('trust', () => {
  it('an authority that is not configured is never valid, only not concluded (invariant 7)', async () => {
    const other = makeAuthority('CA lạ', LONG);
    const report = await verify(signPdf(plain, person({}, other), LEADER));
    expect(report.conclusion).toBe('untrusted');
    expect(codes(report)).toEqual(['NO_CERTIFICATE_CHAIN_FOUND']);
  });

  it('without any anchor nothing is valid', async () => {
    const report = await verify(byBoth, ENTRY, { anchors: [], intermediates: [] });
    expect(report.conclusion).toBe('untrusted');
  });

  it('finds the intermediate in the configuration when the signature carries only the leaf', async () => {
    const bare = signPdf(plain, person(), { ...LEADER, chainIncluded: false });
    expect((await verify(bare)).conclusion).toBe('untrusted');
    const known = { ...trust, intermediates: [authority.certificate] };
    expect((await verify(bare, ENTRY, known)).conclusion).toBe('valid');
  });

  it.each([
    [
      'an issuer that is no authority',
      () => makeAuthority('Không phải CA', { ...LONG, parent: root, isAuthority: false }),
    ],
    ['a path longer than pathLen', () => makeAuthority('CA cấp ba', { ...LONG, parent: authority })],
  ])('%s breaks the chain', async (_, make) => {
    const report = await verify(signPdf(plain, person({}, make()), LEADER));
    expect(report.conclusion).toBe('untrusted');
    expect(codes(report)).toContain('CHAIN_CONSTRAINTS_FAILURE');
  });
});

describe('validity at the judged time (SIG-04)', () => {
  const short = { notBefore: '2024-01-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' };
  it.each([
    ['claimed to be signed after it expired', { ...LEADER }, 'untrusted', 'OUT_OF_BOUNDS_NO_POE'],
    [
      'claimed to be signed before it expired',
      { ...LEADER, signingTime: '2025-06-01T00:00:00Z' },
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
    ['no time claimed', { ...LEADER, signingTime: null }, 'untrusted', 'OUT_OF_BOUNDS_NO_POE'],
    [
      'a claim within the seven hours of the old signing tool',
      { ...LEADER, signingTime: '2026-01-01T06:00:00Z' },
      'untrusted',
      'OUT_OF_BOUNDS_NO_POE',
    ],
  ] as const)('%s', async (_, options, conclusion, code) => {
    const report = await verify(signPdf(plain, person(short), options));
    expect(report.conclusion).toBe(conclusion);
    expect(codes(report)).toEqual([code]);
  });

  it('a time stamp from before the expiry keeps it valid', async () => {
    const timestamp = { server: timestampServer, genTime: '2025-06-01T00:00:00Z' };
    expect((await verify(signPdf(plain, person(short), { ...LEADER, timestamp }))).conclusion).toBe('valid');
  });

  it('a document time stamp proves the time of what it covers', async () => {
    const signed = signPdf(plain, person(short), { ...LEADER, signingTime: '2025-06-01T00:00:00Z' });
    const stamped = signPdf(signed, timestampServer, {
      name: 'Dau thoi gian',
      signingTime: '2025-06-02T00:00:00Z',
      chainIncluded: true,
      subFilter: 'ETSI.RFC3161',
    });
    const report = await verify(stamped);
    expect(report.conclusion).toBe('valid');
    expect(report.signatures.map((check) => check.kind)).toEqual(['signature', 'timestamp']);
  });

  it('a document time stamp alone is nobody’s signature, never VALID', async () => {
    const stamped = signPdf(plain, timestampServer, {
      name: 'Dau thoi gian',
      signingTime: '2026-09-07T02:00:00Z',
      chainIncluded: true,
      subFilter: 'ETSI.RFC3161',
    });
    const report = await verify(stamped);
    expect(report.signatures).toMatchObject([{ kind: 'timestamp', conclusion: 'valid' }]);
    expect(report.conclusion).toBe('none');
    expect(report.sentence).toBe('Tệp chỉ có dấu thời gian, không có chữ ký số của người ký.');
  });

  it('a certificate that is not yet valid fails', async () => {
    const report = await verify(signPdf(plain, person({ notBefore: '2027-01-01T00:00:00Z' }), LEADER));
    expect(codes(report)).toEqual(['NOT_YET_VALID']);
    expect(report.conclusion).toBe('invalid');
  });
});

/** Rewrites the digits of the last /ByteRange, keeping its room. */
function withRange(pdf: Buffer, range: (old: number[]) => string): Buffer {
  const out = Buffer.from(pdf);
  const start = out.lastIndexOf('/ByteRange [', undefined, 'latin1') + '/ByteRange ['.length;
  const end = out.indexOf(']', start);
  const old = out.toString('latin1', start, end).trim().split(/\s+/).map(Number);
  out.write(
    range(old)
      .padEnd(end - start, ' ')
      .slice(0, end - start),
    start,
    'latin1',
  );
  return out;
}

describe('altered and broken files', () => {
  it.each<[string, () => Buffer, string]>([
    ['one byte altered', () => alterAfterSigning(byBoth), 'invalid'],
    ['the page turned by a later revision', () => appendRevision(byBoth), 'suspect'],
    ['text appended', () => Buffer.concat([byBoth, Buffer.from('5 0 obj\n<<>>\nendobj\n')]), 'suspect'],
    [
      'the page changed between the two signatures',
      () => signPdf(appendRevision(byLeader), agency(), AGENCY),
      'suspect',
    ],
    ['cut behind the second signature', () => byBoth.subarray(0, byBoth.length - 100), 'invalid'],
    ['cut inside the second signature', () => byBoth.subarray(0, byBoth.length - 200), 'suspect'],
    ['cut inside its only signature', () => byLeader.subarray(0, byLeader.length - 200), 'error'],
    ['moved within the file', () => Buffer.concat([Buffer.from('%PDF-1.7\n'), byBoth]), 'invalid'],
    [
      'a range that leaves the end out',
      () => withRange(byLeader, ([a, b, c, d]) => `${a} ${b} ${c} ${d! - 30}`),
      'invalid',
    ],
  ])('%s', async (_, make, conclusion) => {
    expect((await verify(make())).conclusion).toBe(conclusion);
  });

  it('tells the clerk that the file was written again after signing', async () => {
    const moved = Buffer.concat([Buffer.from('%PDF-1.7\n'), byBoth]);
    expect((await verify(moved)).sentence).toContain('tệp đã bị ghi lại sau khi ký');
  });

  it('white space behind the last signature harms nothing', async () => {
    expect((await verify(Buffer.concat([byBoth, Buffer.from('\r\n\r\n')]))).conclusion).toBe('valid');
  });

  it('bytes behind the CMS inside the hole are a finding', async () => {
    const out = Buffer.from(byLeader);
    const hole = out.lastIndexOf('/Contents <', undefined, 'latin1') + '/Contents <'.length + 2 * 12_288 - 2;
    out.write('ff', hole, 'latin1');
    expect(await verify(out)).toMatchObject({ conclusion: 'untrusted' });
    expect(codes(await verify(out))).toContain('CONTENTS_PADDING');
  });

  it('a certificate swapped inside the CMS is not taken for the signer', async () => {
    const out = Buffer.from(byLeader);
    const at = out.lastIndexOf(Buffer.from('Nguyễn Văn Mẫu').toString('hex'), undefined, 'latin1');
    out.write(Buffer.from('Trần').toString('hex').slice(0, 10), at, 'latin1');
    const report = await verify(out);
    expect(report.conclusion).not.toBe('valid');
  });
});

describe('hostile bytes', () => {
  it('no cut and no flipped byte of a signed letter makes it crash or turn valid', async () => {
    const small = signPdf(plain, person({ key: 'ec' }), { ...LEADER, chainIncluded: false });
    const known = { ...trust, intermediates: [authority.certificate] };
    expect((await verify(small, ENTRY, known)).conclusion).toBe('valid');
    for (let i = 0; i < 150; i += 1) {
      const at = (i * 7919) % small.length;
      const flipped = Buffer.from(small);
      flipped[at] = flipped[at]! ^ 0x55;
      expect((await verify(flipped, ENTRY, known)).conclusion).not.toBe('valid');
      expect((await verify(small.subarray(0, at), ENTRY, known)).conclusion).not.toBe('valid');
    }
  });
});
