/** A small province on paper: a test certificate authority, four agencies, their signers, their DNS, their documents. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { IssueOrder } from '../../gateway/issue.ts';
import { type Authority, issue, makeAuthority, type Signer } from '../province/certificates.ts';
import { makeOfficialPdf } from '../province/documents.ts';
import { makeLetter } from '../province/letter.ts';
import { alterAfterSigning, signPdf } from '../province/pdf-signing.ts';
import type { ServiceWorld } from '../province/service-config.ts';

export const OUR_MAILBOX = 'vanthu@xamau.mau.example.gov.vn';
/** authserv-id of our own mail server, whose results the gateway believes. */
export const OUR_RELAY = 'mx.xamau.mau.example.gov.vn';

const DAY_MS = 86_400_000;

/** Documents were signed yesterday morning, whatever day the machine has. */
const SIGNED_AT = `${new Date(Date.now() + 7 * 3_600_000 - DAY_MS).toISOString().slice(0, 10)}T01:30:00.000Z`;
const DOCUMENT_DATE = SIGNED_AT.slice(0, 10);
const daysFromSigning = (days: number) => new Date(Date.parse(SIGNED_AT) + days * DAY_MS).toISOString();
const AUTHORITY_VALID = { notBefore: daysFromSigning(-2_000), notAfter: daysFromSigning(4_000) };

const AGENCIES = {
  snv: {
    code: 'H99.02',
    name: 'Sở Nội vụ tỉnh Mẫu',
    header: ['UBND TỈNH MẪU', 'SỞ NỘI VỤ'],
    symbol: 'SNV',
    unit: 'VP',
    head: 'GIÁM ĐỐC',
    signer: 'Trần Văn Mẫu',
    domain: 'snv.mau.example.gov.vn',
  },
  stc: {
    code: 'H99.03',
    name: 'Sở Tài chính tỉnh Mẫu',
    header: ['UBND TỈNH MẪU', 'SỞ TÀI CHÍNH'],
    symbol: 'STC',
    unit: 'QLNS',
    head: 'GIÁM ĐỐC',
    signer: 'Phạm Thị Mẫu',
    domain: 'stc.mau.example.gov.vn',
  },
  ubnd: {
    code: 'H99.01',
    name: 'Ủy ban nhân dân tỉnh Mẫu',
    header: ['', 'ỦY BAN NHÂN DÂN TỈNH MẪU'],
    symbol: 'UBND',
    unit: 'KGVX',
    head: 'CHỦ TỊCH',
    signer: 'Đỗ Văn Mẫu',
    domain: 'mau.example.gov.vn',
  },
} as const;

export const LETTER_DATE = new Date(Date.parse(SIGNED_AT) + 3_600_000);

type AgencyKey = keyof typeof AGENCIES;
type SignerKey = 'leader' | 'agency' | 'expired-agency' | 'unknown-leader' | 'unknown-agency';

export interface DemoDocument {
  id: string;
  agency: AgencyKey;
  issuer: string;
  from: string;
  soKyHieu: string;
  type: string;
  abstract: string;
  secrecy?: string;
}

export interface World extends ServiceWorld {
  addressOf(agency: AgencyKey): string;
  document(id: string, agency: AgencyKey, type: string, abstract: string): DemoDocument;
  coverText(document: DemoDocument): string;
  signedPdf(document: DemoDocument, signers: SignerKey[], options?: { scan?: boolean }): Promise<Buffer>;
  alter(pdf: Buffer): Buffer;
  /** Letters in no doubt, each a document of its own. */
  signedLetters(count: number): Promise<{ from: string; raw: Buffer }[]>;
  /** Orders to issue, each with a signed file of ours. */
  signedScans(count: number): Promise<Omit<IssueOrder, 'by'>[]>;
}

const ABBREVIATIONS: Record<string, string> = {
  'Kế hoạch': 'KH',
  'Thông báo': 'TB',
  'Quyết định': 'QĐ',
  'Báo cáo': 'BC',
  'Tờ trình': 'TTr',
};

export async function openWorld(folder: string): Promise<World> {
  await mkdir(folder, { recursive: true });
  const anchor = makeAuthority('CA thử nghiệm tỉnh Mẫu', AUTHORITY_VALID);
  const stranger = makeAuthority('CA không rõ', AUTHORITY_VALID);
  const signers = new Map<string, Signer>();
  const signerOf = (agency: AgencyKey | 'xa', key: SignerKey): Signer => {
    const name = `${agency}/${key}`;
    const known = signers.get(name) ?? makeSigner(agency, key, key.startsWith('unknown') ? stranger : anchor);
    signers.set(name, known);
    return known;
  };
  const files = await writeFiles(folder, anchor);
  let serial = 100;

  const signedPdf: World['signedPdf'] = async (document, keys, options = {}) => {
    const agency = AGENCIES[document.agency];
    const [number, symbol] = document.soKyHieu.split('/');
    let pdf: Uint8Array = await makeOfficialPdf({
      parent: agency.header[0],
      issuer: agency.header[1],
      number: number!,
      symbol: symbol!,
      place: 'Mẫu',
      date: DOCUMENT_DATE,
      type: document.type,
      abstract: document.abstract,
      addressees: ['Ủy ban nhân dân xã Mẫu'],
      body: ['Thực hiện nhiệm vụ được giao, cơ quan gửi văn bản này để quý cơ quan phối hợp thực hiện.'],
      signingAuthority: [],
      signerTitle: agency.head,
      signerName: agency.signer,
      recipients: ['Như trên', `Lưu: VT, ${agency.unit}`],
      scan: options.scan ?? false,
      ...(document.secrecy ? { secrecy: document.secrecy } : {}),
    });
    for (const [i, key] of keys.entries()) {
      const signingTime = key === 'expired-agency' ? daysFromSigning(-30) : SIGNED_AT;
      pdf = signPdf(pdf, signerOf(document.agency, key), {
        signingTime,
        name: `Signature${i + 1}`,
        chainIncluded: true,
        subFilter: i === 0 ? 'adbe.pkcs7.detached' : 'ETSI.CAdES.detached',
      });
    }
    return Buffer.from(pdf);
  };

  const world: World = {
    ...files,
    address: OUR_MAILBOX,
    relay: OUR_RELAY,
    addressOf: (agency) => `vanthu@${AGENCIES[agency].domain}`,
    document: (id, key, type, abstract) => {
      const agency = AGENCIES[key];
      const abbreviation = ABBREVIATIONS[type];
      const symbol = abbreviation ? `${abbreviation}-${agency.symbol}` : `${agency.symbol}-${agency.unit}`;
      return {
        id,
        agency: key,
        issuer: agency.name,
        from: `vanthu@${agency.domain}`,
        soKyHieu: `${++serial}/${symbol}`,
        type,
        abstract,
      };
    },
    coverText: (document) => coverText(document),
    signedPdf,
    alter: alterAfterSigning,
    signedLetters: async (count) => {
      const letters: { from: string; raw: Buffer }[] = [];
      for (let i = 0; i < count; i++) {
        const document = world.document(`thu-${i}`, 'snv', 'Công văn', `Về việc thứ ${i + 1}`);
        const content = await signedPdf(document, ['leader', 'agency']);
        letters.push({ from: document.from, raw: letterOf(document, content) });
      }
      return letters;
    },
    signedScans: async (count) => {
      const orders: Omit<IssueOrder, 'by'>[] = [];
      for (let i = 0; i < count; i++) orders.push(await ownScan(folder, i, signerOf));
      return orders;
    },
  };
  return world;
}

/** The mail text that DOMAIN 7.4 T8 prescribes: what a person or another gateway writes above the files. */
function coverText(document: DemoDocument): string {
  const agency = AGENCIES[document.agency];
  const [y, m, d] = DOCUMENT_DATE.split('-');
  return [
    'Kính gửi: Ủy ban nhân dân xã Mẫu',
    '',
    `${document.issuer} gửi Quý cơ quan văn bản điện tử:`,
    `- Số, ký hiệu: ${document.soKyHieu}; ngày ${d} tháng ${m} năm ${y}`,
    `- Tên loại, trích yếu: ${document.type} ${document.abstract}`,
    '- Mức độ khẩn: Thường',
    `- Người ký: ${agency.head} ${agency.signer}`,
    '- Bản giấy: không gửi',
    '',
    `Đề nghị Quý cơ quan thông báo việc nhận văn bản qua hộp thư ${document.from}.`,
    'Trân trọng./.',
  ].join('\n');
}

function letterOf(document: DemoDocument, content: Buffer): Buffer {
  return makeLetter({
    from: document.from,
    to: OUR_MAILBOX,
    subject: `${document.soKyHieu} – ${document.issuer}: ${document.abstract}`,
    text: coverText(document),
    messageId: `${document.id}@${document.from.split('@')[1]}`,
    date: new Date(SIGNED_AT),
    parts: [{ name: 'van-ban.pdf', type: 'application/pdf', content }],
  });
}

async function ownScan(
  folder: string,
  index: number,
  signerOf: (a: 'xa', k: SignerKey) => Signer,
): Promise<Omit<IssueOrder, 'by'>> {
  let pdf: Uint8Array = await makeOfficialPdf({
    parent: 'UBND TỈNH MẪU',
    issuer: 'ỦY BAN NHÂN DÂN XÃ MẪU',
    number: '',
    symbol: 'UBND-VP',
    place: 'Mẫu',
    date: DOCUMENT_DATE,
    type: 'Công văn',
    abstract: `Về việc báo cáo thứ ${index + 1}`,
    addressees: ['Sở Nội vụ tỉnh Mẫu'],
    body: ['Ủy ban nhân dân xã Mẫu kính báo cáo.'],
    signingAuthority: [],
    signerTitle: 'CHỦ TỊCH',
    signerName: 'Lê Văn Mẫu',
    recipients: ['Như trên', 'Lưu: VT'],
    scan: false,
  });
  for (const [i, key] of (['leader', 'agency'] as const).entries()) {
    pdf = signPdf(pdf, signerOf('xa', key), {
      signingTime: SIGNED_AT,
      name: `Signature${i + 1}`,
      chainIncluded: true,
    });
  }
  const path = join(folder, `van-ban-di-${index}.pdf`);
  await writeFile(path, pdf);
  return {
    scans: [path],
    to: ['H99.02'],
    type: 'Công văn',
    abstract: `Về việc báo cáo thứ ${index + 1}`,
    signer: 'Lê Văn Mẫu',
    signerTitle: 'CHỦ TỊCH',
    date: DOCUMENT_DATE,
    unit: 'VP',
    urgency: 'THUONG',
    attachments: [],
  };
}

function makeSigner(agency: AgencyKey | 'xa', key: SignerKey, authority: Authority): Signer {
  const known =
    agency === 'xa'
      ? { name: 'Ủy ban nhân dân xã Mẫu', signer: 'Lê Văn Mẫu', head: 'CHỦ TỊCH' }
      : AGENCIES[agency];
  const person = key.endsWith('leader');
  return issue(authority, {
    commonName: person ? known.signer : known.name,
    organisation: [known.name],
    ...(person ? { title: known.head } : {}),
    holder: person ? 'person' : 'organisation',
    notBefore: daysFromSigning(-800),
    notAfter: daysFromSigning(key === 'expired-agency' ? -60 : 1_000),
  });
}

async function writeFiles(
  folder: string,
  anchor: Authority,
): Promise<Omit<ServiceWorld, 'address' | 'relay'>> {
  const directoryFile = join(folder, 'danh-ba.yaml');
  const anchorFile = join(folder, 'ca-mau.pem');
  const zoneFile = join(folder, 'dns.json');
  const agencies: {
    code: string;
    name: string;
    shortNames: string[];
    addresses: string[];
    symbols: string[];
    groups: string[];
  }[] = Object.values(AGENCIES).map((a) => ({
    code: a.code,
    name: a.name,
    shortNames: [a.header[1]],
    addresses: [`vanthu@${a.domain}`],
    symbols: [a.symbol],
    groups: ['tinh'],
  }));
  agencies.push({
    code: 'H99.04',
    name: 'Ban Quản lý dự án tỉnh Mẫu',
    shortNames: [],
    addresses: ['khong-co@bql.mau.example.gov.vn'],
    symbols: ['BQL'],
    groups: [],
  });
  await writeFile(directoryFile, stringify({ agencies }));
  const base64 = anchor.certificate.toString('base64').replace(/.{64}(?!$)/g, '$&\n');
  await writeFile(anchorFile, `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
  const zone: Record<string, { TXT: string[] }> = {};
  for (const { domain } of Object.values(AGENCIES)) {
    zone[domain] = { TXT: ['v=spf1 ip4:127.0.0.1 -all'] };
    zone[`_dmarc.${domain}`] = { TXT: ['v=DMARC1; p=reject'] };
  }
  await writeFile(zoneFile, JSON.stringify(zone, null, 2));
  return { directoryFile, anchorFile, zoneFile };
}
