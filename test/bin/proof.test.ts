import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EntryFile } from '../../handlers/types.ts';
import { signPdf } from '../../scripts/province/pdf-signing.ts';
import { readProofFile, writeProofFile } from '../../signatures/proof-file.ts';
import { openStorage } from '../../storage/index.ts';
import { ENTRY, LEADER, letter, person, verify } from '../signatures/province.ts';
import { congvan, INIT_FLAGS, temporaryFolder } from '../support/congvan-cli.ts';
import { decision, entry } from '../support/register.ts';

const folder = temporaryFolder('proof');
const dataDir = join(folder, 'data');
const config = ['--config', join(folder, 'congvan.yaml')];
let entryId = '';
let tampered = '';

/** A register with two entries: a verdict kept as it was made, and one whose proof says more than it can show. */
beforeAll(async () => {
  mkdirSync(dataDir, { mode: 0o700 });
  const made = await congvan(['init', '--yes', '--dir', folder, '--data-dir', dataDir, ...INIT_FLAGS]);
  if (made.code !== 0) throw new Error(made.stderr);
  const storage = await openStorage({
    dataDir,
    database: { kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') },
    clock: () => new Date('2026-09-08T02:00:00Z'),
    mailDomain: 'mau.example.gov.vn',
  });
  const pdf = await signPdf(await letter(), person(), LEADER);
  const report = await verify(pdf);
  const rules = { at: ENTRY, revocation: 'soft', sha1Until: null } as const;
  const register = async (proof: Buffer): Promise<string> => {
    const main: EntryFile = {
      ...(await storage.bytes.keepBuffer(pdf)),
      name: 'QD12.pdf',
      role: 'main',
      verdict: 'valid',
    };
    const kept = await storage.bytes.keepBuffer(proof);
    const files: EntryFile[] = [
      main,
      { ...kept, name: 'QD12.pdf.chu-ky.json', role: 'proof', verdict: null },
    ];
    const recorded = await storage.transact({}, () => decision({ entries: [entry({ files })] }));
    return recorded.entries[0]!.id;
  };
  entryId = await register(writeProofFile(report, rules));
  tampered = await register(writeProofFile({ ...report, proofs: [] }, rules));
  await storage.close();
});

describe('congvan proof', () => {
  it('shows the kept verdict, and the same when the file is judged with nothing but what was believed then', async () => {
    const { stdout, code } = await congvan(['proof', entryId, '--json', ...config]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: 'QD12.pdf', kept: 'valid', again: 'valid', same: true });
  });

  it('says when a proof does not bear out its verdict', async () => {
    const { stdout, code } = await congvan(['proof', tampered, '--json', ...config]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ kept: 'valid', again: 'untrusted', same: false });
  });

  it('bytes that were exchanged on the disk prove nothing', async () => {
    const storage = await openStorage({
      dataDir,
      database: { kind: 'sqlite', file: join(dataDir, 'congvan.sqlite') },
      clock: () => new Date('2026-09-08T02:00:00Z'),
      mailDomain: 'mau.example.gov.vn',
    });
    const { files } = (await storage.register.get(entryId))!;
    await storage.close();
    const path = join(dataDir, 'bytes', files[1]!.sha256.slice(0, 2), files[1]!.sha256);
    const kept = readFileSync(path);
    writeFileSync(path, Buffer.from(kept.toString('utf8').replace('hợp lệ', 'hợp lý')));
    const { code, stderr } = await congvan(['proof', entryId, ...config]);
    writeFileSync(path, kept);
    expect(code).toBe(1);
    expect(stderr).toContain('BYTES_CHANGED');
  });

  it('hands out document and proof', async () => {
    const out = join(folder, 'out');
    await congvan(['proof', entryId, '--out', out, ...config]);
    expect(readdirSync(out).sort()).toEqual(['QD12.pdf', 'QD12.pdf.chu-ky.json']);
    expect(readProofFile(readFileSync(join(out, 'QD12.pdf.chu-ky.json'))).report.conclusion).toBe('valid');
  });

  it('an entry that is not there is said so', async () => {
    const { code, stderr } = await congvan(['proof', 'e-x', ...config]);
    expect(code).toBe(1);
    expect(stderr).toContain('e-x');
  });
});
