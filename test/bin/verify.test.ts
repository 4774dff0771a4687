import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alterAfterSigning, signPdf } from '../../scripts/province/pdf-signing.ts';
import { AGENCY, agency, LEADER, letter, person, root } from '../signatures/province.ts';
import { congvan, temporaryFolder } from '../support/congvan-cli.ts';

const folder = temporaryFolder('verify');
const AT = ['--at', '2026-09-08T00:00:00Z'];

function lines(text: string): Record<string, unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function put(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(folder, name), bytes);
  return name;
}

const plain = await letter();
const once = await signPdf(plain, person(), LEADER);
const signed = put('signed.pdf', await signPdf(once, agency(), AGENCY));
const altered = put('altered.pdf', alterAfterSigning(Buffer.from(once)));
const anchor = put('root.cer', root.certificate);
const unsigned = put('plain.pdf', plain);
mkdirSync(join(folder, 'roots'), { recursive: true });
put('roots/root.cer', root.certificate);
put('roots/README.txt', 'chứng thư gốc');
mkdirSync(join(folder, 'empty'));

const verify = (...args: string[]) => congvan(['verify', ...args, '--json'], { cwd: folder });

describe('congvan verify', () => {
  it('judges files without a configuration, one object for each in the order given', async () => {
    const { stdout, code } = await verify(signed, 'none.pdf', unsigned, '--trust', anchor, ...AT);
    expect(code).toBe(1);
    expect(lines(stdout)).toEqual([
      expect.objectContaining({ file: signed, format: 'pdf', conclusion: 'valid', class: 'LEADER_AND_ORG' }),
      expect.objectContaining({ file: 'none.pdf', conclusion: 'error' }),
      expect.objectContaining({
        file: unsigned,
        format: 'pdf',
        conclusion: 'none',
        class: 'NONE',
        signatures: [],
      }),
    ]);
  });

  it('says of each signature what a program needs', async () => {
    const { stdout, code } = await verify(signed, '--trust', 'roots', ...AT);
    expect(code).toBe(0);
    const [first] = lines(stdout)[0]!.signatures as Record<string, unknown>[];
    expect(first).toMatchObject({
      field: 'Lanh dao',
      kind: 'signature',
      indication: 'TOTAL_PASSED',
      subIndication: null,
      intact: true,
      trusted: true,
      coversWholeDocument: false,
      weak: [],
      signer: { commonName: 'Nguyễn Văn Mẫu', kind: 'person', serial: expect.stringMatching(/^[0-9A-F]+$/) },
      timestampTime: null,
      digestAlgorithm: 'sha256',
      reasons: [],
    });
    expect(first!.changesAfter).toContainEqual(
      expect.objectContaining({ kind: 'NEW_SIGNATURE', allowed: true }),
    );
  });

  it('without a root nothing is trusted, and nothing that was altered passes', async () => {
    const { stdout } = await verify(signed, altered, ...AT);
    expect(lines(stdout).map((line) => line.conclusion)).toEqual(['untrusted', 'invalid']);
  });

  it('--field judges that field only', async () => {
    const { stdout } = await verify(signed, '--field', 'Co quan', '--trust', anchor, ...AT);
    const [found] = lines(stdout);
    expect((found!.signatures as { field: string }[]).map((one) => one.field)).toEqual(['Co quan']);
  });

  it('--field that is not there is no unsigned file', async () => {
    const { stdout } = await verify(signed, '--field', 'Khac', '--trust', anchor, ...AT);
    expect(lines(stdout)[0]).toMatchObject({
      conclusion: 'error',
      sentence: expect.stringContaining('trường chữ ký'),
    });
  });

  it('--trust AUTO compares integrity, and says that it proves nobody', async () => {
    const { stdout, stderr } = await verify(signed, '--trust', 'AUTO', ...AT);
    expect(lines(stdout)[0]!.conclusion).toBe('valid');
    expect(stderr).toContain('không nói ai đã ký');
  });

  it.each([
    [['--at', 'hôm qua']],
    [['--revocation', 'perhaps']],
    [['--trust', 'plain.pdf']],
    [['--trust', 'nowhere.pem']],
    [['--trust', 'empty']],
    [['--detached', '.']],
    [['--at', '05/06/2025']],
  ])('refuses %j with a word about it', async (wrong) => {
    const { code, stderr } = await verify(signed, ...wrong);
    expect(code).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr.length).toBeGreaterThan(10);
  });
});
