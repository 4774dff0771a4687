import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeConfig } from '../../../config/make.ts';
import type { RegulationId, SigningConfig, SigningKeySource } from '../../../config/types.ts';
import { openPdf } from '../../../documents/pdf-text.ts';
import { type IssueOrder, issueDocument } from '../../../gateway/issue.ts';
import { issue, issueTimestampServer, makeAuthority } from '../../../scripts/province/certificates.ts';
import { signPdf as provinceSign } from '../../../scripts/province/pdf-signing.ts';
import type { SignatureReport } from '../../../signatures/types.ts';
import { verifyFile } from '../../../signatures/verify.ts';
import { hasCommand } from '../../support/command.ts';
import { SNV } from '../../support/facts.ts';
import { makePfx } from '../../support/pfx.ts';
import { serverSuite } from '../../support/require.ts';
import { openRig, type ServiceRig } from '../../support/service.ts';
import {
  authority,
  OUR_NAME,
  ourAgency,
  ourLeader,
  ourLetter,
  root,
  sealPng,
} from '../../support/signing.ts';
import { startTsa, type Tsa } from '../../support/tsa.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
const AT = '2026-11-20T02:00:00.000Z';

serverSuite(
  'SIG-06: the agency’s signature when issuing',
  hasCommand('openssl'),
  'apt-get install openssl',
  () => {
    let folder: string;
    let tsa: Tsa;
    let rig: ServiceRig | null = null;
    const at = (name: string): string => join(folder, name);
    const agency = ourAgency();
    let key: SigningKeySource;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'congvan-issue-sign-'));
      tsa = await startTsa(folder, issueTimestampServer(authority, 'Máy chủ dấu thời gian', LONG));
      await writeFile(at('wrong'), 'khac\n');
      await writeFile(at('seal.png'), sealPng());
      key = await makePfx(folder, 'key.p12', agency);
      const letter = await ourLetter();
      const other = makeAuthority('CA không ai biết', LONG);
      const by = { signingTime: '2026-11-20T01:00:00Z', name: 'Signature1', chainIncluded: true };
      const led = provinceSign(letter, ourLeader(), by);
      await writeFile(at('scan.pdf'), await ourLetter(true));
      await writeFile(at('born-digital.pdf'), letter);
      await writeFile(at('leader.pdf'), led);
      await writeFile(at('both.pdf'), provinceSign(led, agency, { ...by, name: 'Signature2' }));
      const person = {
        commonName: 'Lê Văn Mẫu',
        organisation: [OUR_NAME],
        holder: 'person' as const,
        ...LONG,
      };
      await writeFile(at('stranger.pdf'), provinceSign(letter, issue(other, person), by));
      const broken = Buffer.from(led);
      broken[broken.indexOf('/CreationDate (D:2') + '/CreationDate (D:2'.length] = 0x39;
      await writeFile(at('broken.pdf'), broken);
    });
    afterAll(async () => {
      await tsa.close();
      await rm(folder, { recursive: true, force: true });
    });
    afterEach(async () => {
      tsa.behaviour = 'honest';
      await rig?.close();
      rig = null;
    });

    const signing = (part: Partial<SigningConfig> = {}): SigningConfig => ({
      ...makeConfig().signing,
      key,
      ...part,
    });

    /** `roots`: what the judge believes. */
    async function open(
      part: Partial<SigningConfig> = {},
      regulation: RegulationId = 'ND30-2020',
      roots = [root.certificate],
    ): Promise<ServiceRig> {
      const made = await openRig({
        regulation,
        directory: { file: null, agencies: [SNV] },
        issuing: { org: 'UBND', defaultUnit: 'VP' },
        agency: { ...makeConfig().agency, name: OUR_NAME },
        signing: signing(part),
      });
      const trust = { anchors: roots.map((der) => ({ der, group: 'BAN_CO_YEU' })), intermediates: [] };
      const judge = async (input: { path: string } | { bytes: Uint8Array }): Promise<SignatureReport> => {
        const bytes = 'path' in input ? await readFile(input.path) : input.bytes;
        return verifyFile(bytes, { trust, at: AT, sha256: createHash('sha256').update(bytes).digest('hex') });
      };
      made.service.judge = { ...made.service.judge, judge };
      rig = made;
      return made;
    }

    const order = (name: string, sign?: boolean): IssueOrder => ({
      scans: [at(name)],
      to: ['H99.02'],
      type: 'Công văn',
      abstract: 'Về việc rà soát',
      signer: 'Lê Văn Mẫu',
      signerTitle: 'CHỦ TỊCH',
      date: '2026-11-19',
      unit: null,
      urgency: 'THUONG',
      by: 'vanthu',
      attachments: [],
      ...(sign === undefined ? {} : { sign }),
    });

    async function issued({ service }: ServiceRig, name: string, sign?: boolean) {
      const result = await issueDocument(service, order(name, sign));
      const entry = (await service.storage.register.get(result.entry.id))!;
      const main = entry.files.find((file) => file.role === 'main')!;
      const original = entry.files.find((file) => file.role === 'original') ?? null;
      const bytes = await readFile(service.storage.bytes.pathOf(main.sha256));
      return { ...result, row: entry, main, original, bytes };
    }

    async function nothingHappened({ service }: ServiceRig): Promise<void> {
      expect(await service.storage.register.list({})).toEqual([]);
      expect(await service.storage.outbox.list({})).toEqual([]);
    }

    async function stampOf(pdf: Uint8Array): Promise<string> {
      const opened = await openPdf(pdf);
      const words = opened.readPage(1).words.filter((word) => word.stamp && word.box[3] < 0.1);
      opened.close();
      return words.map((word) => word.text).join(' ');
    }

    it('a scan of ours becomes a copy signed by the agency; what was scanned is kept beside it', async () => {
      const found = await issued(await open(), 'scan.pdf');
      const scan = await readFile(at('scan.pdf'));
      expect(found.row).toMatchObject({ signatureClass: 'SCAN_ORG_SIGNED', flags: [] });
      expect(found.main.verdict).toBe('valid');
      expect(found.bytes.subarray(0, scan.length).equals(scan)).toBe(true);
      expect(found.original?.sha256).toBe(createHash('sha256').update(scan).digest('hex'));
      expect(found.warnings).toEqual([]);
      expect(await stampOf(found.bytes)).toBe(`Sao y; ${OUR_NAME}; 20/11/2026 09:00:00 +07:00`);
    });

    it('where the regulation counts the signed scan itself, it is not called a copy', async () => {
      const found = await issued(await open({}, 'LC-48-2017'), 'scan.pdf');
      expect(await stampOf(found.bytes)).toBe(`${OUR_NAME}; 20/11/2026 09:00:00 +07:00`);
    });

    it('behind the leader’s signature the agency’s is put, and the leader’s stays good', async () => {
      const found = await issued(await open({ seal: { file: at('seal.png'), width: 36 } }), 'leader.pdf');
      const before = await readFile(at('leader.pdf'));
      expect(found.row.signatureClass).toBe('LEADER_AND_ORG');
      expect(found.main.verdict).toBe('valid');
      expect(found.bytes.subarray(0, before.length).equals(before)).toBe(true);
      // The leader's widget shows nothing: the seal stands left of where the name says that the signature is.
      const opened = await openPdf(found.bytes);
      const name = opened.readPage(1).words.find((word) => word.text === 'Lê')!;
      const { width, height, pixels } = opened.renderPage(1, 72);
      opened.close();
      const ink = (x: number, y: number) =>
        pixels[Math.round(y * height) * width + Math.round(x * width)]! < 200;
      const middle = name.box[1] - 12 / 297;
      const columns = Array.from({ length: 100 }, (_, i) => name.box[0] - 0.3 + i * 0.003);
      expect(columns.filter((x) => ink(x, middle)).length).toBeGreaterThan(3);
    });

    it.each<[string, string]>([
      ['signed by the leader and the agency', 'both.pdf'],
      ['that the person says not to sign', 'leader.pdf'],
    ])('nothing is added to a document %s', async (name, file) => {
      const found = await issued(await open(), file, name.startsWith('that') ? false : undefined);
      expect(found.bytes.equals(await readFile(at(file)))).toBe(true);
      expect(found.original).toBeNull();
    });

    it.each<[string, string, string]>([
      ['born digital and not signed by the competent person', 'born-digital.pdf', 'ISSUE_SIGN_UNSIGNED'],
      ['signed by a person of whom nothing can be concluded', 'stranger.pdf', 'ISSUE_SIGN_UNCERTAIN'],
      ['of which the signature is false', 'broken.pdf', 'ISSUE_SIGNATURE'],
    ])('a document %s is not signed, and nothing is numbered', async (_name, file, code) => {
      for (const sign of [undefined, true]) {
        const made = await open();
        await expect(issueDocument(made.service, order(file, sign))).rejects.toMatchObject({
          code,
          temporary: false,
        });
        await nothingHappened(made);
        await made.close();
        rig = null;
      }
    });

    it('the refusal says in Vietnamese what is missing', async () => {
      const { service } = await open();
      await expect(issueDocument(service, order('born-digital.pdf', true))).rejects.toThrow(
        /chưa có chữ ký số của người có thẩm quyền/,
      );
    });

    it('the same scan is not issued twice, though two signatures never have the same bytes', async () => {
      const made = await open();
      await issued(made, 'scan.pdf');
      await expect(issueDocument(made.service, order('scan.pdf'))).rejects.toMatchObject({
        code: 'ISSUE_ALREADY',
      });
      await expect(issueDocument(made.service, order('scan.pdf', false))).rejects.toMatchObject({
        code: 'ISSUE_ALREADY',
      });
    });

    it('off: signed only when a person says so', async () => {
      const made = await open({ issue: 'off' });
      expect((await issued(made, 'leader.pdf')).original).toBeNull();
      expect((await issued(made, 'scan.pdf', true)).original).not.toBeNull();
    });

    it('without a key everything is as it was, and --sign is refused', async () => {
      const made = await open({ key: null });
      await expect(issueDocument(made.service, order('scan.pdf', true))).rejects.toMatchObject({
        code: 'ISSUE_SIGN_NO_KEY',
      });
      expect((await issued(made, 'scan.pdf')).original).toBeNull();
    });

    it('a key that cannot be used stops the issuing before a number is given', async () => {
      const made = await open({
        key: { kind: 'pkcs12', file: at('key.p12'), password: { file: at('wrong') } },
      });
      await expect(issueDocument(made.service, order('scan.pdf'))).rejects.toMatchObject({
        code: 'SIGNING_PASSWORD',
      });
      await nothingHappened(made);
    });

    it('with a time stamp the time is proven', async () => {
      const timestamp = { url: tsa.url, timeoutMs: 5_000, unreachable: 'refuse' as const };
      const found = await issued(await open({ timestamp }), 'scan.pdf');
      expect(found.bytes.toString('latin1')).toContain('060b2a864886f70d010910020e');
      expect(found.warnings).toEqual([]);
    });

    it('a time-stamp server that does not answer: refused to be tried later, or signed with a warning, as configured', async () => {
      tsa.behaviour = 'http-500';
      const timestamp = { url: tsa.url, timeoutMs: 2_000, unreachable: 'refuse' as const };
      const made = await open({ timestamp });
      await expect(issueDocument(made.service, order('scan.pdf'))).rejects.toMatchObject({
        code: 'TSA_UNREACHABLE',
        temporary: true,
      });
      await nothingHappened(made);
      await made.close();
      const found = await issued(
        await open({ timestamp: { ...timestamp, unreachable: 'sign' } }),
        'scan.pdf',
      );
      expect(found.main.verdict).toBe('valid');
      expect(found.warnings).toEqual([expect.stringContaining('không có dấu thời gian')]);
    });

    it('a signature of ours that nobody trusts here is told to the clerk', async () => {
      const found = await issued(await open({}, 'ND30-2020', []), 'scan.pdf');
      expect(found.main.verdict).toBe('untrusted');
      expect(found.warnings).toEqual([expect.stringContaining('chứng thư gốc')]);
    });

    it('attachments in files of their own are not signed, and the clerk is told which', async () => {
      const made = await open();
      const { warnings } = await issueDocument(made.service, {
        ...order('scan.pdf'),
        attachments: [at('both.pdf')],
      });
      expect(warnings).toEqual([expect.stringContaining('both.pdf')]);
    });

    it('a signature of ours that does not verify never goes out', async () => {
      const made = await open();
      const { judge } = made.service.judge;
      let asked = 0;
      made.service.judge.judge = async (...input) => {
        const report = await judge(...input);
        asked += 1;
        return asked === 1 ? report : { ...report, conclusion: 'suspect' };
      };
      await expect(issueDocument(made.service, order('scan.pdf'))).rejects.toMatchObject({
        code: 'ISSUE_SIGN_UNSOUND',
        temporary: false,
      });
      await nothingHappened(made);
    });

    it('the mail carries what was signed, never what it was made of', async () => {
      const made = await open();
      const found = await issued(made, 'scan.pdf');
      const { renderedMail } = await import('../../../gateway/outbox/rendering.ts');
      const [row] = await made.service.storage.outbox.list({});
      const mail = await renderedMail(row!, made.service.config.agency, made.service.storage);
      const text = (await readFile(mail.path, 'latin1')).replace(/\r\n/g, '');
      expect(text).toContain(found.bytes.toString('base64'));
      expect(text.match(/application\/pdf/g)).toHaveLength(1);
      expect(text).not.toContain(found.original!.name);
    });
  },
);
