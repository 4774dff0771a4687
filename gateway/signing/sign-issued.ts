/** The agency's signature on what is issued (LC 9.2c, SIG-06): key, time stamp and appearance joined. */
import { readFile } from 'node:fs/promises';
import { CongvanError } from '../../config/error.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { signaturePlace } from '../../documents/signature-place.ts';
import { toVietnamIso } from '../../documents/vietnam-time.ts';
import type { AgencySignature } from '../../handlers/agency-signature.ts';
import type { Appearance, SealPlace } from '../../signatures/signing/appearance.ts';
import { signPdf } from '../../signatures/signing/sign-pdf.ts';
import type { StampImprint } from '../../signatures/signing/signed-data.ts';
import { openIdentity } from './identity.ts';
import { requestTimestamp } from './time-stamp.ts';

export interface ToSign {
  bytes: Uint8Array;
  /** Name of the person who signs the document, as printed. */
  signer: string;
  how: Exclude<AgencySignature, { kind: 'none' }>;
}

export interface SignedIssue {
  bytes: Uint8Array;
  /** For the clerk, Vietnamese. */
  warnings: string[];
}

type House = { config: Pick<CongvanConfig, 'agency' | 'signing'>; clock: () => Date };

/** Name of our signature's field in the file. */
const FIELD = 'ChuKySoCoQuan';

/** Errors: those of the key (SIGNING_…, TOKEN_…), of the time stamp (TSA_…, temporary) and of `signPdf`. */
export async function signIssued({ config, clock }: House, file: ToSign): Promise<SignedIssue> {
  const { agency, signing } = config;
  const identity = await openIdentity(signing);
  if (identity === null)
    throw new CongvanError('ISSUE_SIGN_NO_KEY', 'Chưa khai báo khóa ký số của cơ quan (mục signing.key).', {
      temporary: false,
    });
  const warnings: string[] = [];
  const signingTime = clock().toISOString();
  const { bytes } = await signPdf(file.bytes, identity, {
    field: FIELD,
    name: agency.name,
    reason: null,
    location: agency.place,
    signingTime,
    appearance: await appearanceOf(config, file, signingTime),
    timestamp: stamper(signing.timestamp, warnings),
  });
  return { bytes, warnings };
}

/** `20/11/2026 15:04:05 +07:00`: day, time, zone by ISO 8601, as PL I asks. */
function shownTime(instant: string): string {
  const [, year, month, day, time] = /^(\d+)-(\d\d)-(\d\d)T([\d:]+)/.exec(toVietnamIso(instant))!;
  return `${day}/${month}/${year} ${time} +07:00`;
}

async function appearanceOf(
  { agency, signing }: House['config'],
  file: ToSign,
  signingTime: string,
): Promise<Appearance> {
  const { how } = file;
  const words = how.kind === 'scan' && how.copyWords ? ['Sao y'] : [];
  const line = [...words, agency.name, shownTime(signingTime)];
  if (how.kind === 'scan' || signing.seal === null) return { seal: null, line };
  const printed = await signaturePlace(file.bytes, file.signer);
  const places: SealPlace[] = [{ field: how.field }, ...(printed === null ? [] : [printed])];
  return { seal: { image: await sealImage(signing.seal.file), width: signing.seal.width, places }, line };
}

async function sealImage(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CongvanError('SEAL_IMAGE', `Không đọc được hình ảnh con dấu ${file}.`, {
      temporary: false,
      cause,
      fields: { file },
    });
  }
}

/** With `unreachable: sign` the signature goes without a time stamp, and the clerk is told. */
function stamper(
  server: CongvanConfig['signing']['timestamp'],
  warnings: string[],
): StampImprint | undefined {
  if (server === null) return undefined;
  return async (imprint) => {
    try {
      return await requestTimestamp(server, imprint);
    } catch (error) {
      const tolerated = error instanceof CongvanError && error.temporary && server.unreachable === 'sign';
      if (!tolerated) throw error;
      warnings.push(`Chữ ký số của cơ quan không có dấu thời gian: ${error.message}`);
      return null;
    }
  };
}
