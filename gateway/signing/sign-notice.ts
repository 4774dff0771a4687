/** S/MIME on our notices: where the mail that was composed and the agency's key meet. */
import { CongvanError } from '../../config/error.ts';
import type { CongvanConfig } from '../../config/types.ts';
import { NAME_OID, nameValues } from '../../signatures/certificates/names.ts';
import { readCertificate } from '../../signatures/certificates/x509.ts';
import { signMail } from '../../signatures/signing/sign-mail.ts';
import type { SigningIdentity } from '../../signatures/signing/signed-data.ts';
import { openIdentity } from './identity.ts';

/** What the outbox knows of the mail that it renders. */
interface NoticeToSign {
  /** Raw RFC 5322 bytes. */
  mail: Uint8Array;
  /** Our token of this mail. */
  token: string;
  /** When the mail was decided, ISO 8601: signed as its time, so that rendering twice gives the same bytes. */
  createdAt: string;
}

export type SignNotice = (notice: NoticeToSign) => Promise<Uint8Array>;

/** Whether the certificate is one of the mailbox: readers compare it with From (RFC 8551 3; our own `senderMatches`). */
export function carriesAddress(identity: SigningIdentity, address: string): boolean {
  const { extensions, subject } = readCertificate(identity.certificate);
  const emails = [...extensions.emails, ...nameValues(subject, NAME_OID.email)];
  return emails.some((email) => email.toLowerCase() === address.toLowerCase());
}

/**
 * Null when notices go out unsigned. Its errors are all temporary: the notice waits in the outbox until the key, the token
 * or the configuration is mended.
 */
export function noticeSigner({
  agency,
  signing,
}: Pick<CongvanConfig, 'agency' | 'signing'>): SignNotice | null {
  if (!signing.notices) return null;
  return async ({ mail, token, createdAt }) => {
    try {
      const identity = await openIdentity(signing);
      if (identity === null) return mail;
      if (!carriesAddress(identity, agency.address)) throw otherAddress(agency.address);
      return await signMail(mail, identity, { signingTime: createdAt, seed: token });
    } catch (error) {
      throw error instanceof CongvanError && !error.temporary ? waiting(error) : error;
    }
  };
}

function otherAddress(address: string): CongvanError {
  return new CongvanError(
    'SIGNING_ADDRESS',
    `Chứng thư số của cơ quan không có địa chỉ ${address} nên không ký được thông báo.`,
    { temporary: false, fields: { address } },
  );
}

function waiting(error: CongvanError): CongvanError {
  const { code, message, fields } = error;
  return new CongvanError(code, message, { temporary: true, cause: error, fields });
}
