/** S/MIME 4.0 multipart/signed (RFC 8551 3.5.3) around a whole message of ours. */
import { createHash } from 'node:crypto';
import { CongvanError } from '../../config/error.ts';
import {
  buildSignedData,
  type SigningIdentity,
  type StampImprint,
  schemeOfCertificate,
} from './signed-data.ts';

export interface MailSignatureOptions {
  /** ISO 8601, the signingTime attribute. */
  signingTime: string;
  /** What the boundary is made of: the same seed gives the same bytes. */
  seed: string;
  timestamp?: StampImprint | undefined;
}

/** Lines that base64 of the signature is broken into (RFC 2045 6.8). */
const LINE = 76;

function refuse(detail: string): never {
  throw new CongvanError('SIGN_MAIL_FORM', `Không ký được thư: ${detail}.`, { temporary: false });
}

/** Header fields as they stand, folded lines with them. */
function splitFields(head: string): string[] {
  return head.split(/\r\n(?![ \t])/).filter((field) => field !== '');
}

/** What describes the body goes inside and is signed; all else stays outside, where servers and we ourselves look for it. */
const OF_THE_BODY = /^content-/i;

/** Relays re-encode what is not 7bit, and the signature would be lost (RFC 8551 3.1.3). */
function refuseUnsafe(entity: Buffer): void {
  if (entity.some((octet) => octet > 127)) refuse('có ký tự 8 bit');
  if (
    entity
      .toString('latin1')
      .split('\r\n')
      .some((line) => line.length > 998 || /[\r\n]/.test(line))
  )
    refuse('có dòng quá dài hoặc xuống dòng không theo chuẩn');
}

/**
 * Takes and gives raw RFC 5322 bytes with CRLF. Errors: SIGN_MAIL_FORM (permanent: the message is not 7bit), and those
 * of `buildSignedData`.
 */
export async function signMail(
  mail: Uint8Array,
  identity: SigningIdentity,
  options: MailSignatureOptions,
): Promise<Buffer> {
  const bytes = Buffer.from(mail);
  const gap = bytes.indexOf('\r\n\r\n');
  if (gap < 0) refuse('không có phần đầu');
  const fields = splitFields(bytes.toString('latin1', 0, gap));
  const inner = fields.filter((field) => OF_THE_BODY.test(field));
  // The line break before the boundary belongs to the boundary (RFC 2046 5.1.1).
  const body = bytes.toString('latin1', gap + 4).replace(/(?:\r\n)+$/, '');
  const entity = Buffer.from(`${inner.join('\r\n')}\r\n\r\n${body}\r\n`, 'latin1');
  refuseUnsafe(entity);
  const { digest: algorithm } = schemeOfCertificate(identity.certificate);
  const digest = createHash(algorithm).update(entity).digest();
  const { signingTime, timestamp } = options;
  const cms = await buildSignedData(identity, { digest, signingTime, timestamp });
  return assemble(
    fields.filter((field) => !OF_THE_BODY.test(field)),
    entity,
    cms,
    {
      micalg: algorithm.replace('sha', 'sha-'),
      boundary: boundaryOf(options.seed, entity),
    },
  );
}

/** Underscore and equals sign keep it out of base64 and quoted-printable; still the content is asked. */
function boundaryOf(seed: string, entity: Buffer): string {
  for (let n = 0; ; n += 1) {
    const boundary = `=_cvs_${createHash('sha256').update(`${seed} ${n}`).digest('hex').slice(0, 40)}`;
    if (!entity.includes(boundary)) return boundary;
  }
}

function assemble(
  outer: string[],
  entity: Buffer,
  cms: Buffer,
  how: { micalg: string; boundary: string },
): Buffer {
  const head = [
    ...outer,
    `Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=${how.micalg}; boundary="${how.boundary}"`,
  ];
  const signature = [
    'Content-Type: application/pkcs7-signature; name="smime.p7s"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="smime.p7s"',
    '',
    ...(cms.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []),
  ];
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n--${how.boundary}\r\n`, 'latin1'),
    entity,
    Buffer.from(`\r\n--${how.boundary}\r\n${signature.join('\r\n')}\r\n--${how.boundary}--\r\n`, 'latin1'),
  ]);
}
