/** The agency's own signature: is the key there, whose is it, how long does it last, does the time-stamp server answer? */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isSecretFileOpen } from '../../config/secret.ts';
import type { CongvanConfig, SecretSource, SigningKeySource } from '../../config/types.ts';
import { sameAgency } from '../../documents/agency-name.ts';
import { openIdentity } from '../../gateway/signing/identity.ts';
import { carriesAddress } from '../../gateway/signing/sign-notice.ts';
import { requestTimestamp } from '../../gateway/signing/time-stamp.ts';
import { NAME_OID, nameValues } from '../../signatures/certificates/names.ts';
import { type Certificate, readCertificate } from '../../signatures/certificates/x509.ts';
import { readPngPixels } from '../../signatures/signing/png.ts';
import {
  buildSignedData,
  type SigningIdentity,
  schemeOfCertificate,
} from '../../signatures/signing/signed-data.ts';
import { expiry, type Finding, ok, warning, wordsOf, wrong } from './finding.ts';

type Config = Pick<CongvanConfig, 'agency' | 'signing'>;

/** Signs once for a try: only that shows that key, password or PIN and certificate belong together. */
export async function checkSigning(config: Config, now: Date): Promise<Finding[]> {
  const { key } = config.signing;
  if (key === null) return [];
  const beside = [...secretFinding(key), ...(await checkSeal(config)), ...(await checkTsa(config))];
  let identity: SigningIdentity;
  try {
    identity = (await openIdentity(config.signing))!;
    const { digest } = schemeOfCertificate(identity.certificate);
    const probe = createHash(digest).update('congvan check').digest();
    await buildSignedData(identity, { digest: probe, signingTime: null });
  } catch (error) {
    return [wrong('signing-key', wordsOf(error), wordsOf(error)), ...beside];
  }
  const certificate = readCertificate(identity.certificate);
  const name = nameValues(certificate.subject, NAME_OID.commonName).at(-1) ?? '';
  return [
    ok('signing-key', `Khóa ký số của cơ quan ký được (${name})`, `The agency's key signs (${name})`),
    expiry('signing-certificate', name, certificate.notAfter, now),
    ...notYet(certificate, name, now),
    ...checkUsage(certificate, name),
    ...checkHolder(config, certificate),
    ...checkAddress(config, identity),
    ...beside,
  ];
}

function notYet(certificate: Certificate, name: string, now: Date): Finding[] {
  if (certificate.notBefore <= now.toISOString()) return [];
  const from = certificate.notBefore.slice(0, 10);
  return [
    wrong(
      'signing-certificate',
      `${name}: chứng thư chỉ có hiệu lực từ ${from}; hãy xem lại đồng hồ máy hoặc chờ đến ngày đó`,
      `${name}: the certificate begins on ${from}; look at the clock, or wait`,
    ),
  ];
}

/** RFC 5280 4.2.1.3: a certificate for something else makes signatures that nobody accepts. */
function checkUsage(certificate: Certificate, name: string): Finding[] {
  const { keyUsage } = certificate.extensions;
  if (keyUsage === null || keyUsage.has('digitalSignature') || keyUsage.has('nonRepudiation')) return [];
  return [
    wrong(
      'signing-certificate',
      `${name}: chứng thư không dùng để ký (keyUsage); hãy xin chứng thư ký số`,
      `${name}: the certificate is not for signing (keyUsage); obtain one that is`,
    ),
  ];
}

/** SIG-07: the certificate must be that of the agency which issues; its name is the CN, in older ones O or OU. */
function checkHolder({ agency }: Config, certificate: Certificate): Finding[] {
  const kinds = [NAME_OID.commonName, NAME_OID.organisation, NAME_OID.organisationalUnit];
  const names = kinds.flatMap((kind) => nameValues(certificate.subject, kind));
  const ours = [agency.name, ...agency.shortNames];
  if (names.some((name) => ours.some((one) => sameAgency(one, name)))) return [];
  return [
    warning(
      'signing-holder',
      `Chứng thư ký số ghi «${names.join(', ')}», khác tên cơ quan «${agency.name}»; hãy kiểm tra có đúng chứng thư của cơ quan không`,
      `The signing certificate says "${names.join(', ')}", the agency is "${agency.name}"; see whether it is the right one`,
    ),
  ];
}

function checkAddress({ agency, signing }: Config, identity: SigningIdentity): Finding[] {
  if (!signing.notices || carriesAddress(identity, agency.address)) return [];
  return [
    wrong(
      'signing-notices',
      `Chứng thư ký số không có địa chỉ ${agency.address}: thông báo ký bằng chứng thư này bị coi là của người khác; hãy xin chứng thư có địa chỉ đó hoặc đặt signing.notices: false`,
      `The signing certificate does not carry ${agency.address}: notices signed with it would count as another's; obtain one that does, or set signing.notices: false`,
    ),
  ];
}

function secretFinding(key: SigningKeySource): Finding[] {
  const source: SecretSource = key.kind === 'pkcs12' ? key.password : key.pin;
  try {
    if (!('file' in source) || !isSecretFileOpen(source.file)) return [];
  } catch {
    return []; // that it is not there is said by the key itself
  }
  return [
    warning(
      'secret:signing',
      `Người khác trên máy đọc được ${source.file}; hãy chạy chmod 600 ${source.file}`,
      `Others on the machine may read ${source.file}; run chmod 600 ${source.file}`,
    ),
  ];
}

async function checkSeal({ signing }: Config): Promise<Finding[]> {
  if (signing.seal === null) return [];
  const { file } = signing.seal;
  try {
    const { alpha, width } = readPngPixels(await readFile(file));
    if (alpha === null)
      return [
        warning(
          'seal',
          `Hình con dấu ${file} không có nền trong suốt (Nghị định 30/2020, Phụ lục I)`,
          `The seal ${file} is not transparent (Nghị định 30/2020, Phụ lục I)`,
        ),
      ];
    return [
      ok(
        'seal',
        `Hình con dấu ${file} dùng được (${width} điểm ảnh)`,
        `The seal ${file} is usable (${width} pixels)`,
      ),
    ];
  } catch (error) {
    return [wrong('seal', `${file}: ${wordsOf(error)}`, `${file}: ${wordsOf(error)}`)];
  }
}

async function checkTsa({ signing }: Config): Promise<Finding[]> {
  const server = signing.timestamp;
  if (server === null)
    return [
      warning(
        'timestamp',
        'Chưa khai báo máy chủ cấp dấu thời gian: chữ ký số không chứng minh được thời điểm ký sau khi chứng thư hết hạn',
        'No time-stamp server: signatures will not prove their time once the certificate has ended',
      ),
    ];
  const { host } = new URL(server.url);
  try {
    await requestTimestamp(server, randomBytes(32));
    return [
      ok('timestamp', `Máy chủ dấu thời gian ${host} trả lời đúng`, `The time-stamp server ${host} answers`),
    ];
  } catch (error) {
    return [
      wrong('timestamp', `${wordsOf(error)} Hãy kiểm tra signing.timestamp.`, `${host}: ${wordsOf(error)}`),
    ];
  }
}
