/**
 * Whose message it is (RFC 5322 3.6.2) against whose certificate signed it (RFC 8550 3). The From field can be written so
 * that a person and a program read two addresses ("Johnny, you are fired", USENIX Security 2019, class ID): whatever is
 * not one plain address is nobody's.
 */
import { type DistinguishedName, NAME_OID } from '../certificates/names.ts';
import type { Certificate } from '../certificates/x509.ts';
import { content, readDer } from '../der.ts';
import type { SignatureFacts } from '../facts.ts';
import type { SignatureReason } from '../types.ts';
import { fieldValues, type MimeEntity } from './mime.ts';
import type { SignedEntity } from './walk.ts';

/** local-part "@" domain of plain atoms, ASCII: no quoted parts, no comments, no literal, no trailing dot. */
const ADDRESS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
/** Signs that are read as an at sign: @, and its small and full-width forms. */
const AT_SIGNS = /[@\ufe6b\uff20]/;

/** ASCII letters only: other case folding would make look-alikes equal (U+212A KELVIN SIGN is no k). */
function folded(address: string): string {
  return address.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function decodedOctets(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Encoded words (RFC 2047) as text; UTF-8 is assumed, for an at sign is the same octet in all that matters. */
function decodedWords(text: string): string {
  return text.replace(/=\?[^?\s]*\?([bBqQ])\?([^?]*)\?=/g, (_, kind: string, body: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(body, 'base64').toString('utf8');
    const octets = body
      .replace(/_/g, ' ')
      .replace(/=([0-9A-Fa-f]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return decodedOctets(octets);
  });
}

/** What stands before `<…>`: atoms, encoded words and quoted strings, without any sign that could end or begin an address. */
function displayName(text: string): string | null {
  const quoted = text.replace(/"((?:[^"\\]|\\[^\r\n])*)"/g, (_, inner: string) =>
    inner.replace(/\\(.)/g, '$1').replace(/[<>,;:()"]/g, ' '),
  );
  if (/[<>,;:"()]/.test(quoted)) return null;
  return decodedWords(decodedOctets(quoted)).trim();
}

/** A display name that holds an at sign is shown as an address by many programs: it must be that very address. */
function nameMisleads(name: string, address: string): boolean {
  if (!AT_SIGNS.test(name)) return false;
  return folded(name.replace(/^['"\s]+|['"\s]+$/g, '')) !== folded(address);
}

const COMMENT = /\(([^()<>\\"@]*)\)/g;

/**
 * Comments taken out (RFC 5322 3.2.2): `a@b (Name)` of older programs, and `Name (Office) <a@b>`. Only plain ones; one that
 * holds an at sign in any spelling stays, and the value is then nobody's.
 */
function withoutComments(value: string): string {
  if (value.includes('"')) return value;
  return value.replace(COMMENT, (comment, inner: string) =>
    AT_SIGNS.test(decodedWords(decodedOctets(inner))) ? comment : ' ',
  );
}

/** Longest value read, octets: an address has at most 254. */
const MAX_FIELD = 4096;

/** The one address of a From or Sender value; null = none, several, or not plainly one. */
export function plainAddress(value: string): string | null {
  if (value.length > MAX_FIELD) return null;
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(value)) return null;
  const text = withoutComments(value).trim();
  if (ADDRESS.test(text)) return text;
  const match = /^([^<]*)<([^<>]*)>$/.exec(text);
  if (match === null) return null;
  const address = match[2]!.trim();
  const name = displayName(match[1]!);
  if (name === null || !ADDRESS.test(address) || nameMisleads(name, address)) return null;
  return address;
}

/** emailAddress attributes octet by octet: as normalised text, U+212A KELVIN SIGN would have become a K. */
function subjectAddresses(subject: DistinguishedName): string[] {
  return subject.rdns
    .flat()
    .filter((attribute) => attribute.type === NAME_OID.email)
    .map((attribute) => Buffer.from(content(readDer(attribute.der))).toString('latin1'));
}

/** Addresses that a certificate vouches for: subjectAltName, and emailAddress of the subject (RFC 8550 3). */
export function certificateAddresses(certificate: Certificate): string[] {
  return [...certificate.extensions.emails, ...subjectAddresses(certificate.subject)];
}

/** The one address that a message says it is from, when nothing else in its header says another; else null. */
function authorOf(message: MimeEntity): string | null {
  if (message.ambiguous) return null;
  const [from, ...more] = fieldValues(message, 'from');
  const author = from === undefined || more.length > 0 ? null : plainAddress(from);
  if (author === null) return null;
  const senders = fieldValues(message, 'sender');
  const agree = senders.every((sender) => {
    const address = plainAddress(sender);
    return address !== null && folded(address) === folded(author);
  });
  return agree && senders.length <= 1 ? author : null;
}

/** The author's address is one of the certificate's. Anything ambiguous is false. */
export function vouchesFor(certificate: Certificate, message: MimeEntity): boolean {
  const author = authorOf(message);
  return (
    author !== null && certificateAddresses(certificate).some((address) => folded(address) === folded(author))
  );
}

/** emailProtection and anyExtendedKeyUsage: where purposes are given, one of these must be among them (RFC 8550 4.4.4). */
const MAIL_PURPOSES = ['1.3.6.1.5.5.7.3.4', '2.5.29.37.0'];

/** A certificate for mail names a mailbox (RFC 8550 3); one that names none vouches for nobody's From. */
function mailReasons(certificate: Certificate): SignatureReason[] {
  const code = 'SIG_CONSTRAINTS_FAILURE';
  const reasons: SignatureReason[] = [];
  if (certificateAddresses(certificate).length === 0)
    reasons.push({ code, detail: 'the certificate names no e-mail address' });
  const purposes = certificate.extensions.extendedKeyUsage?.purposes ?? [];
  if (purposes.length > 0 && !purposes.some((one) => MAIL_PURPOSES.includes(one)))
    reasons.push({ code, detail: 'the certificate is not for mail' });
  return reasons;
}

function withMailReasons(facts: SignatureFacts): SignatureFacts {
  const { certificate } = facts;
  return certificate === null
    ? facts
    : { ...facts, reasons: [...facts.reasons, ...mailReasons(certificate)] };
}

/**
 * The signatures of an entity against the header of the message that they speak for. What lies inside another signature
 * speaks for no header.
 */
export function withSender(entity: SignedEntity): SignedEntity & { senderMatches: boolean } {
  const { place } = entity;
  if (place.covered) return { ...entity, senderMatches: false };
  const signatures = entity.signatures.map((facts) => (isCounter(facts) ? facts : withMailReasons(facts)));
  const senderMatches = signatures.some(
    (facts) =>
      !isCounter(facts) && facts.certificate !== null && vouchesFor(facts.certificate, place.message),
  );
  return { ...entity, signatures, senderMatches };
}

/** A counter-signature is somebody else's by nature. */
function isCounter(facts: SignatureFacts): boolean {
  return facts.name.includes('/counter-');
}
