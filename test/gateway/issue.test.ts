import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadTrust } from '../../config/load-trust.ts';
import type { ConfigPart } from '../../config/make.ts';
import type { DirectoryAgency } from '../../config/types.ts';
import { cancelEntry } from '../../gateway/acts.ts';
import { type IssueOrder, issueDocument } from '../../gateway/issue.ts';
import { openJudge } from '../../gateway/judging/judge.ts';
import { SNV } from '../support/facts.ts';
import { blankPage, jpeg, letterPage, png } from '../support/images.ts';
import { type OwnDocuments, openOwnDocuments } from '../support/own-documents.ts';
import { openRig, type ServiceRig } from '../support/service.ts';
import { tinyPdf } from '../support/tiny-pdf.ts';

const STC: DirectoryAgency = {
  ...SNV,
  code: 'H99.03',
  name: 'Sở Tài chính tỉnh Mẫu',
  shortNames: [],
  addresses: ['vanthu@stc.mau.example.gov.vn'],
};
const MUTE: DirectoryAgency = {
  ...SNV,
  code: 'H99.04',
  name: 'Ban Quản lý dự án tỉnh Mẫu',
  shortNames: [],
  addresses: [],
};

let folder: string;
let own: OwnDocuments;
let rig: ServiceRig;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'congvan-issue-'));
  own = await openOwnDocuments(folder);
  await writeFile(join(folder, 'scan.jpg'), jpeg(letterPage(400, 560)));
  await writeFile(join(folder, 'trang-2.png'), png(letterPage(400, 570)));
  await writeFile(join(folder, 'trang.jpg'), jpeg(blankPage(400, 560)));
  await writeFile(join(folder, 'rong.pdf'), '');
  await writeFile(join(folder, 'hong.pdf'), '%PDF-1.7 hỏng');
  await writeFile(join(folder, 'ban-do-MAT.pdf'), tinyPdf([[{ text: 'Công văn', x: 80, y: 700 }]]));
  await writeFile(
    join(folder, 'dau-mat.pdf'),
    tinyPdf([
      [
        { text: 'MẬT', x: 80, y: 760, bold: true },
        { text: 'Kế hoạch', x: 80, y: 700 },
      ],
    ]),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(part: ConfigPart = {}): Promise<void> {
  rig = await openRig({
    directory: { file: null, agencies: [SNV, STC, MUTE] },
    issuing: { org: 'UBND', defaultUnit: 'VP' },
    signatures: { anchors: [{ file: own.anchorFile, group: 'BAN_CO_YEU' }], intermediates: [] },
    ...part,
  });
  const { signatures } = rig.service.config;
  rig.service.judge = openJudge({ trust: () => loadTrust(signatures), processes: 1 });
}
beforeEach(() => open());
afterEach(async () => {
  await rig.service.judge.close();
  await rig.close();
});

const order = (change: Partial<IssueOrder> = {}): IssueOrder => ({
  scans: [join(folder, 'scan.jpg')],
  to: ['H99.02'],
  type: 'Công văn',
  abstract: 'Về việc báo cáo',
  signer: 'Lê Văn Mẫu',
  signerTitle: 'CHỦ TỊCH',
  date: '2026-11-19',
  unit: null,
  urgency: 'THUONG',
  by: 'vanthu',
  attachments: [],
  ...change,
});
const named = (...names: string[]) => ({ scans: names.map((name) => join(folder, name)) });

async function nothingHappened(): Promise<void> {
  expect(await rig.service.storage.register.list({})).toEqual([]);
  expect(await rig.service.storage.outbox.list({})).toEqual([]);
  expect(await rig.service.storage.register.peek('di', rig.service.config.agency.code, 'chung', 2026)).toBe(
    1,
  );
}

describe('refused before anything is numbered or sent', () => {
  it.each<[string, Partial<IssueOrder> | (() => Partial<IssueOrder>), string]>([
    ['no scan', { scans: [] }, 'EMPTY_SCAN'],
    ['an empty file', () => named('rong.pdf'), 'EMPTY_SCAN'],
    ['a page without ink', () => named('trang.jpg'), 'EMPTY_SCAN'],
    ['a file that is not there', () => named('khong-co.pdf'), 'SCAN_MISSING'],
    ['a folder', () => ({ scans: [folder] }), 'SCAN_MISSING'],
    ['a broken PDF', () => named('hong.pdf'), 'BAD_IMAGE'],
    ['a recipient that nobody knows', { to: ['Sở Không Có'] }, 'RECIPIENT_UNKNOWN'],
    ['no recipient', { to: [] }, 'ISSUE_NO_RECIPIENT'],
    ['only ourselves', { to: ['vanthu.xamau@mau.example.gov.vn'] }, 'ISSUE_NO_RECIPIENT'],
    ['a recipient without address', { to: ['H99.02', 'H99.04'] }, 'ISSUE_RECIPIENT_ADDRESS'],
    ['MẬT in the abstract', { abstract: '(MẬT) Về việc báo cáo' }, 'ISSUE_SECRET'],
    ['MẬT in the text of the file', () => named('dau-mat.pdf'), 'ISSUE_SECRET'],
    [
      'MẬT in the text of an attachment',
      () => ({ attachments: [join(folder, 'dau-mat.pdf')] }),
      'ISSUE_SECRET',
    ],
    ['no abstract', { abstract: ' ' }, 'ISSUE_FIELDS'],
    ['no signer', { signer: '' }, 'ISSUE_FIELDS'],
    ['no title of the signer', { signerTitle: '' }, 'ISSUE_FIELDS'],
    ['a type that does not exist', { type: 'Thư tay' }, 'ISSUE_FIELDS'],
    ['a date in the future', { date: '2026-11-21' }, 'ISSUE_FIELDS'],
    ['a day that does not exist', { date: '2026-02-31' }, 'ISSUE_FIELDS'],
    ['a date of another form', { date: '19/11/2026' }, 'ISSUE_FIELDS'],
    ['a person who is not of the staff', { by: 'ai-do' }, 'STAFF_UNKNOWN'],
  ])('%s', async (_name, change, code) => {
    const wrong = order(typeof change === 'function' ? change() : change);
    await expect(issueDocument(rig.service, wrong)).rejects.toMatchObject({ code, temporary: false });
    await nothingHappened();
  });

  it('DOMAIN 8.2 what bears a secrecy mark is not even kept', async () => {
    await expect(issueDocument(rig.service, order(named('dau-mat.pdf')))).rejects.toMatchObject({
      code: 'ISSUE_SECRET',
    });
    expect(await readdir(join(rig.service.config.dataDir, 'bytes')).catch(() => [])).toEqual([]);
  });

  it('a file that was changed after it was signed', async () => {
    rig.clock.now = new Date();
    const signed = await own.order(7);
    const bytes = await readFile(signed.scans[0]!);
    const at = bytes.indexOf('stream') + 40;
    bytes[at] = bytes[at]! ^ 1;
    const path = join(folder, 'sua.pdf');
    await writeFile(path, bytes);
    const error = await issueDocument(rig.service, {
      ...signed,
      scans: [path],
      to: ['H99.02'],
      by: 'vanthu',
    }).catch((e: unknown) => e);
    expect(['ISSUE_SIGNATURE', 'BAD_IMAGE']).toContain((error as { code?: string }).code);
    await nothingHappened();
  });

  it.each(['SL-2588-2018', 'GL-443-2016'] as const)(
    'ISS-04 a scan without digital signature under %s',
    async (regulation) => {
      await rig.close();
      await open({ regulation });
      await expect(issueDocument(rig.service, order())).rejects.toMatchObject({ code: 'ISSUE_UNSIGNED' });
      await nothingHappened();
    },
  );
});

describe('issued', () => {
  it('LA: an unsigned scan goes out, and the paper is announced', async () => {
    await rig.close();
    await open({ regulation: 'LA-36-2013' });
    const issued = await issueDocument(rig.service, order());
    expect(issued.warnings).toEqual([expect.stringContaining('bản giấy phải gửi')]);
    expect(await rig.service.storage.register.get(issued.entry.id)).toMatchObject({
      flags: ['UNSIGNED_SCAN'],
      fields: { hinhThucGui: 'DIEN_TU_VA_GIAY' },
    });
  });

  it('pictures become one PDF of all pages, the number follows the pattern of the agency', async () => {
    const issued = await issueDocument(rig.service, order(named('scan.jpg', 'trang-2.png')));
    expect(issued.entry).toMatchObject({ number: 1, soKyHieu: '01/UBND-VP' });
    const entry = await rig.service.storage.register.get(issued.entry.id);
    expect(entry).toMatchObject({
      book: 'di',
      series: 'chung',
      year: 2026,
      fields: { soTrang: '2', soKyHieu: '01/UBND-VP', soLuongBan: '1' },
    });
    const bytes = await readFile(rig.service.storage.bytes.pathOf(entry!.files[0]!.sha256));
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('a type may be given as its abbreviation, as the help says', async () => {
    const { entry } = await issueDocument(rig.service, order({ type: 'TB' }));
    expect(entry.soKyHieu).toBe('01/TB-UBND');
  });

  it('ISS-10 one transmission for each recipient, each with its own token and Message-ID; a recipient named twice gets one', async () => {
    const issued = await issueDocument(
      rig.service,
      order({ to: ['H99.02', 'Sở Tài chính tỉnh Mẫu', 'vanthu@stc.mau.example.gov.vn'] }),
    );
    const rows = await rig.service.storage.outbox.list({ entryId: issued.entry.id });
    expect(rows.map((r) => [r.kind, r.state, r.to])).toEqual([
      ['T8', 'due', 'vanthu@snv.mau.example.gov.vn'],
      ['T8', 'due', 'vanthu@stc.mau.example.gov.vn'],
    ]);
    expect(new Set(rows.map((r) => r.token)).size).toBe(2);
    expect(new Set(rows.map((r) => r.messageIdHeader)).size).toBe(2);
  });

  it('the same file twice is refused with its number, also when made of pictures, also when both come at once', async () => {
    const both = await Promise.allSettled([
      issueDocument(rig.service, order()),
      issueDocument(rig.service, order()),
    ]);
    expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(issueDocument(rig.service, order())).rejects.toMatchObject({
      code: 'ISSUE_ALREADY',
      message: expect.stringContaining('01/UBND-VP'),
    });
    expect(await rig.service.storage.register.list({ book: 'di' })).toHaveLength(1);
  });

  it('after the entry was cancelled the file may go out again, under a new number', async () => {
    const first = await issueDocument(rig.service, order());
    await cancelEntry(rig.service, first.entry.id, { by: 'vanthu', why: 'sai nơi nhận' });
    expect((await issueDocument(rig.service, order())).entry.number).toBe(2);
  });

  it('a series for each type, where the agency numbers so', async () => {
    await rig.close();
    await open({ issuing: { org: 'UBND', defaultUnit: 'VP', series: 'perType' } });
    expect((await issueDocument(rig.service, order())).entry.soKyHieu).toBe('01/UBND-VP');
    expect(
      (await issueDocument(rig.service, order({ ...named('trang-2.png'), type: 'Kế hoạch' }))).entry.soKyHieu,
    ).toBe('01/KH-UBND');
  });

  it('a signed PDF goes out byte for byte', async () => {
    rig.clock.now = new Date();
    const signed = await own.order(1);
    const issued = await issueDocument(rig.service, { ...signed, to: ['H99.02'], by: 'vanthu' });
    const entry = await rig.service.storage.register.get(issued.entry.id);
    expect(issued.warnings).toEqual([]);
    expect(entry).toMatchObject({
      signatureClass: 'LEADER_AND_ORG',
      flags: [],
      files: [{ verdict: 'valid' }, { role: 'proof' }],
    });
    expect(await readFile(rig.service.storage.bytes.pathOf(entry!.files[0]!.sha256))).toEqual(
      await readFile(signed.scans[0]!),
    );
  });
});
