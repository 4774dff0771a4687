import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Judge } from '../../../gateway/judging/judge.ts';
import { asFacts, judgeLetter, keepProofs } from '../../../gateway/judging/letter.ts';
import type { MailPart } from '../../../mail/types.ts';
import { readProofFile } from '../../../signatures/proof-file.ts';
import type { SignatureReport } from '../../../signatures/types.ts';
import type { Storage } from '../../../storage/types.ts';
import { makeFacts, makePart } from '../../support/facts.ts';

const AT = '2026-11-20T02:00:00Z';
const OOXML = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

function rig(conclusion: SignatureReport['conclusion'] = 'valid', folder = '/kept', tryLater = false) {
  const asked: unknown[] = [];
  const kept = new Map<string, Buffer>();
  const judge = {
    judge: async (input, options) => {
      asked.push([input, options]);
      const der = new Uint8Array([48, 0]);
      return {
        ...makeFacts().signatures['2']!,
        conclusion,
        tryLater,
        proofs: [{ kind: 'anchor', group: 'PUBLIC', sha256: 'aa', der }],
        wanted: [{ kind: 'crl', url: 'http://crl.example/', body: null }],
      };
    },
  } as Partial<Judge> as Judge;
  const bytes = {
    pathOf: (sha256) => `${folder}/${sha256}`,
    keepBuffer: async (buffer) => {
      kept.set('proof', Buffer.from(buffer));
      return { sha256: 'proof', size: buffer.byteLength };
    },
  } as Partial<Storage['bytes']> as Storage['bytes'];
  const letter = (parts: Partial<MailPart>[], blocked: string[] = []) =>
    judgeLetter(
      { sha256: 'letter', parts: parts.map((part) => makePart(part)), blocked, at: AT },
      judge,
      bytes,
    );
  return { asked, kept, bytes, letter };
}

const pathsOf = async (parts: Partial<MailPart>[], blocked: string[] = []) =>
  Object.keys((await rig().letter(parts, blocked)).signatures);

describe('the signatures of a letter', () => {
  it('each file that can carry one is judged from its kept bytes, as of the entry of the mail', async () => {
    const { asked, letter } = rig();
    await letter([{ path: '2', sha256: 'f2', detectedType: 'application/pdf' }]);
    expect(asked).toEqual([[{ path: '/kept/f2' }, { at: AT, sha256: 'f2', openedAs: 'pdf' }]]);
  });

  it.each([
    ['application/pdf', true],
    [OOXML, true],
    ['application/vnd.oasis.opendocument.text', true],
    ['application/edxml+xml', true],
    ['application/xml', true],
    ['application/pkcs7-mime', true],
    ['application/pkcs7-signature', false],
    ['application/zip', false],
    ['image/jpeg', false],
    ['text/plain', false],
  ])('%s: %s', async (detectedType, judged) => {
    expect(await pathsOf([{ path: '2', detectedType }])).toEqual(judged ? ['2'] : []);
  });

  it('what is encrypted or forbidden is not opened', async () => {
    const detectedType = 'application/pdf';
    const parts = [
      { path: '2', detectedType, encrypted: true },
      { path: '3', detectedType },
      { path: '4', detectedType },
    ];
    expect(await pathsOf(parts, ['3'])).toEqual(['4']);
  });

  it.each([
    ['application/pkcs7-signature', 'valid', 'valid'],
    ['application/pkcs7-signature', 'none', undefined],
    ['application/pdf', 'valid', undefined],
  ] as const)('its own: a part %s, found %s', async (detectedType, found, own) => {
    const { mailSignature } = await rig(found).letter([{ path: '2', detectedType }]);
    expect(mailSignature?.conclusion).toBe(own);
  });

  it('a signature in a file of its own is judged over the file beside it, and belongs to that file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'congvan-letter-'));
    writeFileSync(join(folder, 'f2'), 'nội dung');
    const { asked, letter } = rig('valid', folder);
    const signature = {
      path: '3',
      name: 'QD12.docx.p7s',
      detectedType: 'application/pkcs7-signature',
      sha256: 'f3',
    };
    const file = { path: '2', name: 'QD12.docx', detectedType: 'application/octet-stream', sha256: 'f2' };
    const { signatures } = await letter([file, signature]);
    expect(Object.keys(signatures)).toEqual(['2']);
    expect(asked[0]).toEqual([
      { path: join(folder, 'f3') },
      { at: AT, sha256: 'f3', detached: Buffer.from('nội dung') },
    ]);
    const elsewhere = await letter([file, { ...signature, name: 'khac.docx.p7s' }]);
    expect(Object.keys(elsewhere.signatures)).toEqual([]);
  });

  it('says when a verdict waits for the network', async () => {
    const part = { path: '2', detectedType: 'application/pdf' };
    expect((await rig('untrusted').letter([part])).tryLater).toBe(false);
    expect((await rig('untrusted', '/kept', true).letter([part])).tryLater).toBe(true);
  });

  it.each([
    ['smime.p7s', true],
    ['smime.p7m', true],
    ['', true],
    ['bao-cao.docx.p7m', false],
    ['hop-dong.p7s', false],
  ])('a part named %j makes the letter a signed one: %s', async (name, own) => {
    const { mailSignature } = await rig().letter([
      { path: '2', rawName: name, detectedType: 'application/pkcs7-mime' },
    ]);
    expect(mailSignature !== null).toBe(own);
  });

  it('what a verdict rests on is kept as a file of its own, and is no fact for the decision', async () => {
    const { kept, bytes, letter } = rig();
    const reports = await letter([{ path: '2', detectedType: 'application/pdf' }]);
    const rules = { at: AT, revocation: 'soft', sha1Until: null } as const;
    expect(await keepProofs(reports, rules, bytes)).toEqual({
      '2': { sha256: 'proof', size: expect.any(Number) },
    });
    expect(readProofFile(kept.get('proof')!)).toMatchObject({
      rules,
      trust: { anchors: [{ group: 'PUBLIC', der: Buffer.of(48, 0) }] },
    });
    expect(asFacts(reports).signatures['2']).toMatchObject({ conclusion: 'valid', proofs: [], wanted: [] });
  });

  it('a file without a signature leaves no proof', async () => {
    const { kept, bytes, letter } = rig('none');
    const { signatures } = await letter([{ path: '2', detectedType: OOXML }]);
    const bare = { ...signatures['2']!, signatures: [] };
    const rules = { at: AT, revocation: 'soft', sha1Until: null } as const;
    expect(await keepProofs({ signatures: { '2': bare } }, rules, bytes)).toEqual({});
    expect(kept.size).toBe(0);
  });
});
