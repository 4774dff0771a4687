/** Identities that sign in memory, and a seal to sign with. */
import { constants, sign as signBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import {
  issue,
  makeAuthority,
  type Signer,
  type SubjectFields,
} from '../../scripts/province/certificates.ts';
import { makeOfficialPdf } from '../../scripts/province/documents.ts';
import type { SigningIdentity } from '../../signatures/signing/signed-data.ts';

const LONG = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2040-01-01T00:00:00Z' };
export const OUR_NAME = 'Ủy ban nhân dân xã Mẫu';
export const OUR_ADDRESS = 'vanthu.xamau@mau.example.gov.vn';
export const root = makeAuthority('Gốc thử nghiệm ký số', LONG);
export const authority = makeAuthority('CA thử nghiệm ký số', { ...LONG, parent: root, pathLength: 0 });

/** Our agency's certificate. */
export function ourAgency(fields: Partial<SubjectFields> = {}): Signer {
  const usual = { commonName: OUR_NAME, organisation: ['Ủy ban nhân dân tỉnh Mẫu'], email: OUR_ADDRESS };
  return issue(authority, { ...usual, holder: 'organisation', ...LONG, ...fields });
}

/** Our chairman's. */
export function ourLeader(fields: Partial<SubjectFields> = {}): Signer {
  const usual = { commonName: 'Lê Văn Mẫu', organisation: [OUR_NAME], title: 'Chủ tịch' };
  return issue(authority, { ...usual, holder: 'person', ...LONG, ...fields });
}

/** A letter of ours, not signed; with `scan` pictures only. */
export function ourLetter(scan = false): Promise<Buffer> {
  return makeOfficialPdf({
    scan,
    issuer: OUR_NAME,
    parent: 'Ủy ban nhân dân tỉnh Mẫu',
    number: '125',
    symbol: 'UBND-VP',
    place: 'Mẫu',
    date: '2026-11-19',
    type: null,
    abstract: 'phối hợp rà soát thủ tục hành chính',
    addressees: ['Sở Nội vụ tỉnh Mẫu'],
    body: ['Đề nghị quý cơ quan phối hợp thực hiện các nội dung sau đây trong tháng 11 năm 2026.'],
    signingAuthority: ['TM. Ủy ban nhân dân'],
    signerTitle: 'Chủ tịch',
    signerName: 'Lê Văn Mẫu',
    recipients: ['Như trên', 'Lưu: VT'],
  });
}

export function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The factory's signer as the product's signing code sees a key. */
export function identityOf(signer: Signer): SigningIdentity {
  return {
    certificate: signer.certificate,
    chain: signer.chain,
    sign: async (bytes, scheme) => {
      const key = signer.privateKey;
      if (scheme.family === 'ed25519') return signBytes(null, bytes, key);
      if (scheme.family === 'pss')
        return signBytes(scheme.digest, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING });
      return signBytes(scheme.digest, bytes, key);
    },
  };
}

const CRC_TABLE = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) !== 0 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function chunk(type: string, body: Uint8Array): Buffer {
  const data = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  let crc = 0xffffffff;
  for (const octet of data) crc = CRC_TABLE[(crc ^ octet) & 0xff]! ^ (crc >>> 8);
  const out = Buffer.alloc(8 + data.length);
  out.writeUInt32BE(body.length, 0);
  data.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 4 + data.length);
  return out;
}

export interface PngLook {
  /** 2 RGB, 3 palette with tRNS, 6 RGB with alpha. */
  colourType?: 2 | 3 | 6;
  interlaced?: boolean;
  /** Pixels for each metre; absent = the file does not say. */
  perMetre?: number;
  size?: number;
}

/** A round red seal: two rings and a star-like middle on nothing. */
export function sealPng(look: PngLook = {}): Buffer {
  const { colourType = 6, size = 240 } = look;
  const rows: Buffer[] = [];
  for (let y = 0; y < size; y += 1) {
    const row = [0];
    for (let x = 0; x < size; x += 1) {
      const [dx, dy] = [(2 * x) / size - 1, (2 * y) / size - 1];
      const distance = Math.hypot(dx, dy);
      const arm = Math.cos(2.5 * Math.atan2(dx, -dy)) ** 2 * 0.3 + 0.08;
      const ink = (distance > 0.85 && distance < 1) || (distance > 0.6 && distance < 0.63) || distance < arm;
      if (colourType === 3) row.push(ink ? 1 : 0);
      else if (colourType === 2) row.push(...(ink ? [214, 20, 28] : [255, 255, 255]));
      else row.push(214, 20, 28, ink ? 255 : 0);
    }
    rows.push(Buffer.from(row));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, colourType, 0, 0, look.interlaced === true ? 1 : 0], 8);
  const density = Buffer.alloc(9, 1);
  density.writeUInt32BE(look.perMetre ?? 0, 0);
  density.writeUInt32BE(look.perMetre ?? 0, 4);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    ...(look.perMetre === undefined ? [] : [chunk('pHYs', density)]),
    ...(colourType === 3
      ? [chunk('PLTE', Buffer.of(255, 255, 255, 214, 20, 28)), chunk('tRNS', Buffer.of(0, 255))]
      : []),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
