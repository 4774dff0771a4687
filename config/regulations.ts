/** The regulation in force for the agency, read from regulations/*.yaml (DOMAIN 1.11). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CongvanError } from './error.ts';
import { freezeDeep } from './freeze.ts';
import { parseYaml } from './parse-yaml.ts';
import { type ConfigPath, refuseConfig } from './problems.ts';
import { REGULATION_IDS } from './schema.ts';
import { translateIssue } from './translate.ts';
import type { RegulationId, RegulationProfile } from './types.ts';

/** The national layer above all others; what a regulation does not say is taken from it. */
const BASELINE: RegulationId = 'ND30-2020';

const signatureClass = z.enum([
  'LEADER_AND_ORG',
  'SCAN_ORG_SIGNED',
  'SCAN_ORG_SIGNED_NO_COPY_LINE',
  'SCAN_UNSIGNED',
  'LEADER_ONLY',
  'ORG_ONLY',
  'NONE',
  'INVALID',
  'UNKNOWN',
]);
const classes = z.array(signatureClass);
const duty = z.enum(['required', 'optional']);
const send = z.strictObject({ send: z.boolean() });

/** Keys of REG-IN and REG-OUT (DOMAIN 1.6). */
const FIELD_KEYS = `
  soDen ngayDen tacGia noiGui soKyHieu ngayVanBan tenLoai trichYeu linhVuc
  maHoSo doMat doKhan soTo soTrang yKienPhanPhoi donViNhan thoiHanGiaiQuyet tep
  nguoiKy chucVuNguoiKy noiLuu ghiChu ngonNgu sttTrongHoSo ngayChuyen kyNhan khac
  maDinhDanhCoQuan maDinhDanhVanBan trangThai benNhan thoiGianGuiNhan lichSu nguon deXuatXuLy lopChuKy
  soDi ngayDi ngayGui noiNhan soLuongBan thoiHan
`;
const fieldKey = z.enum(FIELD_KEYS.trim().split(/\s+/));

const profile = z.strictObject({
  id: z.enum(REGULATION_IDS),
  title: z.string().min(1),
  soKyHieu: z.string().min(1),
  channels: z.strictObject({
    mailIn: z.enum(['allowed', 'fallbackOnly', 'referenceOnly']),
    mailOut: z.enum(['allowed', 'fallbackOnly']),
  }),
  signature: z.strictObject({
    equalToPaper: classes,
    equalToPaperByMail: classes.nullable(),
    acceptedCopy: classes,
    processable: classes,
    referenceOnly: classes,
    holdForLeader: classes,
    returnWithReason: classes,
    mayRefuse: classes,
    trustAnchors: z.array(z.string().min(1)),
    outgoing: z.strictObject({ leader: duty, org: duty, pdfOnly: z.boolean() }),
  }),
  time: z.strictObject({
    sentAt: z.string().nullable(),
    outOfHours: z.enum(['nextOfficeStart', 'asEntered']),
    dispatch: z.enum(['endOfNextWorkingDay', 'endOfMorningOfNextWorkingDay']).nullable(),
    present: z.enum(['endOfNextWorkingDay']).nullable(),
  }),
  ack: z.strictObject({ arrival: send, registered: send }),
  register: z.strictObject({
    automatic: z.enum(['off', 'whenNothingInDoubt']),
    requiredIncoming: z.array(fieldKey),
    requiredOutgoing: z.array(fieldKey),
  }),
  formats: z.strictObject({ signed: z.array(z.string()), attachments: z.array(z.string()) }),
  scan: z.strictObject({ dpiMin: z.int().min(72).max(1200) }),
});

interface RegulationFile {
  file: string;
  value: unknown;
  lineOf(path: ConfigPath): number | null;
}

/**
 * The regulation's own keys laid over those of ND30-2020, checked and frozen. Lists and null replace what they lie on.
 * Throws `CONFIG_INVALID` that names file, line and key for an unknown key or a wrong value.
 */
export function loadRegulation(id: RegulationId): RegulationProfile {
  const baseline = readRegulation(BASELINE);
  return mergeRegulation(baseline, id === BASELINE ? baseline : readRegulation(id));
}

function readRegulation(id: RegulationId): RegulationFile {
  const file = fileURLToPath(new URL(`regulations/${id}.yaml`, import.meta.url));
  return { file, ...parseYaml(readText(file), file) };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const fields = { file };
    throw new CongvanError('CONFIG_UNREADABLE', `The regulation ${file} cannot be read.`, {
      cause,
      temporary: false,
      fields,
    });
  }
}

/** Pure part of loadRegulation: two files as read, one profile. */
export function mergeRegulation(baseline: RegulationFile, own: RegulationFile): RegulationProfile {
  const merged = layOver(baseline.value, own.value);
  const parsed = profile.safeParse(merged);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => translateIssue(issue, merged));
    throw refuseConfig(own, problems, 'vi');
  }
  return freezeDeep(parsed.data);
}

/** Maps are joined key by key; everything else replaces. */
function layOver(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isMap(below) || !isMap(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries([...keys].map((key) => [key, layOver(below[key], above[key])]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
