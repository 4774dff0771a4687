import { describe, expect, it } from 'vitest';
import { signPdf } from '../../scripts/province/pdf-signing.ts';
import { readProofFile, replayOptions, writeProofFile } from '../../signatures/proof-file.ts';
import { verifyFile } from '../../signatures/verify.ts';
import { ENTRY, LEADER, letter, person, timestampServer, trust, verify } from './province.ts';

const rules = { at: ENTRY, revocation: 'soft', sha1Until: null } as const;

describe('the proof of a verdict', () => {
  it('gives the same verdict again with nothing but what it holds', async () => {
    const signer = person({ notBefore: '2026-01-01T00:00:00Z', notAfter: '2026-12-01T00:00:00Z' });
    const pdf = await signPdf(await letter(), signer, {
      ...LEADER,
      timestamp: { server: timestampServer, genTime: '2026-09-07T02:00:05Z' },
    });
    const report = await verify(pdf);
    const proof = readProofFile(writeProofFile(report, rules));
    const again = await verifyFile(pdf, replayOptions(proof));
    expect(report.conclusion).toBe('valid');
    expect(again.signatures).toEqual(report.signatures);
    expect(proof.report.sentence).toBe(again.sentence);
  });

  it('believes no root that the verdict had not reached', async () => {
    const pdf = await signPdf(await letter(), person(), LEADER);
    const nobody = await verify(pdf, ENTRY, { anchors: [], intermediates: trust.intermediates });
    const proof = readProofFile(writeProofFile(nobody, rules));
    expect(proof.trust.anchors).toEqual([]);
    expect((await verifyFile(pdf, replayOptions(proof))).conclusion).toBe('untrusted');
  });

  it.each(['', 'x', '{}', '{"kind":"congvan-signature-proof","version":2}', '[]', 'null'])(
    'refuses %j',
    (text) => {
      expect(() => readProofFile(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'PROOF_UNREADABLE' }),
      );
    },
  );
});
