/** Signed messages, good and bad. Texts are Latin-1 strings here: one character for each octet. */
import { generateKeyPairSync } from 'node:crypto';
import { certify, type KeyedCertificate } from './cms-keys.ts';
import { type SignerPlan, signedFile, signerInfo } from './cms-signing.ts';

export const octetsOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
export const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Certificates of a clerk, who sends, and of somebody else, each with an address. */
export const CLERK = 'vanthu@xamaumot.example';
export const OTHER = 'ketoan@xamaumot.example';
export const keyed = (address: string | null): KeyedCertificate =>
  certify(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, {
    emails: address === null ? [] : [address],
  });
export const clerk = keyed(CLERK);
export const other = keyed(OTHER);

/** A text part with its header. */
export const textPart = (text: string, encoding = '8bit'): string =>
  `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${octetsOf(text)}`;

export const LETTER = textPart('Kính gửi: Văn phòng UBND\r\nNội dung thử nghiệm.\r\n');

const lines = (base64: string): string => base64.replace(/(.{76})(?=.)/g, '$1\r\n');

/** A detached signature over the part. */
export function signatureOver(part: string, by = clerk, plan: Partial<SignerPlan> = {}): Buffer {
  const signers = [signerInfo({ by, ...plan }, bytesOf(part))];
  return signedFile({ content: null, signers, certificates: [by.certificate] });
}

/** A signature that holds its content. */
export function opaqueOver(part: string, by = clerk): Buffer {
  const signers = [signerInfo({ by }, bytesOf(part))];
  return signedFile({ content: bytesOf(part), signers, certificates: [by.certificate] });
}

export interface MultipartSigned {
  /** The first part as it stands in the message. */
  part: string;
  signature: Buffer;
  boundary?: string;
  preamble?: string;
  epilogue?: string;
  protocol?: string;
  /** Content-Type of the second part. */
  type?: string;
}

/** A multipart/signed entity. */
export function multipartSigned(options: MultipartSigned): string {
  const { part, signature, boundary = 'ranh-gioi', preamble = '', epilogue = '' } = options;
  const { protocol = 'application/pkcs7-signature', type = 'application/pkcs7-signature' } = options;
  return [
    `Content-Type: multipart/signed; protocol="${protocol}"; micalg=sha-256; boundary="${boundary}"`,
    '',
    ...(preamble === '' ? [] : [octetsOf(preamble)]),
    `--${boundary}`,
    part,
    `--${boundary}`,
    `Content-Type: ${type}; name="smime.p7s"`,
    'Content-Transfer-Encoding: base64',
    '',
    lines(signature.toString('base64')),
    `--${boundary}--`,
    ...(epilogue === '' ? [] : [octetsOf(epilogue)]),
    '',
  ].join('\r\n');
}

/** The part signed, as an entity. */
export const signed = (part: string, by = clerk, boundary = 'ranh-gioi'): string =>
  multipartSigned({ part, signature: signatureOver(part, by), boundary });

/** An application/pkcs7-mime entity. */
export function opaque(
  cms: Buffer,
  type = 'application/pkcs7-mime; smime-type=signed-data',
  encoding = 'base64',
): string {
  const body = encoding === 'base64' ? lines(cms.toString('base64')) : cms.toString('latin1');
  return `Content-Type: ${type}; name="smime.p7m"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
}

/** A multipart of any kind. */
export function multipart(kind: string, parts: string[], boundary = 'ngoai'): string {
  const inner = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${inner}--${boundary}--\r\n`;
}

/** The entity with a message's header before its own. */
export function message(entity: string, fields: string[] = [`From: ${CLERK}`]): Buffer {
  const header = [...fields, 'To: vanphong@tinhmau.example', 'Subject: Cong van', 'MIME-Version: 1.0'];
  return bytesOf(`${header.join('\r\n')}\r\n${entity}`);
}
