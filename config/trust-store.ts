/**
 * The folder `trust/` beside the configuration, kept by `congvan trust add`: `anchors.yaml` names by SHA-256 what the
 * administrator has confirmed; certificate files beside it are the anchors themselves and the intermediates.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CongvanError } from './error.ts';
import { parseYaml, yamlText } from './parse-yaml.ts';
import { readCertificates, type TrustedCertificate } from './trust.ts';

const LIST = 'anchors.yaml';
const CERTIFICATE_FILE = /\.(?:crt|cer|pem|der)$/i;
const HEAD = `# Chứng thư gốc đã được quản trị xác nhận; do «congvan trust add» ghi, có thể sửa tay.
# Trust anchors that the administrator confirmed, written by "congvan trust add"; may be edited.
`;

const anchorShape = z.strictObject({
  sha256: z
    .string()
    .transform((value) => value.replace(/[\s:]/g, '').toUpperCase())
    .pipe(z.string().regex(/^[0-9A-F]{64}$/)),
  name: z.string().max(500).default(''),
  group: z.string().min(1).max(40),
  until: z.iso.datetime({ offset: true }).nullable().default(null),
  timestamps: z.boolean().default(true),
  confirmedBy: z.string().max(100).default(''),
  confirmedAt: z.string().max(40).default(''),
});
const listShape = z.strictObject({ anchors: z.array(anchorShape).default([]) });

/** One root that a person has compared with its issuer. `sha256`: upper-case hex of the DER. Instants: ISO 8601. */
export type ConfirmedAnchor = z.infer<typeof anchorShape>;

export interface TrustStore {
  anchors: ConfirmedAnchor[];
  /** Every certificate of the folder, anchors and intermediates. */
  certificates: TrustedCertificate[];
}

function refuse(file: string, why: string): CongvanError {
  return new CongvanError('TRUST_INVALID', `Tệp ${file} chưa đúng (is not right): ${why}`, {
    temporary: false,
    fields: { file },
  });
}

function readList(dir: string): ConfirmedAnchor[] {
  const file = join(dir, LIST);
  if (!existsSync(file)) return [];
  const { value, lineOf } = parseYaml(readFileSync(file, 'utf8'), file);
  const read = listShape.safeParse(value ?? {});
  if (read.success) return read.data.anchors;
  const issue = read.error.issues[0]!;
  const path = issue.path.filter((one) => typeof one !== 'symbol') as (string | number)[];
  throw refuse(file, `dòng ${lineOf(path) ?? '?'}: ${path.join('.')}: ${issue.message}`);
}

/** A folder that is not there is an empty store. Throws `TRUST_INVALID` naming the file and what is wrong. */
export function readTrustStore(dir: string): TrustStore {
  if (!existsSync(dir)) return { anchors: [], certificates: [] };
  const files = readdirSync(dir).filter((name) => CERTIFICATE_FILE.test(name));
  return {
    anchors: readList(dir),
    certificates: files.sort().flatMap((name) => readCertificates(join(dir, name))),
  };
}

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Written beside and renamed, so that a crash leaves the old list or the new one. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o644 });
  renameSync(`${path}.new`, path);
}

/** Keeps the certificate; with `anchor` it is named in the list too, in place of an older line about the same one. */
export function addToTrustStore(
  dir: string,
  certificate: TrustedCertificate,
  anchor: Omit<ConfirmedAnchor, 'sha256'> | null,
): void {
  mkdirSync(dir, { recursive: true });
  replaceFile(join(dir, `${certificate.fingerprint}.crt`), pem(certificate.der));
  if (anchor === null) return;
  const others = readList(dir).filter((one) => one.sha256 !== certificate.fingerprint);
  const anchors = [...others, { sha256: certificate.fingerprint, ...anchor }];
  replaceFile(join(dir, LIST), HEAD + yamlText({ anchors }));
}
